from collections import defaultdict

from odoo import api, fields, models

from .product_template import PRICED_ROLES


class ProductPricelist(models.Model):
    """Chapter 1, catalogue: a price list chooses among its rules by term (R8, R10)."""

    _inherit = "product.pricelist"

    def _get_applicable_rules_domain(self, products, date, **kwargs):
        """A rule with a term is for that term only; without one, for sales only."""
        term = kwargs.get("waas_term")
        return [
            *super()._get_applicable_rules_domain(products, date, **kwargs),
            ("waas_term_id", "=", term.id if term else False),
        ]

    def _waas_get_rule_by_line(self, lines, term, date):
        """The rule of each line, found with one search for all of them.

        :param lines: records with ``product_id``, ``product_uom_id`` and
            ``product_uom_qty``
        :param term: ``waas.term``
        :param date: datetime on which the rules must be in force
        :return: dict line -> ``product.pricelist.item`` (empty where there is none)
        """
        no_rule = self.env["product.pricelist.item"]
        if not self or not term:
            return dict.fromkeys(lines, no_rule)
        rules = self._get_applicable_rules(lines.product_id, date, waas_term=term)
        rules_by_template = defaultdict(list)
        for rule in rules:
            rules_by_template[
                rule.product_tmpl_id or rule.product_id.product_tmpl_id
            ].append(rule)
        shared_rules = rules_by_template[self.env["product.template"]]
        result = {}
        for line in lines:
            product = line.product_id
            quantity = line.product_uom_id._compute_quantity(
                line.product_uom_qty or 1.0, product.uom_id, raise_if_failure=False
            )
            # Own rules come before shared ones: the order of core's search
            # (applied_on first) holds within both lists and between them.
            candidates = [*rules_by_template[product.product_tmpl_id], *shared_rules]
            result[line] = next(
                (
                    rule
                    for rule in candidates
                    if rule._is_applicable_for(product, quantity)
                ),
                no_rule,
            )
        return result

    @api.model
    def _waas_offer_domain(self):
        return [("waas_role", "in", PRICED_ROLES), ("sale_ok", "=", True)]

    def _waas_get_offer(self, date=None):
        """The offer of this price list: what is rented, per term, at which price and
        for which commission (R8, R10). The printed list, the XLSX and the partner's
        view all read this.

        :param date: datetime for which it is in force, now by default
        :return: list of dicts ``{product, min_quantity, terms: {term: {price,
            commission}}}``, bundles first, then upgrades, then options; a term without
            price is left out. Amounts are per month (price) and per contract
            (commission), for one piece, without VAT, in the currency of the list
        """
        self.ensure_one()
        date = date or fields.Datetime.now()
        products = self.env["product.product"].search(
            self._waas_offer_domain(), order="default_code, name, id"
        )
        offer = defaultdict(dict)
        for term in self.env["waas.term"].search([]):
            rules = self._get_applicable_rules(products, date, waas_term=term)
            for quantity in sorted({max(rule.min_quantity, 1.0) for rule in rules}):
                prices = self._compute_price_rule(
                    products, quantity, date=date, waas_term=term
                )
                for product in products:
                    price, rule_id = prices[product.id]
                    rule = self.env["product.pricelist.item"].browse(rule_id or [])
                    if not rule or max(rule.min_quantity, 1.0) != quantity:
                        continue
                    offer[product, quantity][term] = {
                        "price": self.currency_id.round(price),
                        "commission": rule._waas_get_commission(
                            product,
                            quantity,
                            uom=product.uom_id,
                            date=date,
                            currency=self.currency_id,
                            waas_term=term,
                        ),
                    }
        rank = {role: index for index, role in enumerate(PRICED_ROLES)}
        return [
            {"product": product, "min_quantity": quantity, "terms": terms}
            for (product, quantity), terms in sorted(
                offer.items(),
                key=lambda item: (rank[item[0][0].waas_role],),
            )
        ]
