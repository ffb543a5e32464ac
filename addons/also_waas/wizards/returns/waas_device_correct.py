from odoo import fields, models


class WaasDeviceCorrect(models.TransientModel):
    """The device that was in the box was found when it came back: it is received."""

    _inherit = "waas.device.correct"

    finding_id = fields.Many2one(comodel_name="waas.return.finding", ondelete="cascade")

    def action_correct(self):
        """Correct the delivery, and take the device in that came back."""
        self.finding_id._ensure_may_correct(self.actual_device_id)
        result = super().action_correct()
        self.finding_id._take_corrected(self.reason)
        return result
