from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...checked_numbers import is_iban
from ..common.waas_blocker_mixin import Blocker, Way
from .waas_agreement import LIVE_STATES

CREDIT_CODES = {
    "credit_missing",
    "credit_pending",
    "credit_insufficient",
    "credit_rejected",
    "credit_expired",
}
"""Of the blockers about credit."""


class KnownExposures(NamedTuple):
    """What the deals of a list are asked with, in the context. An object of ours: a
    caller from outside cannot put one there, and no decision is made on one."""

    by_company: dict  # id of company -> id of customer -> dict of amounts


class WaasDealMixin(models.AbstractModel):
    """What needs credit and signatures (R1).

    A deal has a company, a currency, an end customer (``partner_id``), a reseller, a
    signatory, somebody responsible (``user_id``) and agreements. It is a quotation, or
    a change of what became of one, and stands before a gate (``waas.blocker.mixin``).
    """

    _name = "waas.deal.mixin"
    _description = "WaaS Deal"

    # === HOOKS: WHAT KIND OF DEAL IT IS ===#

    def _waas_get_credit_amount(self):
        """What the deal adds to ALSO's exposure, in the company's currency."""
        raise NotImplementedError

    def _waas_get_fingerprint(self):
        """Hash of everything that is agreed: other terms are another deal."""
        raise NotImplementedError

    def _waas_try_confirm(self):
        """Let the deal take its next step when nothing is missing any more."""
        raise NotImplementedError

    def _waas_prepare_agreement(self):
        """Values by which an agreement or a signing link knows its deal."""
        raise NotImplementedError

    def _waas_prepare_amounts(self):
        """Values of the amounts that an agreement names."""
        raise NotImplementedError

    def _waas_prepare_credit_check(self):
        """Values by which a credit check knows the deal that asks for it."""
        raise NotImplementedError

    def _waas_get_agreement_templates(self):
        """The texts that both sides sign."""
        raise NotImplementedError

    def _waas_get_link_template(self):
        """XML ID of the mail that carries the signing link."""
        raise NotImplementedError

    def _waas_describe_parties(self):
        """What the signed text says of the parties and of the account to debit: a part
        of the deal like its prices (R1, R2).

        :return: dict of plain data
        """
        self.ensure_one()
        # Names on a document, for whoever prepares it.
        signatory_sudo = self.sudo().waas_signatory_id
        company_sudo = self.sudo().company_id
        parties = {
            "lessor": company_sudo.partner_id._waas_describe_party(),
            "customer": self.partner_id.commercial_partner_id._waas_describe_party(),
            "contact": self.partner_id._waas_describe_party(),
            "reseller": self.waas_reseller_id._waas_describe_party(),
            "signatory": [
                signatory_sudo.name or "",
                signatory_sudo.email_normalized or "",
            ],
        }
        if self._waas_has_mandate():
            account = self._waas_get_debited_account()
            parties["account"] = account.sanitized_acc_number or ""
            parties["creditor"] = company_sudo.waas_creditor_identifier or ""
        return parties

    def _waas_has_mandate(self):
        """Hook: whether a direct debit mandate is among the texts."""
        return False

    def _waas_get_debited_account(self):
        """The end customer's bank account that a mandate names: the first that can be
        debited, else the first that is there.

        :return: ``res.partner.bank`` as superuser, or an empty record set
        """
        # Who prepares a deal need not read bank accounts; the signed text names one.
        partner_sudo = self.partner_id.sudo()
        accounts = partner_sudo.bank_ids or partner_sudo.commercial_partner_id.bank_ids
        valid = accounts.filtered(lambda account: is_iban(account.acc_number))
        return (valid or accounts)[:1]

    # === THE WAY TO WHAT IS MISSING ===#

    def _waas_get_deal_ways(self):
        """The ways of every kind of deal, see ``_waas_get_ways`` of the gate."""
        signatory = Way(self.env._("Open Signatory"), "action_waas_view_signatory")
        return {
            "signatory": signatory,
            "signatory_mail": signatory,
            "signatory_domain": signatory,
            "link_undelivered": signatory,
            "credit_pending": Way(
                self.env._("Decide"),
                "action_waas_view_pending_check",
                "also_waas.group_waas_credit_officer",
            ),
        }

    def _waas_get_sales_ways(self, request, send):
        """The ways of what sales do at the gate, for a deal that can do it.

        :param request: ``Way`` that asks for a credit check
        :param send: ``Way`` that sends the agreements
        """
        return {
            "credit_missing": request,
            "credit_insufficient": request,
            "credit_rejected": request,
            "credit_expired": request,
            "agreements_missing": send,
            "agreements_refused": send,
        }

    def action_waas_view_signatory(self):
        """Open who signs, to correct name and mail address."""
        self.ensure_one()
        return self.waas_signatory_id._get_records_action(
            name=self.env._("Signatory"), target="new"
        )

    def action_waas_view_pending_check(self):
        """Open the credit check that waits for its decision."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        # Whether the visitor may read it is asked when it is opened.
        pending = customer.sudo()._waas_get_credit_checks(
            self.company_id, ("requested",)
        )
        return pending.with_env(self.env)._get_records_action()

    # === CREDIT ===#

    def _waas_get_credit_points(self):
        """What the credit check still lacks (R1, R13)."""
        customer = self.partner_id.commercial_partner_id
        if not customer:
            return []
        customer_sudo = customer.sudo()  # the answer tells what it must, not the check
        check = customer_sudo._waas_get_credit_check(self.company_id)
        valid = check._is_valid(self.company_id._waas_today())
        exposure = self._waas_get_exposure()
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

    @api.model
    def _waas_tell_credit(self, code):
        """What people outside learn of the credit: neither amount nor reason (R1)."""
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

    def _waas_get_exposure(self):
        """ALSO's exposure to the end customer with this deal (R13).

        :return: amount in the company's currency
        """
        customer, company = self.partner_id.commercial_partner_id, self.company_id
        known = self.env.context.get("waas_exposures")
        exposure = (
            known.by_company[company.id][customer.id]
            if isinstance(known, KnownExposures)
            else customer._waas_get_exposure(company)
        )
        return sum(exposure.values()) + self._waas_get_credit_amount()

    def _waas_with_exposures(self):
        """The same deals, which look their exposures up in one answer for all of them
        instead of asking one by one. For showing a list, not for a decision."""
        by_company = {
            company.id: deals.partner_id.commercial_partner_id._waas_get_exposures(
                company
            )
            for company, deals in self.grouped("company_id").items()
        }
        return self.with_context(waas_exposures=KnownExposures(by_company))

    def _waas_claim_credit(self):
        """Mark the approval that this deal rests on as used.

        A changed row makes the later of two concurrent transactions fail and start
        over, this time seeing the exposure of the earlier one. A mere lock would not:
        the later one would go on with its old snapshot.
        """
        self.ensure_one()
        partner_sudo = self.partner_id.sudo()  # the check is not shown, only marked
        check_sudo = partner_sudo._waas_get_credit_check(self.company_id)
        check_sudo.used_on = fields.Datetime.now()
        check_sudo.flush_recordset(["used_on"])

    # === WHO MUST ACT ===#

    def _waas_tell(self, message):
        """Log a message of the system on the deal, for employees only."""
        self.message_post(body=message, author_id=self.env.ref("base.partner_root").id)

    def _waas_settle_todos(self):
        """Close the to-dos that have nothing left to wait for."""
        for deal in self:
            deal._waas_todo_drop(*deal._waas_get_settled_todos())

    def _waas_get_settled_todos(self):
        """Hook: the kinds of to-dos that have nothing left to wait for."""
        self.ensure_one()
        # Where the signatures stand, decides, and is not shown.
        states = set(self.sudo().waas_agreement_ids.mapped("state"))
        settled = []
        if "customer_signed" not in states:
            settled.append("countersign")
        if "sent" not in states:
            settled += ["unsigned", "signing_mail"]
        if not states.isdisjoint(LIVE_STATES):
            settled.append("refused")
        return settled
