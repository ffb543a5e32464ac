"""To-dos of WaaS: of a type of their own, once for each record, for a user who is
present, in the language of that user."""

from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, api, models


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    @api.private
    def _waas_todo(
        self,
        kind,
        user=None,
        note="",
        summary=None,
        deadline=None,
        company=None,
        without=None,
        add=False,
    ):
        """Leave a to-do on each record, unless it is there already: then it is brought
        up to date.

        Texts are a function of an environment in the language of the reader, or what
        has no language: a name, the error of another system. A plain note is escaped.

        :param str kind: XML ID of the ``mail.activity.type`` after ``todo_``
        :param user: ``res.users`` responsible; the team of the kind stands in
        :param note: text
        :param summary: text; that of the kind when there is none
        :param date deadline: today when there is none
        :param company: ``res.company``; that of the record when there is none
        :param without: ``res.users`` who must not get it
        :param bool add: a new note is one more, and does not replace the one before
        """
        todo_type = self.env.ref(f"also_waas.todo_{kind}").sudo()
        for record in self:
            assignee = record._waas_get_assignee(todo_type, user, company, without)
            env = self.env(context={**self.env.context, "lang": assignee.lang})
            values = {
                "summary": _say(summary, env) or todo_type.with_env(env).summary,
                "note": escape(_say(note, env)),
            }
            if todo := record._waas_find_todos(kind)[:1]:
                todo._waas_update(values, assignee, add)
                continue
            # As the system: the cause may be a portal user, or a user without rights
            # on the record.
            record.with_user(SUPERUSER_ID).activity_schedule(
                f"also_waas.todo_{kind}",
                date_deadline=deadline,
                user_id=assignee.id,
                **values,
            )

    @api.private
    def _waas_todo_done(self, *kinds, feedback=None):
        """The user did it: the chatter says so."""
        if todos := self._waas_find_todos(*kinds):
            todos.action_feedback(feedback=feedback)

    @api.private
    def _waas_todo_drop(self, *kinds):
        """There is nothing left to do."""
        self._waas_find_todos(*kinds).unlink()

    def _waas_find_todos(self, *kinds):
        """The open to-dos of these kinds, as superuser: who settles them need
        not read them."""
        data = self.env["ir.model.data"].sudo()  # which id a kind has, is no secret
        types = [data._xmlid_to_res_id(f"also_waas.todo_{kind}") for kind in kinds]
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "in", types),
                ]
            )
        )

    def _waas_get_assignee(self, todo_type, user=None, company=None, without=None):
        """Who gets a to-do: the responsible when that is an active employee who is not
        away and may read the record, else the least busy member of the team.

        :return: ``res.users`` as superuser; empty when there is none, then the to-do
            waits unassigned on the record
        """
        self.ensure_one()
        company = company or self._waas_get_todo_company()
        users = (user or self.env["res.users"]).sudo()
        managers = self.env.ref("also_waas.group_waas_manager").sudo().all_user_ids
        away = users.browse()
        for candidates in (users, todo_type.waas_group_id.all_user_ids, managers):
            able = (candidates - (without or users.browse()))._waas_works_for(company)
            able = able.filtered(lambda one: self._waas_is_readable_by(one, company))
            if present := able.filtered(lambda one: not one.is_out_of_office):
                return present._waas_get_least_busy(todo_type)
            away |= able
        return away[:1]

    def _waas_get_todo_company(self):
        """Whose people look after the record; those at work after one that all
        share."""
        return ("company_id" in self and self.company_id) or self.env.company

    def _waas_is_readable_by(self, user, company):
        in_company = self.with_user(user).with_context(allowed_company_ids=company.ids)
        return in_company.has_access("read")


def _say(text, env):
    """A text in the language of ``env``; as HTML where it is a ``Markup``."""
    text = text(env) if callable(text) else text
    return text or Markup()
