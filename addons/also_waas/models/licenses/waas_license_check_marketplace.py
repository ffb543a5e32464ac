from odoo import models
from odoo.fields import Domain

from .waas_marketplace_message import CHANGES, OPEN


class WaasLicenseCheck(models.Model):
    """Differences between contracts and the marketplace (R9)."""

    _inherit = "waas.license.check"

    def _check_marketplace(self, marketplace, today, compare_all):
        """Compare each license of a company with its subscription."""
        company = marketplace.company_id
        ordered_here = Domain("company_id", "=", company.id) & Domain(
            "channel", "=", "marketplace"
        )
        Licenses = self.env["waas.license"]
        names = ("reference", "external_id", "known_revision")
        licenses = Licenses.search_fetch(ordered_here, names)
        known = dict(zip(licenses.ids, licenses.mapped("known_revision"), strict=True))
        subscriptions = marketplace._fetch_subscriptions()
        if subscriptions is None:
            return
        # The request takes time: read what other workers received meanwhile.
        self.env.flush_all()
        self.env.invalidate_all()
        licenses = Licenses.search_fetch(ordered_here, names)
        matches = self._match(licenses, subscriptions)
        mine = Domain("kind", "in", ("missing", "seats", "sku"))

        def compare(batch):
            found = [
                values
                for license_ in batch
                for values in self._compare(
                    license_,
                    matches.get(license_.id),
                    known.get(license_.id, license_.known_revision),
                )
            ]
            part = mine & Domain("license_id", "in", batch.ids)
            self._settle(company, part, found, today)

        compare_all(licenses, compare)
        elsewhere = mine & Domain("license_id", "not any", ordered_here)
        self._settle(company, elsewhere, (), today)
        found = self._find_unknown(subscriptions, matches)
        self._settle(company, Domain("kind", "=", "unknown"), found, today)

    def _match(self, licenses, subscriptions):
        """The subscription of each license.

        :param subscriptions: list of ``Subscription``
        :return: dict id of a ``waas.license`` -> its ``Subscription``
        """
        by_id = {subscription.id: subscription for subscription in subscriptions}
        by_reference = {
            subscription.reference: subscription
            for subscription in subscriptions
            if subscription.is_active
        }
        owners = {license_.external_id: license_ for license_ in licenses}
        matches = {}
        for license_ in licenses:
            # Prefer the active one: a cancelled license may have been ordered again.
            subscription = by_reference.get(license_.reference)
            if not subscription or owners.get(subscription.id, license_) != license_:
                subscription = by_id.get(license_.external_id)
            if subscription:
                matches[license_.id] = subscription
        return matches

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

    def _find_unknown(self, subscriptions, matches):
        """Seats that are paid for without a contract."""
        ours = {subscription.id for subscription in matches.values()}
        unknown = [one for one in subscriptions if one.id not in ours and one.seats]
        products = self.env["product.product"].search(
            [("waas_marketplace_sku", "in", [one.sku for one in unknown])]
        )
        product_by_sku = {
            product.waas_marketplace_sku: product for product in reversed(products)
        }
        requests = self.env["waas.marketplace.message"].search(
            [
                ("external_id", "in", [one.id for one in unknown]),
                ("operation", "in", CHANGES),
                ("state", "in", OPEN),
            ]
        )
        requested = set(requests.mapped("external_id"))
        for subscription in unknown:
            product = product_by_sku.get(subscription.sku, products.browse())
            yield self._prepare_unknown(
                subscription, product, subscription.id in requested
            )

    def _prepare_unknown(self, subscription, product, is_requested):
        cost = subscription.unit_price or product.standard_price
        return {
            "key": f"subscription:{subscription.id}",
            "kind": "unknown",
            "product_id": product.id,
            "external_id": subscription.id,
            "revision": subscription.revision,
            "marketplace_seats": subscription.seats,
            "seats": subscription.seats,
            "amount": subscription.seats * cost,
            "responsible": "marketplace" if is_requested else "manager",
            "proposal": self.env._("Requested; waiting for the answer.")
            if is_requested
            else self.env._("No contract pays for it: cancel the subscription."),
        }
