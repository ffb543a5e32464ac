from odoo import models


class StockWarehouse(models.Model):
    """Returned devices wait for their erasure first (R15)."""

    _inherit = "stock.warehouse"

    def _waas_get_return_location(self):
        return (
            self.company_id._waas_get_quarantine()
            or super()._waas_get_return_location()
        )
