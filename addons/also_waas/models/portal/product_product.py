"""A bundle as a partner chooses it in the portal (R7)."""

from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name}``"""
        self.ensure_one()
        return {"id": self.id, "name": self.name}

    @api.private
    def _waas_get_portal_choice(self, upgrades, options):
        """A bundle with what is in each workplace, and what was chosen of it.

        :param dict upgrades: slot -> upgrade product
        :param dict options: option product -> number
        :return: dict ``{id, name, description, slots, options}``; ``slots`` is a list
            of dicts ``{id, name, quantity, component, upgrades}`` with the upgrades as
            dicts ``{id, name, is_chosen}``, ``options`` one of ``{id, name, quantity}``
        """
        self.ensure_one()
        return {
            **self._waas_get_portal_row(),
            "description": self.description_sale,
            "slots": [
                {
                    "id": slot.id,
                    "name": slot.name,
                    "quantity": slot.quantity,
                    "component": slot.component_id.name,
                    "upgrades": [
                        {
                            **upgrade._waas_get_portal_row(),
                            "is_chosen": upgrades.get(slot) == upgrade,
                        }
                        for upgrade in slot.upgrade_ids
                    ],
                }
                for slot in self.waas_slot_ids
            ],
            "options": [
                {**option._waas_get_portal_row(), "quantity": options.get(option, 0)}
                for option in self.waas_option_ids
            ],
        }
