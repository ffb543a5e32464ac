"""Returned devices wait for their erasure first (R15)."""

from odoo import api, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.model_create_multi
    def create(self, vals_list):
        """The first warehouse of a company brings its operation type of returns."""
        warehouses = super().create(vals_list)
        warehouses.company_id.filtered("waas_enabled")._waas_set_up()
        return warehouses

    def _waas_get_return_location(self):
        return (
            self.company_id._waas_get_quarantine()
            or super()._waas_get_return_location()
        )
