from odoo import models

from odoo.addons.also_waas.marketplace_client import (
    MarketplaceRefused,
    Subscription,
)

DEMO_URL = "https://marketplace.example"


class DemoMarketplace:
    """Answers as the marketplace would (``also_waas/marketplace_client.py``), from the
    table of ``waas.demo.subscription``."""

    def __init__(self, env):
        self._subscriptions = env["waas.demo.subscription"].sudo()
        self._products = env["product.product"].sudo()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        pass

    def ping(self):
        pass

    def order(self, _key, payload):
        living = self._subscriptions.search(
            [("reference", "=", payload["reference"]), ("status", "=", "active")]
        )
        if living:
            return self._write(living, payload)
        subscription = self._subscriptions.create(
            {
                "reference": payload["reference"],
                "customer": payload["customer"]["name"],
                "sku": payload["sku"],
                "seats": payload["seats"],
                "revision": payload["revision"],
                "unit_price": self._get_price(payload["sku"]),
            }
        )
        subscription.number = f"SUB-{subscription.id:06}"
        return self._tell(subscription)

    def change(self, _key, subscription_id, payload):
        return self._write(self._find(subscription_id), payload)

    def cancel(self, _key, subscription_id, payload):
        return self._write(self._find(subscription_id), payload, status="cancelled")

    def list_subscriptions(self, updated_since=None):
        domain = [("write_date", ">=", updated_since)] if updated_since else []
        for subscription in self._subscriptions.search(domain):
            yield self._tell(subscription)

    def _get_price(self, sku):
        return self._products.search(
            [("waas_marketplace_sku", "=", sku)], limit=1
        ).standard_price

    def _find(self, number):
        found = self._subscriptions.search([("number", "=", number)])
        if not found:
            raise MarketplaceRefused(f"There is no subscription {number}.")
        return found

    def _write(self, subscription, payload, **values):
        if payload["revision"] < subscription.revision:
            raise MarketplaceRefused("This is older than what was done last.")
        subscription.write(
            {"seats": payload["seats"], "revision": payload["revision"], **values}
        )
        return self._tell(subscription)

    def _tell(self, subscription):
        is_active = subscription.status == "active"
        return Subscription(
            id=subscription.number,
            reference=subscription.reference,
            sku=subscription.sku,
            seats=subscription.seats if is_active else 0,
            is_active=is_active,
            revision=subscription.revision,
            unit_price=subscription.unit_price,
        )


class WaasMarketplace(models.Model):
    _inherit = "waas.marketplace"

    def _get_client(self):
        """The demo has a marketplace of its own: no request leaves the server."""
        if self.base_url == DEMO_URL:
            return DemoMarketplace(self.env)
        return super()._get_client()
