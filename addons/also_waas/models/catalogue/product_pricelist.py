"""A price list chooses among its rules by term (R8, R10)."""

import re
from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from .product_template import PRICED_ROLES


class WaasPrice(NamedTuple):
    """What a price list says about one piece, in the currency of the list (R8)."""

    rule: Any  # product.pricelist.item
    price: float  # per month
    commission: float  # once per contract


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _search_display_name(self, operator, value):
        """Find a list also by what an export writes, ``Name (EUR)``: a price list that
        was exported can be imported again (R8)."""
        domain = Domain(super()._search_display_name(operator, value))
        if operator not in ("=", "in"):
            return domain
        for text in [value] if isinstance(value, str) else value or []:
            if match := re.fullmatch(r"(.+) \((\w+)\)", str(text)):
                domain |= Domain("name", "=", match[1]) & Domain(
                    "currency_id.name", "=", match[2]
                )
        return domain

    @api.model
    def _waas_find_rented_by(self):
        """The lists with prices of a term, and those that companies rent by."""
        companies_sudo = (
            # Of any company: which lists are rented by, is no secret.
            self.env["res.company"].sudo().search([("waas_pricelist_id", "!=", False)])
        )
        return self.search(
            Domain("item_ids.waas_term_id", "!=", False)
            | Domain("id", "in", companies_sudo.waas_pricelist_id.ids)
        )

    @api.model
    def load(self, fields, data):
        """As the import of the prices alone."""
        load = super().load
        if any(name.split("/")[:2] == ["item_ids", "waas_term_id"] for name in fields):
            return self.env["product.pricelist.item"]._waas_load_strictly(
                load, fields, data
            )
        return load(fields, data)

    def _get_applicable_rules_domain(self, products, date, **kwargs):
        """A rule with a term is for that term only; without one, for sales only."""
        term = kwargs.get("waas_term")
        return [
            *super()._get_applicable_rules_domain(products, date, **kwargs),
            ("waas_term_id", "=", term.id if term else False),
        ]

    def _waas_get_prices(self, wanted, term, date, rules=None):
        """Price and commission side by side (R8). Quotations, the configurator and
        the printed list all ask this, so that they cannot differ.

        Conversions between currencies are those of the company of the environment.

        :param wanted: iterable of tuples ``(product, quantity, uom)``
        :param term: ``waas.term``
        :param date: datetime on which the prices must be in force
        :param rules: see :meth:`_waas_find_rules`, where several days are asked about
        :return: dict tuple -> :class:`WaasPrice`. What has no price for the term is not
            in it: there is no other price to fall back to
        """
        if not self or not term:
            return {}
        wanted = dict.fromkeys(wanted)
        if rules is None:
            products = self.env["product.product"].union(*(key[0] for key in wanted))
            rules = self._get_applicable_rules(products, date, waas_term=term)
        else:
            rules = rules.filtered(lambda rule: rule._waas_is_in_force(date))
        rules = self._waas_choose_rules(wanted, rules)
        followed = self._waas_get_followed_prices(rules, term, date)
        return {
            (product, quantity, uom): WaasPrice(
                rule,
                rule._waas_get_price(product, quantity, uom, date, base),
                rule._waas_get_commission(product, uom, date, base),
            )
            for (product, quantity, uom), rule in rules.items()
            if (base := followed.get((product, quantity, uom)))
            or not rule._waas_follows()
        }

    def _waas_find_rules(self, products, term):
        """The rules of a term, whichever the days on which they are in force."""

        def without_days(condition):
            is_day = condition.field_expr in ("date_start", "date_end")
            return Domain.TRUE if is_day else condition

        domain = self._get_applicable_rules_domain(
            products, fields.Datetime.now(), waas_term=term
        )
        items = self.env["product.pricelist.item"]
        return items.search(Domain(domain).map_conditions(without_days))

    def _waas_choose_rules(self, wanted, rules):
        """The rule for each product and quantity.

        :param rules: those of this list, in the order in which they are chosen
        :return: dict tuple -> ``product.pricelist.item``, without those that have none
        """
        rules_by_template = defaultdict(list)
        for rule in rules:
            template = rule.product_tmpl_id or rule.product_id.product_tmpl_id
            rules_by_template[template].append(rule)
        shared_rules = rules_by_template[self.env["product.template"]]
        result = {}
        for product, quantity, uom in wanted:
            product_quantity = uom._compute_quantity(
                quantity, product.uom_id, raise_if_failure=False
            )
            # Own rules come before shared ones: the order of core's search
            # (applied_on first) holds within both lists and between them.
            for rule in [*rules_by_template[product.product_tmpl_id], *shared_rules]:
                if rule._is_applicable_for(product, product_quantity):
                    result[product, quantity, uom] = rule
                    break
        return result

    def _waas_get_followed_prices(self, rules, term, date):
        """What the other price lists say that some of the rules follow."""
        wanted_by_list = defaultdict(list)
        for key, rule in rules.items():
            if rule._waas_follows():
                wanted_by_list[rule.base_pricelist_id].append(key)
        result = {}
        for pricelist, wanted in wanted_by_list.items():
            result.update(pricelist._waas_get_prices(wanted, term, date))
        return result

    def _waas_get_quantities(self, products, term, date):
        """The quantities from which another price may hold."""
        rules = self._get_applicable_rules(products, date, waas_term=term)
        quantities = {max(rule.min_quantity, 1.0) for rule in rules}
        for followed in rules.filtered(
            lambda rule: rule._waas_follows()
        ).base_pricelist_id:
            quantities |= followed._waas_get_quantities(products, term, date)
        return quantities

    @api.model
    def _waas_offer_domain(self):
        return [("waas_role", "in", PRICED_ROLES), ("sale_ok", "=", True)]

    def _waas_get_offer(self, date=None):
        """The offer of this price list: what is rented, per term, at which price and
        for which commission (R8, R10). The printed list, the XLSX and the partner's
        view all read this.

        :param date: datetime for which it is in force, now by default
        :return: list of dicts ``{product, min_quantity, terms: {term: {price,
            commission}}}``, bundles first, then upgrades, then options; a product has
            one for each quantity from which something changes. A term without price is
            left out. Amounts are per month (price) and per contract (commission), for
            one piece, without VAT, in the currency of the list
        """
        self.ensure_one()
        date = date or fields.Datetime.now()
        products = self.env["product.product"].search(
            self._waas_offer_domain(), order="default_code, name, id"
        )
        terms = self.env["waas.term"].search([("active", "=", True)])
        quantities = sorted(
            {1.0}.union(
                *(self._waas_get_quantities(products, term, date) for term in terms)
            )
        )
        wanted = [
            (product, quantity, product.uom_id)
            for product in products
            for quantity in quantities
        ]
        prices = {term: self._waas_get_prices(wanted, term, date) for term in terms}
        offer = []
        for product in products.sorted(
            lambda product: PRICED_ROLES.index(product.waas_role)
        ):
            before = {}
            for quantity in quantities:
                key = (product, quantity, product.uom_id)
                found = {
                    term: {
                        "price": by_key[key].price,
                        "commission": by_key[key].commission,
                    }
                    for term, by_key in prices.items()
                    if key in by_key
                }
                if found and found != before:
                    offer.append(
                        {"product": product, "min_quantity": quantity, "terms": found}
                    )
                before = found
        return offer
