"""The bundle of a delivered device (R5)."""

from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _waas_get_bundle(self):
        """The bundle for which a device was delivered, as ``product.product``. Empty
        for a replacement: the device that it replaces has it."""
        self.ensure_one()
        move = self.move_id._waas_get_first_move()
        if move.sale_line_id:
            return move.sale_line_id._waas_get_bundle()
        return move.picking_id.waas_change_id._get_bundle_of(self.product_id)
