from odoo import fields, models


class SaleOrder(models.Model):
    """Chapter 10, sell-out: the numbers under which a deal is registered with
    manufacturers (R5)."""

    _inherit = "sale.order"

    waas_deal_registration_ids = fields.One2many(
        comodel_name="waas.deal.registration",
        inverse_name="order_id",
        string="Deal Registrations",
        groups="also_waas.group_waas_user",
    )


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _waas_get_bundle(self):
        """The bundle on which a line hangs, as ``product.product``."""
        line = self
        while line.waas_parent_line_id:
            line = line.waas_parent_line_id
        product = line.product_id
        return product if line.waas_role == "bundle" else product.browse()
