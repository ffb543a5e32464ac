from odoo import fields, models


class StockLocation(models.Model):
    """Chapter 5, devices: where rented devices are (R13)."""

    _inherit = "stock.location"

    is_waas = fields.Boolean(
        string="At Customer (WaaS)",
        index=True,
        help="Rented devices: with the end customer, and still ALSO's stock.",
    )

    def _is_outgoing(self):
        """For the order a device that reached the end customer is delivered, although
        it never leaves ALSO's stock."""
        return self.is_waas or super()._is_outgoing()
