from odoo import models


class StockMove(models.Model):
    """A change is a source document that delivers devices."""

    _inherit = "stock.move"

    def _waas_get_contract(self):
        contract = super()._waas_get_contract()
        move = self
        while move.origin_returned_move_id and not move.sale_line_id:
            move = move.origin_returned_move_id
        if contract or move.sale_line_id:
            return contract
        # The warehouse moves for a change that it may not read.
        return move.picking_id.sudo().waas_change_id.contract_id
