"""Return on a delivery leads to quarantine, too (R15)."""

from odoo import models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    def _prepare_picking_default_values_based_on(self, picking):
        values = super()._prepare_picking_default_values_based_on(picking)
        if picking.location_dest_id.is_waas:
            quarantine = picking.company_id._waas_get_quarantine()
            values["location_dest_id"] = quarantine.id
        return values
