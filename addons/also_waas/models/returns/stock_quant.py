"""The last check: however stock moves, a device is in quarantine until its erasure
is certified, and leaves it once (R15)."""

from odoo import api, models
from odoo.exceptions import ValidationError


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.constrains("quantity", "location_id", "lot_id")
    def _check_waas_erased(self):
        inside = self.filtered(
            lambda quant: quant.location_id.is_waas_quarantine and quant.lot_id
        )
        for quant in inside:
            left = quant.product_uom_id.compare(quant.quantity, 0)
            problem = left <= 0 and quant.lot_id._waas_get_release_problem()
            if left < 0 and not problem:
                problem = quant.lot_id._waas_get_elsewhere_message()
            if problem:
                raise ValidationError(problem)
