from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...mailboxes import PUBLIC_DOMAINS, get_domains, get_mailbox
from ..common.waas_blocker_mixin import Blocker
from .waas_agreement import LIVE_STATES

SIGNATURE_CODES = {
    "agreements_missing",
    "agreements_refused",
    "link_undelivered",
    "customer_signature",
    "company_signature",
}
"""Of the blockers about signatures."""


class WaasDealMixin(models.AbstractModel):
    """Who signs a deal, and which signatures are still missing (R1)."""

    _inherit = "waas.deal.mixin"

    waas_signatory_reason = fields.Char(
        string="Reason for Address",
        copy=False,
        groups="base.group_user",
        help="Why a signatory of the end customer has a mail address at the domain of "
        "the partner.",
    )

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
                told = self.env._("The end customer refused to sign.")
                return [Blocker("agreements_refused", message, "sales", told)]
            message = self.env._("Send the agreements to the signatory.")
            told = self.env._("We send the agreements to sign.")
            return [Blocker("agreements_missing", message, "sales", told)]
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
                "%(company)s must sign: %(agreements)s.",
                company=self.company_id.name,
                agreements=names["customer_signed"],
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
            told = self.env._(
                "The mail with the signing link did not reach the end customer: we "
                "look after it."
            )
            return Blocker("link_undelivered", message, "sales", told)
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

    def _waas_countersign(self):
        """Open ALSO's signature for all agreements that wait for it."""
        self.ensure_one()
        waiting = self.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "customer_signed"
        )
        if not waiting:
            raise UserError(
                self.env._(
                    "No agreement of %(deal)s waits for a countersignature: the end "
                    "customer signs "
                    "first, or both have signed.",
                    deal=self.name,
                )
            )
        return waiting.action_countersign()

    def _waas_get_signer(self):
        """Who signs for ALSO, if that is the salesperson: else one of the managers."""
        return self.user_id.filtered(
            # What a colleague may do, decides, and is not shown.
            lambda user: user.sudo().has_group("also_waas.group_waas_manager")
        )
