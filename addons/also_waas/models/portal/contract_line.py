"""Products that can be added to a rented bundle."""

from odoo import models


class ContractLine(models.Model):
    _inherit = "contract.line"

    def _waas_get_offered(self):
        """Products that can be added to these workplaces: without those that they have,
        and without upgrades to other hardware, which is delivered as an option only.

        :return: list of tuples (slot, upgrade) and (None, option)
        """
        self.ensure_one()
        bundle = self.product_id
        pairs = [
            (slot, upgrade)
            for slot in bundle.waas_slot_ids
            for upgrade in slot.upgrade_ids - self._waas_get_upgrade(slot).product_id
            if upgrade.waas_component_id.waas_role != "device"
        ]
        return pairs + [(None, option) for option in bundle.waas_option_ids]
