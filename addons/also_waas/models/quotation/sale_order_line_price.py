"""What a line costs a month and earns the partner: only the price list
decides it (R8, R10)."""

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === COMPUTE METHODS ===#

    @api.depends("order_id.is_waas", "order_id.waas_term_id")
    def _compute_waas_term_id(self):
        waas_lines = self._waas_get_own()
        (self - waas_lines).waas_term_id = False
        for line in waas_lines:
            line.waas_term_id = line.order_id.waas_term_id

    @api.depends("order_id.waas_term_id", "waas_role")
    def _compute_pricelist_item_id(self):
        """Ask the price list about all WaaS lines at once, not line by line."""
        waas_lines = self._waas_get_own()
        waas_lines._waas_ask_price_list()
        (self - waas_lines)._waas_set_list_price()
        return super(SaleOrderLine, self - waas_lines)._compute_pricelist_item_id()

    def _waas_ask_price_list(self):
        rules_by_order = self._waas_find_rules()
        for order, lines in self.grouped("order_id").items():
            lines_by_key = lines.filtered(lambda line: line._waas_is_priced()).grouped(
                lambda line: (
                    line.product_id,
                    line.product_uom_qty or 1.0,
                    line.product_uom_id or line.product_id.uom_id,
                )
            )
            prices = order._waas_get_prices(lines_by_key, rules_by_order.get(order))
            # Only now, when all has been read that could ask for the price in turn.
            lines.pricelist_item_id = False
            lines._waas_set_list_price()
            for key, price in prices.items():
                lines_by_key[key].pricelist_item_id = price.rule
                lines_by_key[key]._waas_set_list_price(price.price, price.commission)

    def _waas_find_rules(self):
        """The rules for several orders at once: each asks about another moment.

        :return: dict ``sale.order`` -> ``product.pricelist.item``; empty for one order
        """
        result = {}
        if len(self.order_id) < 2:
            return result
        for (pricelist, term), lines in self.grouped(
            lambda line: (line.order_id.pricelist_id, line.order_id.waas_term_id)
        ).items():
            if pricelist and term:
                rules = pricelist._waas_find_rules(lines.product_id, term)
                result.update(dict.fromkeys(lines.order_id, rules))
        return result

    def _waas_set_list_price(self, price=0.0, commission=0.0):
        self.waas_list_price = price
        self.waas_list_commission = commission

    @api.depends("waas_list_price")
    def _compute_price_unit(self):
        """The monthly price always comes from the list: there is no manual one that
        core should keep. After confirmation it stays."""
        waas_lines = self._waas_get_own()
        open_lines = waas_lines.filtered(lambda line: line.order_id.state != "sale")
        for price, lines in open_lines.grouped(
            lambda line: line._waas_get_price_unit()
        ).items():
            lines.price_unit = price
        return super(SaleOrderLine, self - waas_lines)._compute_price_unit()

    @api.depends("waas_list_commission")
    def _compute_waas_commission_unit(self):
        """As the price: from the list, and kept after confirmation."""
        waas_lines = self._waas_get_own()
        (self - waas_lines).waas_commission_unit = 0.0
        open_lines = waas_lines.filtered(lambda line: line.order_id.state != "sale")
        for commission, lines in open_lines.grouped("waas_list_commission").items():
            lines.waas_commission_unit = commission

    @api.depends("waas_commission_unit", "product_uom_qty", "currency_id")
    def _compute_waas_commission(self):
        waas_lines = self._waas_get_own()
        (self - waas_lines).waas_commission_amount = 0.0
        for (currency, amount), lines in waas_lines.grouped(
            lambda line: (
                line.currency_id,
                line.waas_commission_unit * line.product_uom_qty,
            )
        ).items():
            lines.waas_commission_amount = (
                currency.round(amount) if currency else amount
            )

    @api.depends("waas_role")
    def _compute_discount(self):
        """The price of the list is the whole answer: a discount that a rule shows on
        an ordinary order would be taken twice."""
        waas_lines = self._waas_get_own()
        waas_lines.discount = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_discount()

    def _get_pricelist_price(self):
        """For other modules: the price of the price list for the term."""
        if self.order_id.is_waas:
            return self.waas_list_price
        return super()._get_pricelist_price()

    def _get_display_price(self):
        """A WaaS price is the rule's or none: never a silent list price (R8), and
        nothing for what is delivered along (R3)."""
        if self.order_id.is_waas:
            return self.waas_list_price
        return super()._get_display_price()

    # === BUSINESS METHODS ===#

    def _waas_is_priced(self):
        """Whether this line has a monthly price of its own."""
        return self.order_id.is_waas and self.waas_role in ("bundle", "charge")

    def _waas_get_price_unit(self):
        """The price of the list, as the line must have it under the order's fiscal
        position."""
        return self.product_id._waas_get_price_for(
            self.waas_list_price, self.order_id.fiscal_position_id, self.company_id
        )
