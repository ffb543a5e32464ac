"""Who sees WaaS: the employees of companies that use it. Users who leave a company
or a team leave its to-dos to the team."""

from odoo import SUPERUSER_ID, Command, api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._waas_follow_companies()
        return users

    def write(self, vals):
        if vals.get("active") is False:
            result = super().write(vals)
            self._waas_get_todos()._waas_hand_over()
            return result
        if not vals.keys() & {"group_ids", "company_ids"}:
            return super().write(vals)
        with self._waas_get_todos()._waas_handing_over_lost():
            result = super().write(vals)
        self._waas_follow_companies()
        return result

    def _waas_follow_companies(self):
        """Show WaaS to the employees of the companies that use it, and only to them."""
        # Who changes a user need not be allowed to change groups.
        group_sudo = self.env.ref("also_waas.group_waas_company").sudo()
        users_sudo = self.sudo()
        seeing = users_sudo.filtered(
            lambda user: not user.share and any(user.company_ids.mapped("waas_enabled"))
        )
        members = group_sudo.with_context(active_test=False).user_ids & users_sudo
        changes = {
            Command.link: seeing - members,
            Command.unlink: members - seeing,
        }
        for command, users in changes.items():
            if users:
                users.write({"group_ids": [command(group_sudo.id)]})

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
