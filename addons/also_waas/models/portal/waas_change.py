from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..changes.waas_change import OPEN_STATES

MAX_NOTE = 1000


class WaasChange(models.Model):
    """Partner and end customer request a change in the portal.

    The request becomes a draft with its price and its preview. The back office checks
    it, sends it and has it signed, as any other change.
    """

    _inherit = "waas.change"

    asked_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked For By",
        readonly=True,
        copy=False,
        help="Who asked for the change in the portal.",
        check_company=True,
        index="btree_not_null",
    )

    @api.model
    @api.private
    def _ask_for(self, contract, kind, note="", **values):
        """Create a draft of a change that a portal user requests.

        :param contract: ``contract.contract``; the caller checked that the user may
            change it
        :param str note: added by the user
        :return: the draft, as superuser
        :raises UserError: when it is not possible, or another one is open
        """
        if problem := self._get_under_way_problem(contract):
            raise UserError(problem)
        self.env["waas.form.lock"]._take(contract)
        # Portal users have no rights on changes; they may request this one.
        changes_sudo = self.sudo()
        visitor = self.env.user.partner_id
        change_sudo = changes_sudo.create(
            {
                "contract_id": contract.id,
                "kind": kind,
                "asked_by_id": visitor.id,
                "user_id": contract.sudo()._waas_get_responsible().id,
                "note": self.env._(
                    "Asked for in the portal by %(name)s (%(company)s). %(note)s",
                    name=visitor.name,
                    company=visitor.commercial_partner_id.name,
                    note=str(note or "").strip()[:MAX_NOTE],
                ),
                **values,
            }
        )
        if problems := change_sudo._get_problems():
            raise UserError("\n".join(message for _code, message in problems))
        change_sudo._waas_todo(
            "change_asked",
            change_sudo.user_id,
            summary=lambda env: env._("%(name)s asks for a change", name=visitor.name),
        )
        return change_sudo

    @api.model
    @api.private
    def _get_under_way_problem(self, contract):
        """Why no other change can be requested now: a sentence, or None. A draft of the
        back office, perhaps for information only, does not block requests."""
        changes_sudo = self.sudo()  # portal users have no rights on changes
        asked = Domain("state", "=", "draft") & Domain("asked_by_id", "!=", False)
        if not changes_sudo.search_count(
            Domain("contract_id", "=", contract.id)
            & (asked | Domain("state", "in", OPEN_STATES)),
            limit=1,
        ):
            return None
        return self.env._(
            "A change of %(contract)s is under way already: talk to your contact.",
            contract=contract.name,
        )

    @api.model
    @api.private
    def _ask_for_upgrade(self, contract, choices, note=""):
        """Request upgrades and options.

        :param list choices: tuples of bundle line, product and number
        """
        if not choices:
            raise UserError(self.env._("Choose an upgrade or an option."))
        return self._ask_for(
            contract,
            "upgrade",
            note,
            line_ids=[
                Command.create(
                    {
                        "bundle_line_id": line.id,
                        "product_id": product.id,
                        # An upgrade applies to all workplaces of its bundle.
                        **({"quantity": number} if number else {}),
                    }
                )
                for line, product, number in choices
            ],
        )

    def _get_portal_row(self):
        """:return: dict ``{name, kind, state, is_applied, is_to_sign, asked_by, date,
        monthly_before, monthly_after}``, the amounts as texts"""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "name": self.name,
            "kind": kinds[self.kind],
            "state": states[self.state],
            "is_applied": self.state == "applied",
            "is_to_sign": "sent" in self.waas_agreement_ids.mapped("state"),
            "asked_by": self.asked_by_id.name,
            "date": self.effective_date,
            "monthly_before": self.currency_id.format(self.monthly_before),
            "monthly_after": self.currency_id.format(self.monthly_after),
        }

    def _submit(self):
        self._waas_todo_drop("change_asked")
        return super()._submit()

    def _waas_drop_todos(self):
        self._waas_todo_drop("change_asked")
        return super()._waas_drop_todos()
