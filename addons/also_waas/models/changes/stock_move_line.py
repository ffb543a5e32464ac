from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _waas_get_arrival_problem(self):
        """What comes with a change is kept to the end of the contract as well (R12)."""
        if problem := super()._waas_get_arrival_problem():
            return problem
        # The warehouse moves for a change that it may not read.
        change_sudo = self.picking_id.sudo().waas_change_id
        if not (change_sudo and self.location_dest_id.is_waas):
            return False
        return self.env["waas.replacement"]._get_device_problem(
            change_sudo.contract_id, self.lot_id, change_sudo.effective_date
        )
