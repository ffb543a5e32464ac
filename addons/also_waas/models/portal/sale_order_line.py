from odoo import api, models


class SaleOrderLine(models.Model):
    """An order line as the portal shows it."""

    _inherit = "sale.order.line"

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, quantity, price, amount, commission}``"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.product_id.name,
            "quantity": self.product_uom_qty,
            "price": self.price_unit,
            "amount": self.price_subtotal,
            "commission": self.waas_commission_amount,
        }
