from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

# What a partner is and earns in WaaS.
TERMS_OF_PARTNERS = ("waas_is_reseller", "waas_pricelist_id")
# Who keeps all contacts; a WaaS user keeps those of its deals.
KEEPERS = (
    "base.group_partner_manager",
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
)


class ResPartner(models.Model):
    """A contact's part in WaaS: reseller, end customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "waas.guarded.mixin"]

    waas_is_reseller = fields.Boolean(
        string="WaaS Partner",
        company_dependent=True,
        help="A reseller that brings this company WaaS deals and earns commission on "
        "them.",
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        company_dependent=True,
        help="Prices and commissions of the deals this partner brings (R8). Empty: the "
        "company's WaaS price list.",
    )
    waas_credit_check_ids = fields.One2many(
        comodel_name="waas.credit.check",
        inverse_name="partner_id",
        string="Credit Checks",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        # Whatever gave the values: defaults of a context are nobody's right.
        if not self._waas_keeps_contacts() and any(
            partner[name] for partner in partners for name in TERMS_OF_PARTNERS
        ):
            self._waas_refuse_terms()
        return partners

    def write(self, vals):
        if not vals.keys().isdisjoint(TERMS_OF_PARTNERS):
            if not self._waas_keeps_contacts():
                self._waas_refuse_terms()
        if "email" in vals:
            self._waas_ensure_may_readdress()
        return super().write(vals)

    @api.model
    def _waas_refuse_terms(self):
        """A WaaS user enters end customers; who is a partner, and at which prices, is
        for those who keep the contacts."""
        raise AccessError(
            self.env._(
                "Who is a WaaS partner, and at which prices, is for a WaaS manager to "
                "enter: ask one."
            )
        )

    def _waas_ensure_may_readdress(self):
        """The mail address of somebody who logs in is the way to a new password."""
        if self._waas_keeps_contacts():
            return
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        if user := users_sudo.search([("partner_id", "in", self.ids)], limit=1):
            raise AccessError(
                self.env._(
                    "%(name)s logs in with this contact: have a WaaS manager change "
                    "the mail address, or enter another contact.",
                    name=user.name,
                )
            )

    @api.model
    def _waas_keeps_contacts(self):
        user = self.env.user
        return self.env.su or (
            not user.has_group("also_waas.group_waas_user")
            or any(user.has_group(group) for group in KEEPERS)
        )

    def _waas_describe_party(self):
        """What an agreement says of a party. Contacts that say the same may be merged
        without a word; another name, number or address is another text.

        :return: list of texts; of a contact with neither number nor address its id too
        """
        partner_sudo = self.sudo()  # goes into a hash, nobody reads it
        address = [
            partner_sudo.street,
            partner_sudo.street2,
            partner_sudo.zip,
            partner_sudo.city,
            partner_sudo.state_id.code,
            partner_sudo.country_id.code,
        ]
        numbers = [partner_sudo.vat, partner_sudo.company_registry]
        said = [
            " ".join((text or "").split())
            for text in (partner_sudo.name, *numbers, *address)
        ]
        return said if any(said[1:]) else [*said, str(partner_sudo.id)]

    def _waas_get_exposure(self, company):
        """What this end customer owes ALSO, or will (R13).

        :param company: ``res.company``, the lessor
        :return: dict of amounts, see :meth:`_waas_get_exposures`
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        return customer._waas_get_exposures(company)[customer.id]

    def _waas_get_exposures(self, company):
        """The same for many end customers at once.

        :param company: ``res.company``, the lessor
        :return: dict id -> dict of amounts with VAT, in the company's currency.
            ``receivable``: open invoices of all companies of the group, as booked.
            Later chapters add ``rent``, the rent still to come
        """
        receivables = self._waas_get_receivables(company)
        return {
            customer.id: {"receivable": receivables.get(customer.id, 0.0)}
            for customer in self
        }

    def _waas_get_receivables(self, company):
        """What these customers owe the group on open invoices, in one query.

        What another company of the group owes them is its own matter: nobody sets it
        off against what they owe this one.

        :param company: ``res.company``, the lessor; amounts are in its currency
        :return: dict of amounts by id of the customer; none for who owes nothing
        """
        # Whoever may see a deal may know whether its credit suffices, also where that
        # hangs on a company of the group that is not theirs: the answer is a sum. The
        # invoices themselves are for accountants.
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", self.ids),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("reconciled", "=", False),
                ],
                ["partner_id", "company_id"],
                ["amount_residual:sum"],
            )
        )
        lessor, today = company.sudo(), company._waas_today()
        by_root = defaultdict(float)
        for customer, owner, amount in groups:
            by_root[customer.id, owner.root_id] += owner.currency_id._convert(
                amount, lessor.currency_id, lessor, today
            )
        receivables = defaultdict(float)
        for (customer_id, root), amount in by_root.items():
            is_own = root == lessor.root_id
            receivables[customer_id] += amount if is_own else max(amount, 0.0)
        return dict(receivables)

    def _waas_get_credit_check(self, company):
        """The decision on this end customer's credit that counts today (R1).

        :return: the newest decided ``waas.credit.check``, approved or rejected, or an
            empty record set
        """
        self.ensure_one()
        decided = self._waas_get_credit_checks(
            company, ("approved", "rejected", "expired")
        )
        return decided.sorted("decided_on desc, id desc")[:1]

    def _waas_get_credit_checks(self, company, states):
        """The credit checks in one of some states; of a list of customers, all are
        read at once."""
        self.ensure_one()
        return self.commercial_partner_id.waas_credit_check_ids.filtered(
            lambda check: check.company_id == company and check.state in states
        )
