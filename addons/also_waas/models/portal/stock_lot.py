from odoo import models


class StockLot(models.Model):
    """A device as the portal shows it to the parties of its contract."""

    _inherit = "stock.lot"

    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, serial, delivered_on, warranty_end,
        warranty_max_end}``"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.product_id.name,
            "serial": self.name,
            "delivered_on": self.waas_delivered_on,
            "warranty_end": self.waas_warranty_end,
            "warranty_max_end": self.waas_warranty_max_end,
        }
