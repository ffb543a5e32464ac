"""Chapter: the marketplace that provides the licenses (R9). Nobody can reach ALSO's own
from a demo, so the demo answers in its place (models/waas_marketplace.py)."""

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
    """Somebody added a seat over there: the check of the night finds it, in seats and
    in euros, and proposes what to do."""
    license_ = story.env["waas.license"].search([("state", "=", "active")], limit=1)
    story.env["waas.demo.subscription"].search(
        [("number", "=", license_.external_id)]
    ).seats += 1
    story.env["waas.license.check"]._check_company_now(story.company)
