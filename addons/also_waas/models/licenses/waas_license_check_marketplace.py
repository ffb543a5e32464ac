from odoo import models

from .waas_marketplace_message import CHANGES, OPEN


class WaasLicenseCheck(models.Model):
    """Differences between contracts and the marketplace (R9)."""

    _inherit = "waas.license.check"

    def _find_licenses(self, company):
        return self.env["waas.license"].search(
            [("company_id", "=", company.id), ("channel", "=", "marketplace")]
        )

    def _find_marketplace_differences(self, company, subscriptions, known):
        """Compare each license with its subscription.

        :param subscriptions: list of ``Subscription``
        :param known: dict ``waas.license`` -> the revision that was known before the
            request
        """
        by_id = {subscription.id: subscription for subscription in subscriptions}
        by_reference = {
            subscription.reference: subscription
            for subscription in subscriptions
            if subscription.is_active
        }
        licenses = self._find_licenses(company)
        owners = {license_.external_id: license_ for license_ in licenses}
        ours = set()
        for license_ in licenses:
            # Prefer the active one: a cancelled license may have been ordered again.
            subscription = by_reference.get(license_.reference)
            if not subscription or owners.get(subscription.id, license_) != license_:
                subscription = by_id.get(license_.external_id)
            if subscription:
                ours.add(subscription.id)
            yield from self._compare(
                license_, subscription, known.get(license_, license_.known_revision)
            )
        for subscription in subscriptions:
            if subscription.id not in ours and subscription.seats:
                yield self._prepare_unknown(subscription)

    def _compare(self, license_, subscription, known):
        if subscription and license_.known_revision > max(known, subscription.revision):
            return  # it changed during the request
        if subscription:
            license_._note_subscription(subscription)
        contract = license_._get_target()
        there = subscription.seats if subscription else 0
        if contract != there:
            kind = "seats" if there else "missing"
            yield self._prepare_difference(license_, kind, contract, there)
        elif there and subscription.sku != (license_.sku or ""):
            yield {
                **self._prepare_difference(license_, "sku", contract, there),
                "responsible": "marketplace",
                "proposal": self.env._(
                    "It is article %(found)s there, %(ours)s on our product: correct "
                    "one of them.",
                    found=subscription.sku,
                    ours=license_.sku or "–",
                ),
            }

    def _prepare_difference(self, license_, kind, contract, there):
        responsible, proposal = self._propose(license_, contract)
        cost = license_.unit_price or license_.product_id.standard_price
        return {
            "key": f"license:{license_.id}",
            "kind": kind,
            "license_id": license_.id,
            "contract_id": license_.contract_id.id,
            "product_id": license_.product_id.id,
            "external_id": license_.external_id,
            "contract_seats": contract,
            "marketplace_seats": there,
            "seats": there - contract,
            "amount": license_.currency_id.round((there - contract) * cost),
            "responsible": responsible,
            "proposal": proposal,
        }

    def _propose(self, license_, contract):
        """Who must act, and how."""
        waiting = license_._get_changes().filtered(
            lambda message: message.state in OPEN
        )
        if failed := waiting.filtered(lambda message: message.state == "failed"):
            return "manager", self.env._(
                "A message failed: retry it or give it up in the outbox. %(error)s",
                error=failed[0].error or "",
            )
        if waiting:
            return "marketplace", self.env._("Requested; waiting for the answer.")
        if problem := license_._get_setup_problem():
            return "manager", problem
        if not contract:
            return "manager", self.env._("Cancel the subscription.")
        return "manager", self.env._(
            "Ask the marketplace for %(seats)s seats.", seats=contract
        )

    def _prepare_unknown(self, subscription):
        product = self.env["product.product"].search(
            [("waas_marketplace_sku", "=", subscription.sku)], limit=1
        )
        cost = subscription.unit_price or product.standard_price
        asked = self.env["waas.marketplace.message"].search_count(
            [
                ("external_id", "=", subscription.id),
                ("operation", "in", CHANGES),
                ("state", "in", OPEN),
            ],
            limit=1,
        )
        return {
            "key": f"subscription:{subscription.id}",
            "kind": "unknown",
            "product_id": product.id,
            "external_id": subscription.id,
            "revision": subscription.revision,
            "marketplace_seats": subscription.seats,
            "seats": subscription.seats,
            "amount": subscription.seats * cost,
            "responsible": "marketplace" if asked else "manager",
            "proposal": self.env._("Requested; waiting for the answer.")
            if asked
            else self.env._("No contract pays for it: cancel the subscription."),
        }
