from odoo import models


class WaasChange(models.Model):
    """A change switches or adds seats (R7, R9)."""

    _inherit = "waas.change"

    def _after_apply(self):
        result = super()._after_apply()
        for line in self.line_ids:
            if self.kind == "upgrade":
                line._upgrade_licenses()
            elif self.kind == "seats":
                line._add_licenses()
        return result
