"""What a confirmed WaaS order becomes. Its installments bill it; the run of
``contract`` leaves it alone (R13)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What of OCA's contract follows the signed deal, on a WaaS contract: who invoices whom,
# and for how long.
DEAL_FIELDS = frozenset(
    (
        "generation_type",
        "contract_type",
        "company_id",
        "partner_id",
        "manual_currency_id",
        "currency_id",
        "date_start",
        "date_end",
    )
)


class ContractContract(models.Model):
    _name = "contract.contract"
    _inherit = [
        "contract.contract",
        "waas.guarded.mixin",
        "waas.readable.mixin",
        "waas.mailed.mixin",
    ]

    waas_state = fields.Selection(
        selection=[
            ("awaiting", "Awaiting Delivery"),
            ("running", "Running"),
            ("ended", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        string="WaaS State",
        readonly=True,
        copy=False,
        tracking=True,
        index="btree_not_null",
    )
    waas_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="WaaS Order",
        readonly=True,
        copy=False,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    waas_reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="WaaS Partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    waas_customer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Signing Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The company that signed. Only this company is invoiced.",
        check_company=True,
    )
    waas_term_id = fields.Many2one(
        comodel_name="waas.term", string="Term", readonly=True, ondelete="restrict"
    )
    waas_max_months = fields.Integer(
        string="Longest Duration (months)",
        readonly=True,
        copy=False,
        help="What the company allowed when this was signed, extensions included.",
    )
    waas_installment_ids = fields.One2many(
        comodel_name="waas.installment",
        inverse_name="contract_id",
        string="Installments",
        readonly=True,
        groups="base.group_user",
    )
    waas_monthly_amount = fields.Monetary(
        string="Monthly", readonly=True, copy=False, help="Without VAT."
    )
    waas_monthly_total = fields.Monetary(
        string="Monthly with VAT",
        readonly=True,
        copy=False,
        help="With the taxes of the day on which it was agreed.",
    )
    waas_total_amount = fields.Monetary(
        string="Contract Total",
        readonly=True,
        copy=False,
        help="Price per month times the months of the term, without VAT.",
    )
    # === What became of the total: it is invoiced, credited or still to come ===
    waas_invoiced_amount = fields.Monetary(
        string="Invoiced",
        compute="_compute_waas_invoiced_amount",
        store=True,
        help="Without VAT.",
    )
    waas_paid_amount = fields.Monetary(
        string="Paid",
        compute="_compute_waas_invoiced_amount",
        store=True,
        help="Of what was invoiced, without VAT; also by what was set off.",
    )
    waas_open_amount = fields.Monetary(
        string="Open",
        compute="_compute_waas_open_amount",
        help="Invoiced and not yet paid, without VAT.",
    )
    waas_credited_amount = fields.Monetary(
        string="Credited",
        compute="_compute_waas_invoiced_amount",
        store=True,
        help="What credit notes of the months' invoices take back, and months whose "
        "invoice was cancelled; without VAT.",
    )
    waas_rent_to_come = fields.Monetary(
        string="Remaining Rent",
        compute="_compute_waas_invoiced_amount",
        store=True,
        help="Months not invoiced yet, without VAT.",
    )
    waas_agreement_ids = fields.One2many(
        related="waas_order_id.waas_agreement_ids",
        string="Agreements",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    _unique_waas_order = models.UniqueIndex(
        "(waas_order_id) WHERE waas_order_id IS NOT NULL",
        "This order has its contract already.",
    )
    _waas_complete = models.Constraint(
        "CHECK (generation_type IS DISTINCT FROM 'waas' OR (waas_state IS NOT NULL "
        "AND waas_order_id IS NOT NULL AND waas_reseller_id IS NOT NULL "
        "AND waas_term_id IS NOT NULL))",
        "A WaaS contract comes from a WaaS order: confirm one.",
    )

    # === COMPUTE METHODS ===#

    @api.depends(
        "waas_state",
        "waas_total_amount",
        "waas_installment_ids.invoiced_amount",
        "waas_installment_ids.paid_amount",
        "waas_installment_ids.credited_amount",
    )
    def _compute_waas_invoiced_amount(self):
        amounts = self._waas_sum_installments()
        for contract in self:
            invoiced, paid, credited = amounts.get(contract, (0.0, 0.0, 0.0))
            contract.waas_paid_amount = paid
            contract.waas_invoiced_amount = invoiced
            contract.waas_credited_amount = credited
            contract.waas_rent_to_come = contract._waas_get_rent_to_come(
                invoiced + credited
            )

    def _waas_get_rent_to_come(self, claimed):
        """:param claimed: what was invoiced or credited of all months"""
        self.ensure_one()
        if self.waas_state in ("awaiting", "running"):
            return self.waas_total_amount - claimed
        if self.waas_state != "ended":
            return 0.0
        # Its final invoice may be a draft again: the customer owes it all the same.
        months = self.waas_installment_ids.filtered(
            lambda month: month.state in ("planned", "draft")
        )
        return sum(months.mapped("amount"))

    def _waas_sum_installments(self):
        """What was invoiced, paid and credited of the months, by contract, in one
        query."""
        groups = self.env["waas.installment"]._read_group(
            [("contract_id", "in", self._origin.ids)],
            ["contract_id"],
            ["invoiced_amount:sum", "paid_amount:sum", "credited_amount:sum"],
        )
        return {contract: amounts for contract, *amounts in groups}

    @api.depends("waas_invoiced_amount", "waas_paid_amount")
    def _compute_waas_open_amount(self):
        for contract in self:
            contract.waas_open_amount = (
                contract.waas_invoiced_amount - contract.waas_paid_amount
            )

    def _waas_add_taxes(self, amount):
        """An amount of whole months of this contract, with the VAT that they have."""
        self.ensure_one()
        if not self.waas_monthly_amount or not self.waas_monthly_total:
            return amount
        return self.currency_id.round(
            amount * self.waas_monthly_total / self.waas_monthly_amount
        )

    def _waas_get_exposed(self, amount, date):
        """What an amount of whole months of this contract is in the exposure: with VAT,
        in the currency of the company, at the rate of ``date`` (R13)."""
        company = self.company_id
        return self.currency_id._convert(
            self._waas_add_taxes(amount), company.currency_id, company, date
        )

    # === CONSTRAINT METHODS ===#

    @api.constrains("partner_id", "invoice_partner_id", "waas_customer_id")
    def _check_waas_parties(self):
        for contract in self:
            if problem := contract._waas_get_party_problem():
                raise ValidationError(problem)

    def _waas_get_party_problem(self):
        """Why this contract cannot be invoiced, as a sentence, or False: only the
        company that signed is invoiced (R13), wherever its contacts have moved."""
        self.ensure_one()
        signed = self.waas_customer_id
        if not signed:
            return False
        # One after the other: those of all contracts are read at once.
        for party in (self.partner_id, self.invoice_partner_id):
            if party and party.commercial_partner_id != signed:
                return self.env._(
                    "%(customer)s signed %(contract)s, and %(contact)s belongs to "
                    "%(other)s: only who signed is invoiced. Choose an invoicing "
                    "contact of %(customer)s on the contract, or correct the contact.",
                    customer=signed.display_name,
                    contract=self.name,
                    contact=party.display_name,
                    other=party.commercial_partner_id.display_name,
                )
        return False

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        # Only now: the kind may come from a default as well.
        if any(contract.generation_type == "waas" for contract in contracts):
            self._waas_ensure_system()
        return contracts

    def write(self, vals):
        if not DEAL_FIELDS.isdisjoint(vals) and (
            vals.get("generation_type") == "waas"
            or any(contract.generation_type == "waas" for contract in self)
        ):
            self._waas_ensure_system()
        if vals.get("active", True) is False:
            self._waas_ensure_over()
        return super().write(vals)

    def _waas_ensure_over(self):
        """Refuse to archive a running contract, as the exposure would miss it (R13)."""
        for contract in self:
            if contract.waas_state in ("awaiting", "running"):
                raise UserError(
                    self.env._(
                        "%(contract)s is not over: it can be archived when it has "
                        "ended.",
                        contract=contract.name,
                    )
                )

    @api.model
    def _waas_refuse_system_fields(self, names):
        self._waas_ensure_system()

    def _waas_ensure_system(self):
        """A contract that changes its kind would be billed twice, or not at all."""
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "A WaaS contract comes from a WaaS order and follows its deal: "
                    "users cannot create or convert one."
                )
            )

    # === ACTIONS ===#

    def action_view_waas_order(self):
        """Open the order this contract comes from."""
        self.ensure_one()
        return self.waas_order_id._get_records_action()

    def action_view_waas_deliveries(self):
        """Open the deliveries of the contract's devices."""
        self.ensure_one()
        return self.waas_order_id.action_view_delivery()
