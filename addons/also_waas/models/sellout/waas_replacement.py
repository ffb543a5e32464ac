"""A replacement takes over what the replaced device counted for (R5)."""

from odoo import api, models


class WaasReplacement(models.Model):
    _inherit = "waas.replacement"

    @api.model_create_multi
    def create(self, vals_list):
        replacements = super().create(vals_list)
        replacements._note_sellout_change()
        return replacements

    def write(self, vals):
        result = super().write(vals)
        if not {"device_id", "replacement_id"}.isdisjoint(vals):
            self._note_sellout_change()
        return result

    def _note_sellout_change(self):
        # Whoever replaces a device need not know of reports.
        replacements_sudo = self.sudo()
        devices = replacements_sudo.device_id | replacements_sudo.replacement_id
        devices._waas_note_change()
