"""Where returned devices are received."""

from odoo import models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _waas_get_return_location(self):
        """Hook: where devices that come back are received."""
        self.ensure_one()
        return self.lot_stock_id
