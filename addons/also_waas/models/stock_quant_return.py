from odoo import api, models
from odoo.exceptions import ValidationError


class StockQuant(models.Model):
    """Chapter 8, returns: the last net. Whatever moves stock, a device is in quarantine
    until its erasure is certified (R15)."""

    _inherit = "stock.quant"

    @api.constrains("quantity", "location_id", "lot_id")
    def _check_waas_erased(self):
        for quant in self:
            if (
                quant.location_id.is_waas_quarantine
                and quant.product_uom_id.compare(quant.quantity, 0) <= 0
                and (problem := quant.lot_id._waas_get_release_problem())
            ):
                raise ValidationError(problem)
