"""The offer as a feed: it makes the choices visible in the ALSO Cloud Marketplace
(R10)."""

import hashlib
import json

from odoo import fields, models
from odoo.tools import float_repr

SCHEMA = "waas.offer/1"


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _waas_get_feed(self, date=None, with_commission=False):
        """The offer of this price list as data: bundle x term x option -> price.

        Prices are per month, for one piece, without VAT, as decimal text in the
        currency of the list; a price holds from ``min_quantity`` pieces on. A term,
        bundle, upgrade or option that is archived or has no price is left out.

        :param date: datetime at which the offer is in force, now by default
        :param bool with_commission: add what the partner earns, once per contract and
            piece (R8)
        :return: dict; ``version`` changes when, and only when, the other content does
        """
        self.ensure_one()
        date = date or fields.Datetime.now()
        prices = self._waas_get_feed_prices(date, with_commission)
        content = {
            "schema": SCHEMA,
            "currency": self.currency_id.name,
            "price_list": self.name,
            "terms": self._waas_get_feed_terms(prices),
            "bundles": [
                self._waas_prepare_feed_bundle(product, prices)
                for product in prices
                if product.waas_role == "bundle"
            ],
            **self._waas_get_feed_validity(date),
        }
        return {**content, "version": self._waas_get_feed_version(content)}

    def _waas_get_feed_version(self, content):
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _waas_get_feed_prices(self, date, with_commission):
        """
        :return: dict ``product.product`` -> list of its prices
        """
        prices = {}
        # Read for any holder of a key: products of other companies are not offered.
        companies = self.env.company.parent_ids
        for row in self._waas_get_offer(date):
            if row["product"].company_id - companies:
                continue
            for term, amounts in row["terms"].items():
                price = {
                    "months": term.months,
                    "min_quantity": row["min_quantity"],
                    "price": self._waas_format_feed(amounts["price"]),
                }
                if with_commission:
                    price["commission"] = self._waas_format_feed(amounts["commission"])
                prices.setdefault(row["product"], []).append(price)
        return prices

    def _waas_format_feed(self, amount):
        return float_repr(amount, self.currency_id.decimal_places)

    def _waas_get_feed_terms(self, prices):
        """The terms that have prices."""
        return sorted({price["months"] for rows in prices.values() for price in rows})

    def _waas_prepare_feed_bundle(self, bundle, prices):
        def offer(products):
            return [
                {**self._waas_prepare_feed_product(product), "prices": prices[product]}
                for product in products
                if product in prices
            ]

        return {
            **self._waas_prepare_feed_product(bundle),
            "prices": prices[bundle],
            "slots": [
                {
                    "name": slot.name,
                    "quantity": slot.quantity,
                    "included": self._waas_prepare_feed_product(slot.component_id),
                    "upgrades": offer(slot.upgrade_ids),
                }
                for slot in bundle.waas_slot_ids
            ],
            "options": offer(bundle.waas_option_ids),
        }

    def _waas_prepare_feed_product(self, product):
        return {
            "id": product.id,
            "code": product.default_code or "",
            "name": product.name,
            "description": product.description_sale or "",
        }

    def _waas_get_feed_validity(self, date):
        """Since when these prices hold, and until when at the latest."""
        rules = self.env["product.pricelist.item"].search(
            [
                ("pricelist_id", "in", self._waas_get_feed_lists().ids),
                ("waas_term_id", "!=", False),
            ]
        )
        # A rule holds up to and including its end: the next second can have another
        # price.
        starts = [rule.date_start for rule in rules if rule.date_start]
        ends = [rule.date_end for rule in rules if rule.date_end]
        before = [moment for moment in starts + ends if moment <= date]
        coming = [moment for moment in starts + ends if moment > date]
        return {
            "valid_from": f"{max(before).isoformat()}Z" if before else None,
            "valid_until": f"{min(coming).isoformat()}Z" if coming else None,
        }

    def _waas_get_feed_lists(self):
        """This price list and those on which it is based."""
        lists = self
        while True:
            followed = lists.item_ids.filtered(
                lambda rule: rule.waas_term_id and rule._waas_follows()
            ).base_pricelist_id
            if followed <= lists:
                return lists
            lists |= followed
