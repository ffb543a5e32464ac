from odoo import models
from odoo.tools import format_date

from .waas_return import EXPECTING


class WaasReturn(models.Model):
    """What does not come back is invoiced or claimed."""

    _inherit = "waas.return"

    def _ensure_may_miss(self):
        """:raises UserError: when nothing can be missing yet"""
        # A customer who does not answer has a draft that is overdue, and the devices.
        unanswered = self.filtered(
            lambda record: record.state == "draft" and record.is_overdue
        )
        (self - unanswered)._ensure_state(
            "announced", "confirmed", "transit", "received"
        )

    def _get_claimable_lines(self):
        """The devices that did not come in time, or that are known to be missing."""
        self.ensure_one()
        late = ("expected", "missing") if self.is_overdue else ("missing",)
        return self.line_ids.filtered(lambda line: line.state in late)

    def _get_claim_problem(self):
        """Why nothing can be claimed, as a sentence, or False."""
        self.ensure_one()
        if self._get_claimable_lines():
            return False
        if self.state in EXPECTING and self.date_due:
            return self.env._(
                "Nothing of %(return)s is overdue: its devices are due on "
                "%(date)s. Wait until then, or report lost devices missing.",
                date=format_date(self.env, self.date_due),
                **{"return": self.name},
            )
        return self._get_nothing_missing_message()

    def _get_nothing_missing_message(self):
        return self.env._(
            "Every device of %(return)s came back or is claimed already: there is "
            "nothing to invoice.",
            **{"return": self.name},
        )

    def _invoice_missing(self):
        """The posted claims of what did not come in time."""
        self.ensure_one()
        lines = self._get_claimable_lines()
        lines._report_missing()
        lines._claim()
        invoices = lines.claim_move_id
        invoices._post(soft=False)
        return invoices
