"""A corrected delivery in the books (R13)."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _waas_swap(self, actual, reason):
        before, instead = self.waas_contract_id, actual.waas_contract_id
        assets, other_assets = (
            device._waas_get_running_assets() for device in (self, actual)
        )
        result = super()._waas_swap(actual, reason)
        if instead:
            # What a device has cost, and lost in value, stays its own.
            assets.contract_id = instead
            other_assets.contract_id = before
        else:
            assets.device_id = actual
        return result
