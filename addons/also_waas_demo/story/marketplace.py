"""Chapter: the marketplace that provides the licenses (R9). A demo cannot reach ALSO's
own marketplace, so it has one of its own (models/waas_marketplace.py)."""

from ..models.waas_marketplace import DEMO_URL


def tell(story):
    story.env["waas.marketplace"].create(
        {
            "name": "ALSO Cloud Marketplace (demo)",
            "company_id": story.company.id,
            "base_url": DEMO_URL,
            "api_key": "demo",
            "user_id": story.users["backoffice"].id,
        }
    )


def tell_of_a_difference(story):
    """A seat was added at the marketplace: the nightly check finds it, in seats and in
    euros, and proposes what to do."""
    license_ = story.env["waas.license"].search([("state", "=", "active")], limit=1)
    story.env["waas.demo.subscription"].search(
        [("number", "=", license_.external_id)]
    ).seats += 1
    story.env["waas.license.check"]._check_company_now(story.company)
