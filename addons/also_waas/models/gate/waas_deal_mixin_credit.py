from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ..common.waas_blocker_mixin import Blocker

CREDIT_CODES = {
    "credit_missing",
    "credit_pending",
    "credit_insufficient",
    "credit_rejected",
    "credit_expired",
}
"""Of the blockers about credit."""


class Known(NamedTuple):
    """What the deals of a list ask for. Only what is shown comes from it: a decision
    looks itself."""

    exposures: dict  # id of the company -> id of the end customer -> dict of amounts
    partner_mailboxes: dict  # id of the partner -> set of addresses
    employee_mailboxes: set


class WaasDealMixin(models.AbstractModel):
    """Whether the end customer's credit suffices for a deal (R1, R13)."""

    _inherit = "waas.deal.mixin"

    # === ACTIONS ===#

    def action_waas_view_pending_check(self):
        """Open the credit check that waits for its decision."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        # Access is checked when it is opened.
        pending = customer.sudo()._waas_get_credit_checks(
            self.company_id, ("requested",)
        )
        return pending.with_env(self.env)._get_records_action()

    # === BLOCKERS ===#

    def _waas_get_credit_points(self, known=None):
        """What the credit check still lacks (R1, R13).

        :param known: see :meth:`_waas_look_up`
        """
        customer = self.partner_id.commercial_partner_id
        if not customer:
            return []
        customer_sudo = customer.sudo()  # the message shows what it must, not the check
        check = customer_sudo._waas_get_credit_check(self.company_id)
        valid = check._is_valid(self.company_id._waas_today())
        exposure = self._waas_get_exposure(known)
        currency = self.company_id.currency_id
        if valid and currency.compare_amounts(check.approved_amount, exposure) >= 0:
            return []
        if pending := customer_sudo._waas_get_credit_checks(
            self.company_id, ("requested",)
        ):
            message = self.env._(
                "The credit check %(check)s of %(customer)s waits for its decision.",
                check=pending.name,
                customer=customer.name,
            )
            return [
                Blocker(
                    "credit_pending",
                    message,
                    "credit",
                    self._waas_tell_credit("credit_pending"),
                )
            ]
        code, message = self._waas_describe_credit(customer, check, valid, exposure)
        return [Blocker(code, message, "sales", self._waas_tell_credit(code))]

    def _waas_describe_credit(self, customer, check, valid, exposure):
        """Why sales must ask for a credit check: code and sentence. What was decided
        and why is for those who may read credit checks."""
        code, message = self._waas_explain_credit(customer, check, valid, exposure)
        if check and not self.env["waas.credit.check"].sudo(False).has_access("read"):
            message = self.env._(
                "The credit of %(customer)s is not approved for this deal: have a WaaS "
                "user ask for a new credit check.",
                customer=customer.name,
            )
        return code, message

    def _waas_explain_credit(self, customer, check, valid, exposure):
        if valid:
            currency = self.company_id.currency_id
            return "credit_insufficient", self.env._(
                "%(customer)s is approved for %(approved)s; with this deal the "
                "exposure would be %(exposure)s: ask for a new credit check.",
                customer=customer.name,
                approved=format_amount(self.env, check.approved_amount, currency),
                exposure=format_amount(self.env, exposure, currency),
            )
        if check.state == "rejected":
            return "credit_rejected", self.env._(
                "The credit of %(customer)s was rejected (%(reason)s): ask for a new "
                "credit check if something has changed.",
                customer=customer.name,
                reason=check.reason,
            )
        if check:
            return "credit_expired", self.env._(
                "The credit approval of %(customer)s expired on %(date)s: ask for a "
                "new credit check.",
                customer=customer.name,
                date=format_date(self.env, check.valid_until),
            )
        return "credit_missing", self.env._(
            "Ask for a credit check of %(customer)s.", customer=customer.name
        )

    @api.model
    def _waas_tell_credit(self, code):
        """What portal users read about the credit: neither amount nor reason (R1)."""
        if code in ("credit_rejected", "credit_insufficient"):
            return self.env._(
                "The credit for this deal is not approved: talk to your contact."
            )
        return self.env._("We check the credit of the end customer.")

    @api.model
    def _waas_must_request_credit(self, blockers):
        """Whether the next step for the credit is to ask for a check."""
        return any(
            blocker.code in CREDIT_CODES and blocker.actor == "sales"
            for blocker in blockers
        )

    # === EXPOSURE ===#

    def _waas_get_exposure(self, known=None):
        """ALSO's exposure to the end customer with this deal (R13).

        :param known: see :meth:`_waas_look_up`
        :return: amount in the company's currency
        """
        customer, company = self.partner_id.commercial_partner_id, self.company_id
        if known is None:
            exposure = customer._waas_get_exposure(company)
        else:
            exposure = known.exposures[company.id][customer.id]
        return sum(exposure.values()) + self._waas_get_credit_amount()

    def _waas_look_up(self):
        """What all deals of a list ask for, looked up at once, to show the list.

        :return: :class:`Known`
        """
        return Known(
            exposures=self._waas_find_exposures(),
            partner_mailboxes=self._waas_get_reseller_mailboxes(),
            employee_mailboxes=self._waas_get_employee_mailboxes(
                self.waas_signatory_id.mapped("email_normalized")
            ),
        )

    def _waas_find_exposures(self):
        """The exposures to all end customers of a list of deals, looked up at once.

        :return: dict id of the company -> id of the end customer -> dict of amounts
        """
        return {
            company.id: deals.partner_id.commercial_partner_id._waas_get_exposures(
                company
            )
            for company, deals in self.grouped("company_id").items()
        }

    def _waas_use_approval(self):
        """Mark the approval that this deal rests on as used.

        A changed row makes the later of two concurrent transactions fail and start
        over, this time seeing the exposure of the earlier one. A mere lock would not:
        the later one would proceed with its old snapshot.
        """
        self.ensure_one()
        partner_sudo = self.partner_id.sudo()  # the check is not shown, only marked
        check_sudo = partner_sudo._waas_get_credit_check(self.company_id)
        check_sudo.used_on = fields.Datetime.now()
        check_sudo.flush_recordset(["used_on"])
