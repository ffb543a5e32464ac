from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .waas_change import OPEN_STATES


class WaasChange(models.Model):
    """Whether a change is possible, and why not."""

    _inherit = "waas.change"

    def _get_problems(self):
        """Why the change cannot be done like this.

        :return: list of pairs of a code and a sentence
        """
        self.ensure_one()
        contract = self.contract_id
        if not contract:
            return [("contract", self.env._("Choose the contract."))]
        if problem := contract._waas_get_change_problem():
            return [("contract", problem)]
        if problem := self._get_other_problem():
            return [("other", problem)]
        return list(self._get_kind().find_problems(self))

    def _get_other_problem(self):
        """One change at a time: each is about the contract as it is."""
        for other in self._get_other_changes():
            return self.env._(
                "%(other)s of %(contract)s is under way: have it applied, or cancel "
                "it, first.",
                other=other.name,
                contract=self.contract_id.name,
            )
        return False

    def _get_other_changes(self):
        others = self.contract_id.waas_change_ids - self._origin
        return others.filtered(lambda change: change.state in OPEN_STATES)

    def _get_passed_message(self):
        """What to do about a day that has passed: a draft has no button *Renew*."""
        date = format_date(self.env, self.effective_date)
        if self.state == "draft":
            return self.env._(
                "%(date)s has passed: choose today or a later day.", date=date
            )
        return self.env._(
            "%(date)s has passed: press Renew, and choose today or a later day.",
            date=date,
        )

    def _ensure_possible(self):
        if problems := self._get_problems():
            raise UserError(
                self.env._(
                    "%(change)s is not possible like this:\n%(problems)s",
                    change=self.name,
                    problems="\n".join(f"- {text}" for _code, text in problems),
                )
            )
