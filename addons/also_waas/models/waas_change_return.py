from odoo import models


class WaasChange(models.Model):
    """Chapter 8, returns: devices of a change that is called back return."""

    _inherit = "waas.change"

    def _call_back(self, devices):
        result = super()._call_back(devices)
        self.env["waas.return"]._open_for(devices, "other", join=False)
        return result
