"""A change that is called back is cancelled when its devices are back."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _waas_leave(self, date):
        contracts = self.waas_contract_id
        result = super()._waas_leave(date)
        contracts.waas_change_ids._finish_withdrawal()
        return result
