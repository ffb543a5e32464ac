"""A device as the portal shows it to the parties of its contract."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, serial, contract_id, contract, customer,
        delivered_on, warranty_end, warranty_max_end}``"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.product_id.name,
            "serial": self.name,
            "contract_id": self.waas_contract_id.id,
            "contract": self.waas_contract_id.name,
            "customer": self.waas_holder_id.name,
            "delivered_on": self.waas_delivered_on,
            "warranty_end": self.waas_warranty_end,
            "warranty_max_end": self.waas_warranty_max_end,
        }

    def _waas_get_portal_groups(self):
        """The devices by product, for a form in which some are chosen.

        :return: list of dicts ``{id, name, devices}``: the product, and the rows of its
            devices
        """
        return [
            {
                "id": product.id,
                "name": product.name,
                "devices": [device._waas_get_portal_row() for device in devices],
            }
            for product, devices in self.grouped("product_id").items()
        ]
