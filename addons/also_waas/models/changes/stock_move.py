"""A change is a source document that delivers devices."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _waas_find_contract(self):
        contract, move = super()._waas_find_contract(), self._waas_get_first_move()
        if contract or move.sale_line_id:
            return contract
        return move.picking_id.waas_change_id.contract_id
