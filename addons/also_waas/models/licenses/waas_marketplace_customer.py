from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...simpleapi.customers import normalise_vat

# What an account cannot be made without: field of a contact, name of the interface.
NEEDED = {
    "name": "CompanyName",
    "street": "Address",
    "city": "City",
    "zip": "Zip",
    "country_id": "Country",
    "email": "Email",
}


class WaasMarketplaceCustomer(models.Model):
    """The account of an end customer at a marketplace (R9).

    It is found by the VAT number, else by our own number, and made with the first order
    where there is none. Once found it is kept: names and addresses change, accounts do
    not.
    """

    _name = "waas.marketplace.customer"
    _description = "WaaS Marketplace Customer"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "partner_id, id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id", "account_number", "domain"]
    _check_company_auto = True

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="End Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    account_number = fields.Char(
        string="Account",
        readonly=True,
        copy=False,
        help="Of the end customer at the marketplace.",
    )
    account_name = fields.Char(string="Name There", readonly=True, copy=False)
    tenant_number = fields.Char(
        string="Tenant",
        readonly=True,
        copy=False,
        help="The account of its Microsoft tenant, under which licenses are.",
    )
    domain = fields.Char(
        string="Tenant Domain",
        help="The first part of the tenant's name, as in contoso.onmicrosoft.com.",
    )
    problem = fields.Char(
        compute="_compute_problem", help="Why no account can be made for it."
    )

    _unique_partner = models.UniqueIndex(
        "(marketplace_id, partner_id)", "This end customer has its account already."
    )
    _unique_account = models.UniqueIndex(
        "(marketplace_id, account_number) WHERE account_number IS NOT NULL",
        "This account belongs to another end customer.",
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "account_number",
        "domain",
        *(f"partner_id.{name}" for name in NEEDED),
    )
    def _compute_problem(self):
        for customer in self:
            customer.problem = customer._get_problem()

    def _get_problem(self):
        """What is missing to make its account, as a sentence, or False."""
        if self.account_number:
            return False
        contact_fields = self.partner_id._fields
        missing = [
            contact_fields[name]._description_string(self.env)
            for name in NEEDED
            if not self.partner_id[name]
        ]
        if not self.domain:
            missing.append(self._fields["domain"]._description_string(self.env))
        if not missing:
            return False
        return self.env._(
            "The marketplace needs to know of %(customer)s: %(fields)s.",
            customer=self.partner_id.display_name,
            fields=", ".join(missing),
        )

    # === CONSTRAINT METHODS ===#

    @api.constrains("domain")
    def _check_domain(self):
        for customer in self:
            domain = customer.domain or "a"
            if not (domain.isascii() and domain.isalnum() and len(domain) <= 27):
                raise ValidationError(
                    self.env._(
                        "%(domain)s cannot be a tenant: it has up to 27 letters and "
                        "digits, without dot. It is what stands before "
                        ".onmicrosoft.com.",
                        domain=domain,
                    )
                )

    # === ACTIONS ===#

    def action_find(self):
        """Look for the account of the customer at the marketplace."""
        self.ensure_one()
        self.check_access("write")
        self.env["waas.marketplace"]._ensure_manager()
        customer_sudo = self.sudo()  # checked above; the password is secret
        found = customer_sudo._find_account()
        if found:
            customer_sudo._note_account(found)
            message = self.env._(
                "Found: %(name)s (%(number)s).",
                name=found.name,
                number=found.account_id,
            )
        else:
            message = self.env._(
                "The marketplace does not know this customer: its account is made with "
                "its first order."
            )
        return self.marketplace_id._notify(message, "success" if found else "warning")

    def action_forget(self):
        """Look for the account anew: it was the wrong one, or it was ended."""
        self.check_access("write")
        self.env["waas.marketplace"]._ensure_manager()
        # Checked above; users cannot edit accounts.
        self.sudo().write(
            {"account_number": False, "account_name": False, "tenant_number": False}
        )
        return True

    # === BUSINESS METHODS ===#

    @api.model
    def _get_for(self, marketplace, partner):
        """The account of an end customer, still without number where nobody looked for
        it.

        :param partner: ``res.partner``; its company counts
        """
        partner = partner.commercial_partner_id
        known = self.search(
            [
                ("marketplace_id", "=", marketplace.id),
                ("partner_id", "=", partner.id),
            ]
        )
        return known or self.create(
            {"marketplace_id": marketplace.id, "partner_id": partner.id}
        )

    def _get_reference(self):
        """How the marketplace knows the customer from us."""
        return f"WAAS-{self.partner_id.id}"

    def _find_account(self):
        """:return: ``simpleapi.customers.Customer``, or None"""
        marketplace = self.marketplace_id
        with marketplace._connect_for_user() as client:
            desk = marketplace._get_customer_desk(client)
            return desk.find(self.partner_id.vat, self._get_reference())

    def _match(self, accounts):
        """Note the accounts that fit one of these customers, and no other.

        :param accounts: list of ``simpleapi.customers.Customer``
        """
        by_mark = defaultdict(list)
        for account in accounts:
            for mark in filter(None, (account.vat, account.reference)):
                by_mark[mark].append(account)
        for customer in self:
            found = by_mark[normalise_vat(customer.partner_id.vat)]
            found = found or by_mark[customer._get_reference()]
            if len(found) == 1:
                customer._note_account(found[0])

    def _note_account(self, found):
        """:param found: ``simpleapi.customers.Customer``"""
        self.write(
            {"account_number": str(found.account_id), "account_name": found.name}
        )

    def _prepare_account(self):
        """What an account is made with, by the names of the interface."""
        partner = self.partner_id
        account = {
            name: partner[field]
            for field, name in NEEDED.items()
            if field != "country_id"
        }
        # In English, as the interface shows it.
        country = partner.country_id.with_context(lang="en_US")
        return {
            **account,
            "Country": country.name,
            "Domain": [f"{self.domain}.onmicrosoft.com"],
            "Marketplaces": [int(self.marketplace_id.market_account or 0)],
        }
