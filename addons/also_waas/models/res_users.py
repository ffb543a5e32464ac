from odoo import SUPERUSER_ID, models


class ResUsers(models.Model):
    """To-dos of WaaS: who leaves, leaves them to the team."""

    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self._waas_leave_todos()
        return result

    def _waas_leave_todos(self):
        # Whoever archives a user need not read what waits for that user.
        todos_sudo = self.env["mail.activity"].sudo()
        todos_sudo.search(
            [
                ("user_id", "in", self.ids),
                ("activity_type_id.waas_group_id", "!=", False),
                ("res_model", "!=", False),
            ]
        )._waas_hand_over()

    def _waas_works_for(self, company):
        """Of these users, the active employees of a company."""
        return self.sudo().filtered(
            lambda user: user.active
            and not user.share
            and user.id != SUPERUSER_ID
            and company in user.company_ids
        )

    def _waas_get_least_busy(self, todo_type):
        """Of a team, the one with the fewest open to-dos of a kind."""
        counts = dict(
            self.env["mail.activity"]
            .sudo()
            ._read_group(
                [
                    ("user_id", "in", self.ids),
                    ("activity_type_id", "=", todo_type.id),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        return min(self, key=lambda user: (counts.get(user, 0), user.id))
