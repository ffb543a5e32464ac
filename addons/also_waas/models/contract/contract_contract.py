from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...batches import work_isolating
from ...schedule import cut_periods, get_last_day, get_next_first

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
    """What a confirmed WaaS order becomes. Its installments bill it; the run of
    ``contract`` leaves it alone (R13)."""

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
    )
    waas_reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="WaaS Partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_customer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Signing Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The company that signed: nobody else is invoiced.",
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
        string="Rent to Come",
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
        """Why nobody can be invoiced for this contract, as a sentence, or False: only
        who signed is (R13), also when a contact has become another company's since."""
        self.ensure_one()
        signed = self.waas_customer_id
        if not signed:
            return False
        for party in self.partner_id | self.invoice_partner_id:
            if party.commercial_partner_id != signed:
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
            self._waas_ensure_flow()
        return contracts

    def write(self, vals):
        if not DEAL_FIELDS.isdisjoint(vals) and (
            vals.get("generation_type") == "waas"
            or any(contract.generation_type == "waas" for contract in self)
        ):
            self._waas_ensure_flow()
        if vals.get("active", True) is False:
            self._waas_ensure_over()
        return super().write(vals)

    def _waas_ensure_over(self):
        """What is archived is in no exposure and in no list of what runs (R13)."""
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
        self._waas_ensure_flow()

    def _waas_ensure_flow(self):
        """A contract that changes its kind would be billed twice, or not at all."""
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "A WaaS contract comes from a WaaS order and follows its deal: "
                    "nobody makes or turns one by hand."
                )
            )

    # === ACTIONS ===#

    def action_waas_activate(self):
        """Start a contract that has nothing to deliver."""
        for contract in self:
            contract.check_access("read")
            if not self.env.user.has_group("also_waas.group_waas_user"):
                raise UserError(self.env._("Only WaaS users start a contract."))
            devices = contract.waas_order_id.order_line._waas_get_device_lines()
            if contract.waas_state == "awaiting" and devices:
                raise UserError(
                    self.env._(
                        "%(contract)s starts by itself when its devices are delivered: "
                        "validate the delivery of %(order)s.",
                        contract=contract.name,
                        order=contract.waas_order_id.name,
                    )
                )
            contract._waas_activate(contract.company_id._waas_today())
        return True

    def action_waas_invoice_due(self):
        """Invoice the installments that are due and were not invoiced."""
        for contract in self:
            contract.check_access("write")
            contract._waas_invoice_due(contract.company_id._waas_today())
        return True

    def action_view_waas_order(self):
        """Open the order this contract comes from."""
        self.ensure_one()
        return self.waas_order_id._get_records_action()

    def action_view_waas_deliveries(self):
        """Open the deliveries of the contract's devices."""
        self.ensure_one()
        return self.waas_order_id.action_view_delivery()

    # === BUSINESS METHODS ===#

    def _waas_get_first_day(self, date):
        """First day of a contract whose devices were delivered on ``date``: that day,
        or the first of the next month where the company wants full months. What is
        before it is not invoiced; the number of installments is the same."""
        if self.company_id.waas_billing_start == "next_month":
            return get_next_first(date)
        return date

    def _waas_activate(self, date):
        """Start the contract: its dates and its installments are fixed now.

        :param date date: the day on which its devices were delivered
        :raises UserError: when the contract does not await its start
        """
        self.ensure_one()
        if self.waas_state == "cancelled":
            raise UserError(
                self.env._(
                    "%(contract)s was cancelled and does not start: make another "
                    "quotation.",
                    contract=self.name,
                )
            )
        if self.waas_state != "awaiting":
            raise UserError(
                self.env._("%(contract)s was started already.", contract=self.name)
            )
        # Delivery is confirmed by warehouse people, who have no rights on contracts.
        contract_sudo = self.sudo()
        contract_sudo._waas_run_from(self._waas_get_first_day(date))
        contract_sudo._waas_after_activation(date)

    def _waas_run_from(self, first_day):
        """Set the dates and cut the installments: from now on they are fixed (R10)."""
        months = self.waas_term_id.months
        self.contract_line_ids.write(
            {
                "date_start": first_day,
                "date_end": get_last_day(first_day, months),
                "recurring_next_date": first_day,
            }
        )
        self.write(
            {
                "waas_state": "running",
                "date_start": first_day,
                "waas_installment_ids": [
                    Command.create(
                        {
                            "number": period.number,
                            "date_start": period.date_start,
                            "date_end": period.date_end,
                            "amount": self.waas_monthly_amount,
                            "currency_id": self.currency_id.id,
                        }
                    )
                    for period in cut_periods(first_day, months)
                ],
            }
        )

    def _waas_after_activation(self, date):
        """Hook: the contract runs. Its first month is invoiced; what keeps that from
        happening does not keep the devices from being delivered."""
        try:
            with self.env.cr.savepoint():
                self._waas_invoice_due(date)
        except UserError as error:
            self._waas_todo(
                "first_month", self._waas_get_responsible(), note=str(error)
            )

    def _waas_get_mailed(self):
        return self.filtered(lambda contract: contract.generation_type == "waas")

    def _waas_get_signatory(self):
        return self.waas_order_id._waas_get_signatory()

    def _waas_get_responsible(self):
        """Who gets the to-dos of the contract: empty when nobody of them is there any
        more, then the team of the to-do stands in."""
        self.ensure_one()
        people = self.user_id | self.waas_order_id.user_id | self.create_uid
        return people._waas_works_for(self.company_id)[:1]

    def _waas_invoice_due(self, date):
        """Invoice what is due on a day, the ordinary way, posted.

        :param date date: installments that begin up to here are due
        :return: the invoices
        """
        due = self.waas_installment_ids.filtered(
            lambda installment: not installment.move_id
            and installment.date_start <= date
        ).sorted("number")
        due._lock()
        return due._invoice(date) if due else self.env["account.move"]

    @api.model
    def _cron_waas_end(self):
        """End the contracts whose term is over and invoiced: nothing renews by itself
        (R12). One that cannot be ended keeps no other from it."""
        passed = self.env["res.company"]._waas_with_today(
            lambda today: fields.Domain("date_end", "<", today)
        )
        over = self.search(
            fields.Domain("waas_state", "=", "running")
            & passed
            & fields.Domain(
                "waas_installment_ids", "not any", [("move_id", "=", False)]
            )
        )
        work_isolating(
            over,
            lambda contracts: contracts._waas_end(),
            lambda contract, error: contract._waas_todo(
                "end_failed", contract._waas_get_responsible(), note=str(error)
            ),
        )

    def _waas_end(self):
        """End contracts; what they leave behind is for later chapters."""
        self.write({"waas_state": "ended"})
        self._waas_todo_drop("end_failed")

    def _waas_get_ended_message(self, order):
        """Hook: why an order whose contract is over stays, as a sentence."""
        self.ensure_one()
        return self.env._(
            "%(order)s cannot be cancelled: its contract %(contract)s has run to its "
            "end. It stays as a record.",
            order=order.name,
            contract=self.name,
        )

    def _prepare_invoice(self, date_invoice, journal=None):
        """To who signed, with the fiscal position that was signed, also where that is
        none: what is entered at a contact meanwhile changes no contract in silence."""
        values = super()._prepare_invoice(date_invoice, journal)
        if self.generation_type != "waas":
            return values
        if problem := self._waas_get_party_problem():
            raise UserError(problem)
        values["fiscal_position_id"] = self.fiscal_position_id.id
        if not self._waas_get_payment_term():
            # Odoo would take the day of whoever makes it.
            values["invoice_date_due"] = max(
                date_invoice, self.company_id._waas_today()
            )
        return values

    def _waas_get_payment_term(self):
        customer = self.invoice_partner_id.with_company(self.company_id)
        return self.payment_term_id or customer.property_payment_term_id

    def recurring_create_invoice(self):
        """Refuse: a WaaS contract is billed by its installments, exactly once each."""
        if waas_contracts := self.filtered(
            lambda contract: contract.generation_type == "waas"
        ):
            raise UserError(
                self.env._(
                    "%(contracts)s: WaaS contracts are invoiced by their installments.",
                    contracts=", ".join(waas_contracts.mapped("name")),
                )
            )
        return super().recurring_create_invoice()

    @api.model
    def _get_contracts_to_invoice_domain(self, date_ref=None):
        """Keep WaaS contracts out of the neighbour's manual invoice wizard."""
        domain = super()._get_contracts_to_invoice_domain(date_ref)
        return domain & fields.Domain("generation_type", "!=", "waas")
