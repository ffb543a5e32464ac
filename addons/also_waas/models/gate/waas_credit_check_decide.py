import math

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class WaasCreditCheck(models.Model):
    """A credit check is decided by a second person (R1)."""

    _inherit = "waas.credit.check"

    def _approve(self, amount, valid_until, reason=None):
        """Approve credit up to an amount (R1).

        :param float amount: highest exposure, in the company's currency
        :param date valid_until: last day on which a deal may rest on it
        :raises UserError: when the user may not decide, or the amount or day is wrong
        """
        self.ensure_one()
        self._ensure_may_decide()
        # NaN and infinity would be credit without a limit.
        if (
            not math.isfinite(amount or 0)
            or self.currency_id.compare_amounts(amount, 0) <= 0
        ):
            raise UserError(
                self.env._("Approve an amount above zero, or reject the request.")
            )
        if not valid_until:
            raise UserError(self.env._("Enter the last day of the approval."))
        if valid_until < self.company_id._waas_today():
            raise UserError(
                self.env._(
                    "The last day of an approval cannot be in the past: choose "
                    "today or a later day."
                )
            )
        self._decide(
            {
                "state": "approved",
                "approved_amount": self.currency_id.round(amount),
                "valid_until": valid_until,
                "reason": reason or False,
            }
        )

    def _reject(self, reason):
        """Reject the credit, with the reason.

        :raises UserError: when the user may not decide, or the reason is missing
        """
        self.ensure_one()
        self._ensure_may_decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why the credit is rejected."))
        self._decide({"state": "rejected", "reason": reason.strip()})

    def _decide(self, values):
        check_sudo = self.sudo()  # _ensure_may_decide was asked before
        # A changed row: a deal that is being confirmed on the former decision at this
        # very moment starts over, and meets this one.
        former_sudo = check_sudo.partner_id._waas_get_credit_check(self.company_id)
        former_sudo.replaced_on = fields.Datetime.now()
        check_sudo.write(
            {
                **values,
                "decided_by_id": self.env.user.id,
                "decided_on": fields.Datetime.now(),
            }
        )
        self._waas_todo_done("credit", feedback=values.get("reason"))
        self._after_decision()

    def _after_decision(self):
        """Let the deals proceed that waited for the decision."""
        # An officer decides on credit and has no right to confirm; the gate has.
        orders_sudo = self.env["sale.order"].sudo()
        orders_sudo.search(
            [
                ("partner_id", "child_of", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                *orders_sudo._waas_get_waiting_domain(),
            ]
        )._waas_proceed_if_ready()

    def _ensure_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_credit_officer"):
            raise AccessError(self.env._("Only a credit officer decides on credit."))
        self._ensure_not_withdrawn()
        if self.state != "requested":
            raise UserError(
                self.env._("%(check)s is decided already.", check=self.name)
            )
        if self.requested_by_id == self.env.user:
            raise UserError(
                self.env._(
                    "You requested %(check)s yourself: another user must decide on it.",
                    check=self.name,
                )
            )

    def _ensure_not_withdrawn(self):
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "%(check)s was withdrawn and needs no decision. A new one is "
                    "requested on the deal.",
                    check=self.name,
                )
            )

    def _get_default_valid_until(self):
        return self.company_id._waas_today() + relativedelta(
            days=self.company_id.waas_credit_validity_days
        )
