"""The first device that is delivered to a customer activates the reports to its
manufacturer (R5)."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _waas_arrive(self, contract, date):
        result = super()._waas_arrive(contract, date)
        # The warehouse delivers for contracts that it cannot read.
        company = contract.sudo().company_id
        # Warehouse users need no access to settings; one read for all devices of a
        # delivery.
        makers_sudo = self.sudo().waas_manufacturer_id.with_company(company)
        makers_sudo._note_sellout(date)
        return result
