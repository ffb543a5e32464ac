"""An order line as the portal shows it."""

from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, quantity, price, amount, commission}``, the last
        three as texts"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.product_id.name,
            "quantity": self.product_uom_qty,
            "price": self.currency_id.format(self.price_unit),
            "amount": self.currency_id.format(self.price_subtotal),
            "commission": self.currency_id.format(self.waas_commission_amount),
        }
