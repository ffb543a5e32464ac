from odoo import models


class StockMove(models.Model):
    """The papers of a change let a device reach its customer."""

    _inherit = "stock.move"

    def _waas_get_contract(self):
        contract = super()._waas_get_contract()
        move = self
        while move.origin_returned_move_id and not move.sale_line_id:
            move = move.origin_returned_move_id
        if contract or move.sale_line_id:
            return contract
        return move.picking_id.sudo().waas_change_id.contract_id


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _waas_get_arrival_problem(self):
        """What comes with a change is kept to the end of the contract as well (R12)."""
        if problem := super()._waas_get_arrival_problem():
            return problem
        change_sudo = self.picking_id.sudo().waas_change_id
        if not (change_sudo and self.location_dest_id.is_waas):
            return False
        return self.env["waas.replacement"]._get_device_problem(
            change_sudo.contract_id, self.lot_id, change_sudo.effective_date
        )
