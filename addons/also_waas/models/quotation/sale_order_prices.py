"""Prices follow the term and the price list of the day (R8, R10)."""

from odoo import api, fields, models

from .sale_order import REPRICING_FIELDS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === COMPUTE METHODS ===#

    @api.depends("is_waas", "waas_reseller_id")
    def _compute_pricelist_id(self):
        """The partner's WaaS price list holds for the deals it brings, else the
        company's (R8); the lists by which either of them buys play no part."""
        waas_orders = self.filtered("is_waas")
        for order in waas_orders:
            if order.state in ("draft", "sent"):
                reseller = order.waas_reseller_id.commercial_partner_id
                order.pricelist_id = (
                    reseller.with_company(order.company_id).waas_pricelist_id
                    or order.company_id.waas_pricelist_id
                )
        return super(SaleOrder, self - waas_orders)._compute_pricelist_id()

    # === CONSTRAINT METHODS ===#

    @api.constrains("waas_term_id")
    def _check_waas_prices(self):
        """Every bundle, upgrade and option has a price for the term (R8, R10)."""
        for order in self:
            if order.is_waas and order.state != "sale":
                order.order_line._waas_ensure_priced()

    # === ONCHANGE METHODS ===#

    @api.onchange(*REPRICING_FIELDS)
    def _onchange_waas_prices(self):
        """Show the new taxes and prices before they are saved."""
        if self.is_waas:
            self._recompute_taxes()
            self._recompute_prices()

    # === BUSINESS METHODS ===#

    def _waas_get_total(self, monthly):
        """What a monthly amount adds up to over the term."""
        total, currency = monthly * self.waas_term_id.months, self.currency_id
        return currency.round(total) if currency else total

    def _waas_get_prices(self, wanted, rules=None):
        """What the price list says on the day of the quotation.

        :param wanted: iterable of tuples ``(product, quantity, uom)``
        :param rules: see ``product.pricelist._waas_find_rules``
        :return: dict tuple -> ``WaasPrice``, without what has no price for the term
        """
        self.ensure_one()
        return self.pricelist_id.with_company(self.company_id)._waas_get_prices(
            wanted, self.waas_term_id, self.date_order or fields.Datetime.now(), rules
        )

    def _get_priced_lines(self):
        """What is delivered along, and delivery itself, have no part in the total,
        whatever stands on their lines (R3)."""
        lines = super()._get_priced_lines()
        return lines.filtered(lambda line: not line._waas_is_free())

    def _recompute_prices(self):
        """Confirmed prices stay; there are no typed ones and no discounts to reset."""
        waas_orders = self.filtered("is_waas")
        waas_orders._waas_recompute_lines("waas_list_price", "waas_list_commission")
        waas_orders.show_update_pricelist = False
        if ordinary := self - waas_orders:
            return super(SaleOrder, ordinary)._recompute_prices()
        return None

    def _recompute_taxes(self):
        """Confirmed taxes stay."""
        waas_orders = self.filtered("is_waas")
        waas_orders._waas_recompute_lines("tax_ids")
        waas_orders.show_update_fpos = False
        if ordinary := self - waas_orders:
            return super(SaleOrder, ordinary)._recompute_taxes()
        return None

    def _waas_recompute_lines(self, *names):
        """Compute fields of the lines anew, with all that depends on them: all lines at
        once, where core would write line by line."""
        lines = self.filtered(lambda order: order.state != "sale").order_line
        lines.invalidate_recordset(["pricelist_item_id"])
        for name in names:
            field = lines._fields[name]
            if field.store:
                self.env.add_to_compute(field, lines)
            else:
                lines.invalidate_recordset([name])
        lines.modified(names)
