from odoo import models


class WaasChange(models.Model):
    """Devices of a change that is called back return."""

    _inherit = "waas.change"

    def _get_devices_to_call_back(self):
        """Once it was called back, those that no return waits for (any more)."""
        devices = super()._get_devices_to_call_back()
        if not self.withdrawn_on:
            return devices
        return devices.filtered(lambda device: not device._waas_get_open_return_line())

    def _call_back(self, devices):
        result = super()._call_back(devices)
        self.env["waas.return"]._open_for(devices, "other", join=False)
        return result
