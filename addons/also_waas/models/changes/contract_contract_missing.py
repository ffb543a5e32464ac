"""The devices that a change brings are waited for as well."""

from odoo import models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _waas_get_delivering_changes(self):
        return self.waas_change_ids.filtered(
            lambda change: change.state == "delivering" and not change.withdrawn_on
        )

    def _waas_get_lacking_count(self):
        """Of a contract that runs, only what its changes wait for: a device that came
        back early is not missed."""
        lacking = super()._waas_get_lacking_count()
        changes_sudo = self.sudo()._waas_get_delivering_changes()
        return lacking + sum(
            sum(change._get_lacking_devices().values()) for change in changes_sudo
        )

    def _waas_deliver_rest(self):
        result = super()._waas_deliver_rest()
        for change in self._waas_get_delivering_changes():
            if rest := change._get_lacking_devices():
                change._make_delivery(rest)
        return result
