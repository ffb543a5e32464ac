"""To-dos of WaaS: users who leave a team leave them to the team."""

from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        if not vals.keys() & {"user_ids", "implied_ids", "implied_by_ids"}:
            return super().write(vals)
        users = self.all_user_ids
        with users._waas_get_todos()._waas_handing_over_lost():
            return super().write(vals)

    def unlink(self):
        with self.all_user_ids._waas_get_todos()._waas_handing_over_lost():
            return super().unlink()
