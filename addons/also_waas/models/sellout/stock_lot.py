from odoo import models


class StockLot(models.Model):
    """The first device that reaches a customer turns reporting to its manufacturer on
    (R5)."""

    _inherit = "stock.lot"

    def _waas_arrive(self, contract, date):
        result = super()._waas_arrive(contract, date)
        # The warehouse delivers for a contract that it may not read.
        company = contract.sudo().company_id
        # Who delivers need not read settings; one look for all devices of a delivery.
        makers_sudo = self.sudo().waas_manufacturer_id.with_company(company)
        makers_sudo._note_sellout(date)
        return result
