"""To-dos of WaaS: what becomes of one that is there already."""

from contextlib import contextmanager

from markupsafe import Markup

from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _waas_update(self, values, assignee, add):
        """Bring a to-do up to date.

        :param bool add: the note is one more
        """
        self.ensure_one()
        if add and values["note"] not in (self.note or ""):
            values["note"] = Markup("%s<br/>%s") % (self.note or "", values["note"])
        elif add:
            del values["note"]
        if assignee and self.user_id != assignee and not self._waas_has_reader():
            values["user_id"] = assignee.id
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _waas_has_reader(self):
        """Whether it is given to an active employee."""
        return self.user_id.active and not self.user_id.share

    @contextmanager
    def _waas_handing_over_lost(self):
        """Rights of users change: a user who leaves the team of a to-do, or may no
        longer read its record, leaves it to the team."""
        before = {todo: todo._waas_get_abilities() for todo in self}
        yield
        self.filtered(
            lambda todo: before[todo] - todo._waas_get_abilities()
        )._waas_hand_over()

    def _waas_get_abilities(self):
        """What makes its user the right one: a subset of ``team`` and ``reads``."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        company = record._waas_get_todo_company()
        user = self.user_id
        abilities = set()
        if user in self.activity_type_id.waas_group_id.all_user_ids:
            abilities.add("team")
        if user._waas_works_for(company) and record._waas_is_readable_by(user, company):
            abilities.add("reads")
        return abilities

    def _waas_hand_over(self, without=None):
        """Assign to-dos of WaaS to another member of their team.

        :param without: ``res.users`` who must not get them; by default their users
        """
        for todo in self:
            record = self.env[todo.res_model].browse(todo.res_id).exists()
            if not record:
                continue
            assignee = record._waas_get_assignee(
                todo.activity_type_id, without=without or todo.user_id
            )
            todo.user_id = assignee
