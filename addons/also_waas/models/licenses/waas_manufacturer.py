"""Seats of a manufacturer are sold out, too (R5)."""

from odoo import models


class WaasManufacturer(models.Model):
    _inherit = "waas.manufacturer"

    def _was_sold(self):
        return super()._was_sold() or bool(
            self.env["waas.license"].search_count(
                [
                    ("product_id.waas_manufacturer_id", "in", self.ids),
                    ("confirmed_on", "!=", False),
                ],
                limit=1,
            )
        )
