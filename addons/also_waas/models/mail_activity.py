from markupsafe import Markup

from odoo import models


class MailActivity(models.Model):
    """To-dos of WaaS: what becomes of one that is there already."""

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

    def _waas_hand_over(self):
        """Give to-dos of WaaS to somebody else of their team."""
        for todo in self:
            record = self.env[todo.res_model].browse(todo.res_id).exists()
            if not record:
                continue
            assignee = record._waas_get_assignee(
                todo.activity_type_id, without=todo.user_id
            )
            todo.user_id = assignee
