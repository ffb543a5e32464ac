"""A device that leaves ALSO's stock leaves its books (R13)."""

from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _waas_log_passage(self, passage):
        result = super()._waas_log_passage(passage)
        if not passage.location._should_be_valued():
            self.lot_id._waas_leave_books(self[:1].company_id._waas_today())
        return result
