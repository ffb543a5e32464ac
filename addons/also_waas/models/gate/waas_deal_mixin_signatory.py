from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...mailboxes import PUBLIC_DOMAINS, get_domains, get_mailbox


class WaasDealMixin(models.AbstractModel):
    """Who signs a deal for the end customer, and who cannot (R1)."""

    _inherit = "waas.deal.mixin"

    waas_signatory_id = fields.Many2one(
        comodel_name="res.partner",
        string="Signatory",
        compute="_compute_waas_signatory_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'child_of', partner_id), ('email', '!=', False)]",
        help="Who signs for the end customer. The mail with the signing link goes to "
        "this person only.",
        check_company=True,
        index="btree_not_null",
    )
    waas_signatory_reason = fields.Char(
        string="Reason for Address",
        copy=False,
        groups="base.group_user",
        help="Why a signatory of the end customer has a mail address at the domain of "
        "the partner.",
    )

    # === COMPUTE METHODS ===#

    def _compute_waas_signatory_id(self):
        """Hook: who is proposed."""
        raise NotImplementedError

    # === ACTIONS ===#

    def action_waas_view_signatory(self):
        """Open the signatory, to correct name and mail address."""
        self.ensure_one()
        return self.waas_signatory_id._get_records_action(
            name=self.env._("Signatory"), target="new"
        )

    # === WHO CANNOT SIGN ===#

    def _waas_find_signatory_problem(self, known=None):
        """What is wrong with the signatory: a reseller prepares, never signs (R1).

        :param known: see :meth:`_waas_look_up`
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
        if known:
            mailboxes = known.partner_mailboxes
            ours = known.employee_mailboxes
        else:
            mailboxes = self._waas_get_reseller_mailboxes()
            ours = self._waas_get_employee_mailboxes([email])
        reseller = self.waas_reseller_id.commercial_partner_id
        theirs = mailboxes.get(reseller._origin.id, ())
        if problem := self._waas_get_address_problem(email, theirs, ours):
            return "signatory", problem
        if question := self._waas_get_signatory_question(email, theirs):
            return "signatory_domain", question
        return False

    def _waas_get_belonging_problem(self):
        """The signatory belongs to the end customer and is active."""
        signatory = self.waas_signatory_id
        customer = self.partner_id.commercial_partner_id
        if signatory.commercial_partner_id != customer:
            return self.env._(
                "%(signatory)s does not belong to %(customer)s: choose a person who "
                "may sign for the end customer.",
                signatory=signatory.display_name,
                customer=customer.display_name,
            )
        if not signatory.active:
            return self.env._(
                "%(signatory)s is archived and can no longer sign: choose a person "
                "who may sign for %(customer)s.",
                signatory=signatory.display_name,
                customer=customer.display_name,
            )
        return False

    def _waas_get_address_problem(self, email, theirs, ours):
        """Signing links must not go to the partner or to an employee (R1).

        :param set theirs: the mailboxes of the partner's people
        :param set ours: those of employees
        """
        mailbox = get_mailbox(email)
        if mailbox in theirs:
            return self.env._(
                "%(email)s is an address of partner %(partner)s, who cannot sign for "
                "the end customer: enter the signatory's own address.",
                email=email,
                partner=self.waas_reseller_id.commercial_partner_id.display_name,
            )
        if mailbox in ours:
            return self.env._(
                "%(email)s is an address of %(company)s, who cannot sign for the end "
                "customer: enter the signatory's own address.",
                email=email,
                company=self.company_id.display_name,
            )
        return False

    def _waas_get_reseller_mailboxes(self):
        """The mailboxes of the people of these deals' partners, users and archived ones
        included.

        :return: dict id of the partner -> set of addresses, see :func:`get_mailbox`
        """
        # Archived people still read their mail, and a user may not see them all.
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        resellers = self.waas_reseller_id.commercial_partner_id
        people = partners_sudo.search_fetch(
            [("id", "child_of", resellers.ids)], ["email_normalized", "parent_id"]
        )
        users = partners_sudo.env["res.users"].search_fetch(
            [("partner_id", "in", people.ids)], ["partner_id", "login"]
        )
        users_of = users.grouped("partner_id")
        result = {reseller: set() for reseller in resellers.ids}
        for person in people:
            logins = users_of.get(person, users.browse()).mapped("login")
            addresses = [person.email_normalized, *logins]
            mailboxes = {get_mailbox(address) for address in addresses if address}
            # One partner may belong to another one.
            above = person
            while above in people:
                if above.id in result:
                    result[above.id] |= mailboxes
                above = above.parent_id
        return result

    @api.model
    def _waas_get_employee_mailboxes(self, emails):
        """The mailboxes of employees that may be the same as one of these.

        :param list emails: normalised addresses, or False
        :return: set of addresses, see :func:`get_mailbox`
        """
        domains = {
            domain
            for email in filter(None, emails)
            for domain in get_domains(get_mailbox(email))
        }
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users = users_sudo.search(
            Domain("share", "=", False)
            & Domain.OR(
                Domain(name, "=ilike", f"%@{domain}")
                for domain in domains
                for name in ("login", "partner_id.email_normalized")
            )
        )
        addresses = users.mapped("partner_id.email_normalized") + users.mapped("login")
        return {get_mailbox(address) for address in addresses if address}

    def _waas_get_signatory_question(self, email, theirs):
        """An address at the partner's own domain may be right, if the end customer has
        its mail there; a user confirms it with a reason (R1).

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
        """Refuse to send agreements without a signatory who may sign."""
        if found := self._waas_find_signatory_problem():
            raise UserError(found[1])
