"""An upgrade or option that costs or earns nothing (R7, R8)."""

from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _waas_get_zeros(self):
        """What of this upgrade or option is zero, as texts."""
        self.ensure_one()
        return self.env["product.pricelist.item"]._waas_name_zeros(
            not self.currency_id.is_zero(self.price_unit),
            not self.currency_id.is_zero(self.waas_commission_unit),
        )

    def _waas_get_zero_reason(self):
        """What the price list says about it."""
        self.ensure_one()
        return self.pricelist_item_id.with_company(
            self.company_id
        )._waas_get_zero_reason(
            self.product_id,
            self.product_uom_qty or 1.0,
            self.product_uom_id,
            self.order_id.date_order or fields.Datetime.now(),
        )
