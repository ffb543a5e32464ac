from odoo import SUPERUSER_ID, api, models


class ResUsers(models.Model):
    """To-dos of WaaS: users who leave a company or a team leave them to the team."""

    _inherit = "res.users"

    def write(self, vals):
        if vals.get("active") is False:
            result = super().write(vals)
            self._waas_get_todos()._waas_hand_over()
            return result
        if not vals.keys() & {"group_ids", "company_ids"}:
            return super().write(vals)
        with self._waas_get_todos()._waas_handing_over_lost():
            return super().write(vals)

    def action_archive(self):
        """Odoo deletes the to-dos of archived users."""
        self._waas_get_todos()._waas_hand_over(without=self)
        return super().action_archive()

    @api.ondelete(at_uninstall=False)
    def _unlink_leaves_waas_todos(self):
        """The database deletes the to-dos of deleted users."""
        self._waas_get_todos()._waas_hand_over(without=self)

    def _waas_get_todos(self):
        """What of WaaS waits for these users, as superuser: who changes a user need
        not read them."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("user_id", "in", self.ids),
                    ("activity_type_id.waas_group_id", "!=", False),
                    ("res_model", "!=", False),
                ]
            )
        )

    def _waas_works_for(self, company):
        """Of these users, the active employees of a company."""
        # Only to compare groups and companies of colleagues.
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
            # Only to count the to-dos of colleagues.
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
