from odoo import models


class ResCompany(models.Model):
    """To-dos of WaaS: who is taken out of a company leaves them to the team."""

    _inherit = "res.company"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        with self.user_ids._waas_get_todos()._waas_handing_over_lost():
            return super().write(vals)
