"""The bundle of an order line (R5)."""

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _waas_get_bundle(self):
        """The bundle to which the line belongs, as ``product.product``."""
        line = self
        while line.waas_parent_line_id:
            line = line.waas_parent_line_id
        product = line.product_id
        return product if line.waas_role == "bundle" else product.browse()
