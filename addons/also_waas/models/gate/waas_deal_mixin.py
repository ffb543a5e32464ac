from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_amount, format_date

from ...checked_numbers import is_iban
from ...mailboxes import PUBLIC_DOMAINS, get_domains, get_mailbox
from ..common.waas_gate_mixin import Blocker, Way
from .waas_agreement import LIVE_STATES


class KnownExposures(NamedTuple):
    """What the deals of a list are asked with, in the context. An object of ours: a
    caller from outside cannot put one there, and no decision is made on one."""

    by_company: dict  # id of company -> id of customer -> dict of amounts


class WaasDealMixin(models.AbstractModel):
    """What needs credit and signatures (R1).

    A deal has a company, a currency, an end customer (``partner_id``), a reseller, a
    signatory, somebody responsible (``user_id``) and agreements. It is a quotation, or
    a change of what became of one, and stands before a gate (``waas.gate.mixin``).
    """

    _name = "waas.deal.mixin"
    _description = "WaaS Deal"

    waas_signatory_reason = fields.Char(
        string="Reason for Address",
        copy=False,
        groups="base.group_user",
        help="Why a signatory of the end customer has a mail address at the domain of "
        "the partner.",
    )

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
            return [Blocker("credit_pending", message, "credit")]
        code, message = self._waas_describe_credit(customer, check, valid, exposure)
        return [Blocker(code, message, "sales")]

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
                "%(customer)s is approved for %(approved)s; with this deal ALSO's "
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

    # === SIGNATURES ===#

    def _waas_get_agreement_points(self):
        """Which signatures are still missing (R1)."""
        deal_sudo = self.sudo()  # the answer shows names only
        live = deal_sudo.waas_agreement_ids.filtered(
            lambda agreement: agreement.state in LIVE_STATES
        )
        if live:  # a list asks each deal, and most have not sent any
            fingerprint = self._waas_get_fingerprint()
            live = live.filtered(lambda agreement: agreement.fingerprint == fingerprint)
        if not live:
            if refused := deal_sudo._waas_get_refused_agreement():
                message = self.env._(
                    "The end customer refused to sign (%(reason)s): agree with them, "
                    "then send the agreements again.",
                    reason=refused.note,
                )
                return [Blocker("agreements_refused", message, "sales")]
            message = self.env._("Send the agreements to the signatory.")
            return [Blocker("agreements_missing", message, "sales")]
        points = []
        names = {
            state: ", ".join(
                live.filtered(lambda agreement, s=state: agreement.state == s).mapped(
                    "title"
                )
            )
            for state in ("sent", "customer_signed")
        }
        if names["sent"]:
            points.append(self._waas_get_signature_point(live, names["sent"]))
        if names["customer_signed"]:
            message = self.env._(
                "ALSO must sign: %(agreements)s.", agreements=names["customer_signed"]
            )
            points.append(Blocker("company_signature", message, "also"))
        return points

    def _waas_get_signature_point(self, agreements, titles):
        """The end customer must sign, unless it never got the link."""
        links_sudo = self.env["waas.signing.link"].sudo()  # tells no secret
        if link := links_sudo._find_undelivered(self):
            message = self.env._(
                "The signing link could not be sent to %(email)s: %(reason)s It is "
                "tried again for a day; or correct the address and send the "
                "agreements again.",
                email=link.email,
                reason=link.undelivered_reason,
            )
            return Blocker("link_undelivered", message, "sales")
        message = self.env._(
            "%(signatory)s must sign: %(agreements)s.",
            signatory=agreements[0].signatory_id.name,
            agreements=titles,
        )
        return Blocker("customer_signature", message, "customer")

    def _waas_get_refused_agreement(self):
        """What the end customer refused, unless something newer was sent since."""
        newest = self.waas_agreement_ids.sorted("id")[-1:]
        return newest.filtered(lambda agreement: agreement.state == "refused")

    def _waas_find_signatory_problem(self):
        """What is wrong with who signs: a reseller prepares, never signs (R1).

        :return: pair of code and sentence; False when nothing is wrong
        """
        if problem := self._waas_get_belonging_problem():
            return "signatory", problem
        email = email_normalize(self.waas_signatory_id.email)
        if not email:
            return "signatory_mail", self.env._(
                "The signing link goes by mail: choose a signatory with a valid mail "
                "address."
            )
        theirs = self._waas_get_reseller_mailboxes()
        if problem := self._waas_get_address_problem(email, theirs):
            return "signatory", problem
        if question := self._waas_get_signatory_question(email, theirs):
            return "signatory_domain", question
        return False

    def _waas_get_belonging_problem(self):
        """Who signs is one of the end customer's people."""
        signatory = self.waas_signatory_id
        customer = self.partner_id.commercial_partner_id
        if signatory.commercial_partner_id != customer:
            return self.env._(
                "%(signatory)s does not belong to %(customer)s: choose somebody who "
                "may sign for the end customer.",
                signatory=signatory.display_name,
                customer=customer.display_name,
            )
        if not signatory.active:
            return self.env._(
                "%(signatory)s is archived and signs no more: choose somebody who may "
                "sign for %(customer)s.",
                signatory=signatory.display_name,
                customer=customer.display_name,
            )
        return False

    def _waas_get_address_problem(self, email, theirs):
        """Whose mailbox a signing link must not go to (R1).

        :param set theirs: the mailboxes of the partner's people
        """
        mailbox = get_mailbox(email)
        if mailbox in theirs:
            return self.env._(
                "%(email)s is an address of partner %(partner)s, who cannot sign for "
                "the end customer: enter the signatory's own address.",
                email=email,
                partner=self.waas_reseller_id.commercial_partner_id.display_name,
            )
        if mailbox in self._waas_get_employee_mailboxes(mailbox):
            return self.env._(
                "%(email)s is an address of %(company)s, who cannot sign for the end "
                "customer: enter the signatory's own address.",
                email=email,
                company=self.company_id.display_name,
            )
        return False

    def _waas_get_reseller_mailboxes(self):
        """The mailboxes of the partner's people, users and archived ones included.

        :return: set of addresses, see :func:`get_mailbox`
        """
        # Archived people still read their mail, and a user may not see them all.
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        reseller = self.waas_reseller_id.commercial_partner_id
        people = reseller and partners_sudo.search([("id", "child_of", reseller.ids)])
        addresses = people.mapped("email_normalized") + people.user_ids.mapped("login")
        return {get_mailbox(address) for address in addresses if address}

    def _waas_get_employee_mailboxes(self, mailbox):
        """The mailboxes of employees that may be the same as this one."""
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users = users_sudo.search(
            Domain("share", "=", False)
            & Domain.OR(
                Domain(name, "=ilike", f"%@{domain}")
                for domain in get_domains(mailbox)
                for name in ("login", "partner_id.email_normalized")
            )
        )
        addresses = users.mapped("partner_id.email_normalized") + users.mapped("login")
        return {get_mailbox(address) for address in addresses if address}

    def _waas_get_signatory_question(self, email, theirs):
        """An address at the partner's own domain may be right, if the end customer has
        its mail there; somebody says so (R1).

        :param set theirs: the mailboxes of the partner's people
        """
        domain = email.rpartition("@")[2]
        if self.sudo().waas_signatory_reason or domain in PUBLIC_DOMAINS:
            return False
        if domain not in {mailbox.rpartition("@")[2] for mailbox in theirs}:
            return False
        return self.env._(
            "%(email)s is at the domain of partner %(partner)s: enter the signatory's "
            "own address, or write under Reason for Address why it is the end "
            "customer's.",
            email=email,
            partner=self.waas_reseller_id.commercial_partner_id.display_name,
        )

    def _waas_ensure_signatory(self):
        """Refuse to send agreements to nobody, or to whom they must not go."""
        if found := self._waas_find_signatory_problem():
            raise UserError(found[1])

    def _waas_issue_agreements(self):
        """Freeze the agreements and mail the link; callers checked who asks."""
        self.ensure_one()
        self._waas_ensure_signatory()
        # Agreements and links are written by their own methods only.
        deal_sudo = self.sudo()
        signatory_sudo = deal_sudo.waas_signatory_id
        deal_sudo.waas_agreement_ids._void(self.env._("A new version was sent."))
        agreements_sudo = deal_sudo.env["waas.agreement"]._issue(
            deal_sudo, signatory_sudo
        )
        deal_sudo.env["waas.signing.link"]._send(
            deal_sudo, agreements_sudo, signatory_sudo
        )
        self.message_post(
            body=self.env._(
                "Agreements sent to %(signatory)s (%(email)s).",
                signatory=signatory_sudo.name,
                email=signatory_sudo.email,
            )
        )

    # === WHO MUST ACT ===#

    def _waas_tell(self, message):
        """Log a message of the system on the deal, for employees only."""
        self.message_post(body=message, author_id=self.env.ref("base.partner_root").id)

    def _waas_get_signer(self):
        """Who signs for ALSO, if that is the salesperson: else one of the managers."""
        return self.user_id.filtered(
            lambda user: user.sudo().has_group("also_waas.group_waas_manager")
        )

    def _waas_settle_todos(self):
        """Close the to-dos that have nothing left to wait for."""
        for deal in self:
            deal._waas_todo_drop(*deal._waas_get_settled_todos())

    def _waas_get_settled_todos(self):
        """Hook: the kinds of to-dos that have nothing left to wait for."""
        self.ensure_one()
        states = set(self.sudo().waas_agreement_ids.mapped("state"))
        settled = []
        if "customer_signed" not in states:
            settled.append("countersign")
        if "sent" not in states:
            settled += ["unsigned", "signing_mail"]
        if not states.isdisjoint(LIVE_STATES):
            settled.append("refused")
        return settled
