from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from .account_move_settled import Settled

# Of which something is to be paid.
OPEN_STATES = ("invoiced", "partial")


class WaasInstallment(models.Model):
    """One month's claim on the end customer (R13).

    The months of a contract are rows from the day it starts. Each has one place for an
    invoice, so it cannot have two; nobody writes on it but its own methods.
    """

    _name = "waas.installment"
    _description = "WaaS Installment"
    _inherit = ["waas.guarded.mixin"]
    _order = "contract_id, number"

    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="End Customer", store=True, index=True
    )
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    date_start = fields.Date(string="From", required=True, readonly=True, index=True)
    date_end = fields.Date(string="To", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True, help="Without VAT.")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    former_move_ids = fields.One2many(
        comodel_name="account.move",
        inverse_name="waas_former_installment_id",
        string="Earlier Invoices",
        readonly=True,
        copy=False,
        help="Invoices of this month that were cancelled or credited before it was "
        "invoiced again.",
    )
    claim = fields.Integer(
        default=1,
        required=True,
        readonly=True,
        copy=False,
        aggregator=None,
        help="1, and one more each time this month is invoiced again because its "
        "invoice was cancelled or credited.",
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("draft", "Draft Invoice"),
            ("invoiced", "Invoiced"),
            ("partial", "Partly Settled"),
            ("paid", "Paid"),
            ("credited", "Credited"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        help="Partly settled: some of it was paid or credited, the rest is open. "
        "Credited: its invoice was cancelled or fully credited. It is not invoiced "
        "again unless an accountant says so.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced",
        compute="_compute_state",
        store=True,
        help="Without VAT, and without what was credited.",
    )
    credited_amount = fields.Monetary(
        string="Credited",
        compute="_compute_state",
        store=True,
        help="By credit notes of its invoice, wherever they were allocated; all of it "
        "when the invoice was cancelled. Without VAT.",
    )
    paid_amount = fields.Monetary(
        string="Paid",
        compute="_compute_state",
        store=True,
        help="What settled its invoice, other than its own credit notes. Below zero "
        "where these were set off against another invoice. Without VAT.",
    )
    date_due = fields.Date(string="Due Date", related="move_id.invoice_date_due")
    residual_amount = fields.Monetary(
        string="Open (with VAT)", related="move_id.amount_residual"
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _unique_number = models.UniqueIndex(
        "(contract_id, number)", "A contract has one installment of each number."
    )
    _unique_period = models.UniqueIndex(
        "(contract_id, date_start)", "A contract has one installment for each month."
    )
    _check_values = models.Constraint(
        "CHECK (number > 0 AND date_end >= date_start AND amount >= 0 AND claim > 0)",
        "An installment has a number from 1, a period and an amount.",
    )
    _due = models.Index("(company_id, date_start) WHERE move_id IS NULL")
    _open = models.Index("(contract_id, number) WHERE move_id IS NULL")

    # === COMPUTE METHODS ===#

    @api.depends(
        "move_id.state",
        "move_id.payment_state",
        "move_id.amount_untaxed",
        "move_id.amount_residual",
        "move_id.reversal_move_ids.state",
        "move_id.reversal_move_ids.amount_untaxed",
        "move_id.reversal_move_ids.amount_residual",
        "former_move_ids.state",
        "former_move_ids.payment_state",
        "former_move_ids.amount_residual",
        "former_move_ids.reversal_move_ids.amount_residual",
        "amount",
    )
    def _compute_state(self):
        """What became of the month: what became of its invoice."""
        settled = self.move_id._waas_get_settled()
        for installment in self:
            move = installment.move_id
            if move.state == "posted":
                share = installment._get_share(settled[move])
            else:
                cancelled = move.state == "cancel"
                share = Settled(installment.amount if cancelled else 0.0, 0.0, 0.0)
            is_invoiced = move.state == "posted"
            installment.state = installment._get_state(share)
            installment.credited_amount = share.credited
            installment.paid_amount = share.paid + installment._get_former_paid()
            installment.invoiced_amount = (
                installment.amount - share.credited if is_invoiced else 0.0
            )

    def _get_former_paid(self):
        """What the credit of earlier invoices was used for, below zero, or what was
        paid on them after all: it is part of what came in for this month."""
        if self.claim == 1:
            return 0.0
        settled = self.former_move_ids._waas_get_settled()
        return self.currency_id.round(
            sum(settled[move].paid for move in settled if move.state == "posted")
        )

    def _get_state(self, share):
        """:param share: what became of this month's part of the invoice"""
        move = self.move_id
        if not move:
            return "planned"
        if move.state == "draft":
            return "draft"
        if move.state == "cancel" or move._waas_is_credited():
            return "credited"
        if self.currency_id.compare_amounts(share.open, 0.0) <= 0:
            return "paid"
        touched = share.credited or share.paid
        return "partial" if touched else "invoiced"

    def _get_share(self, settled):
        """Of an invoice over many months each has its share; they add up to the cent,
        in the order of the months.

        :param settled: :class:`Settled` of the whole invoice
        """
        total, currency = self.move_id.amount_untaxed, self.currency_id
        if not currency.compare_amounts(total, self.amount):
            return settled
        months = self.move_id.waas_installment_ids | self
        before = sum(
            months.filtered(lambda month: month.number < self.number).mapped("amount")
        )

        def cut(amount):
            if not total:
                return 0.0
            upper = currency.round(amount * (before + self.amount) / total)
            return currency.round(upper - currency.round(amount * before / total))

        credited, paid = cut(settled.credited), cut(settled.paid)
        return Settled(credited, paid, currency.round(self.amount - credited - paid))

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        for installment in self:
            installment.is_overdue = (
                installment.state in OPEN_STATES
                and bool(installment.date_due)
                and installment.date_due < installment.company_id._waas_today()
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "in", OPEN_STATES) & self.env[
            "res.company"
        ]._waas_with_today(lambda today: Domain("move_id.invoice_date_due", "<", today))
        return overdue if True in value else ~overdue

    @api.depends("contract_id.name", "number")
    def _compute_display_name(self):
        for installment in self:
            installment.display_name = (
                f"{installment.contract_id.name} {installment.number}"
            )

    # === ACTIONS ===#

    def action_view_invoice(self):
        """Open the invoice of this installment."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def action_invoice_again(self):
        """Let months be invoiced anew whose invoice was cancelled or fully credited.

        The next run takes them along; the old invoice stays where it is.
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("Only accountants have a month invoiced anew.")
            )
        for installment in self:
            if installment.state != "credited":
                raise UserError(
                    self.env._(
                        "%(installment)s is not to be invoiced again: cancel or fully "
                        "credit its invoice first.",
                        installment=installment.display_name,
                    )
                )
            # Or two invoices of the month would be open.
            installment.move_id._waas_allocate_credit_notes()
            installment._ensure_alone()
            installment_sudo = installment.sudo()  # written by its methods only
            installment_sudo.contract_id.message_post(
                body=self.env._(
                    "%(installment)s will be invoiced again; %(invoice)s was cancelled "
                    "or credited.",
                    installment=installment.display_name,
                    invoice=installment_sudo.move_id.display_name,
                )
            )
            move_sudo = installment_sudo.move_id
            installment_sudo.write({"move_id": False, "claim": installment.claim + 1})
            if not move_sudo.waas_installment_ids:
                move_sudo.waas_former_installment_id = installment
        return True

    def _ensure_alone(self):
        """An invoice of many months is done with before one of them is invoiced again:
        what is open of it would be nobody's."""
        move = self.move_id
        if (
            move.state == "posted"
            and len(move.waas_installment_ids) > 1
            and not self.currency_id.is_zero(move._waas_get_settled()[move].open)
        ):
            raise UserError(
                self.env._(
                    "%(invoice)s is over several months, and its credit note is used "
                    "for something else: allocate it to %(invoice)s first.",
                    invoice=move.display_name,
                )
            )

    # === INVOICING ===#

    def _invoice(self, date=None, way="auto"):
        """Make and post the invoices of these months of one company, one each (R13).

        Callers hold the rows locked (:meth:`_lock`, or the claim of a run).

        :param date date: date of the invoices; None: each on the first day of its month
        :param str way: how, see ``account.move._waas_create_posted``
        :return: the posted ``account.move``, in the order of the months
        :raises UserError: when one of them cannot be invoiced, with the reason; then
            none of them is
        """
        for problem in self._get_billing_problems(date).values():
            raise UserError(problem)
        return self._make_invoices(date, way)

    def _make_invoices(self, date, way="auto"):
        """As :meth:`_invoice`, for callers that know of no problem."""
        # Nobody watches a run: no tracking, no followers, no mails.
        quiet = self.with_company(self.company_id).with_context(tracking_disable=True)
        # Before there are invoices: from then on a journal is locked until the end of
        # the transaction, and other workers wait for it.
        quiet._advance_contract_lines()
        quiet.env.flush_all()
        return quiet._create_invoices(date, way)

    def _lock(self):
        """Keep these months from everybody else until the end of the transaction.

        :raises UserError: when somebody else is invoicing one of them
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "An invoice run is at work on these months: wait for its end and "
                    "try again."
                )
            ) from error
        self.invalidate_recordset(["move_id"])

    def _create_invoices(self, date, way):
        """Make the invoices and note them on their months."""
        # At once what each of the lines would read for itself.
        self.contract_id.partner_id.fetch()
        self.contract_id.contract_line_ids.product_id.product_tmpl_id.fetch()
        moves = self.env["account.move"]._waas_create_posted(
            [installment._prepare_invoice(date) for installment in self], way
        )
        for installment, move in zip(self, moves, strict=True):
            installment._ensure_amount(move)
        self._note_invoices(moves)
        return moves

    def _note_invoices(self, moves):
        """Write on each month its invoice.

        Other workers wait until this is committed: so all months get it in one step,
        and what depends on it is computed once.
        """
        field = self._fields["move_id"]
        for installment, move in zip(self, moves, strict=True):
            field._update_cache(installment, move.id, dirty=True)
        moves.invalidate_recordset(["waas_installment_ids"], flush=False)
        self.modified(["move_id"])

    def _ensure_amount(self, move):
        """What is invoiced is what was signed, to the cent."""
        if self.currency_id.compare_amounts(move.amount_untaxed, self.amount) != 0:
            raise UserError(
                self.env._(
                    "%(installment)s is %(expected)s without VAT, but its invoice "
                    "would be %(found)s: look at the taxes of its products and at the "
                    "fiscal position of the end customer.",
                    installment=self.display_name,
                    expected=format_amount(self.env, self.amount, self.currency_id),
                    found=format_amount(
                        self.env, move.amount_untaxed, self.currency_id
                    ),
                )
            )

    def _prepare_invoice(self, date=None):
        """Values of the invoice of this month, as ``account.move.create`` takes them.

        :param date date: its date; None: the first day of the month
        """
        self.ensure_one()
        contract = self.contract_id
        return {
            **contract._prepare_invoice(self._get_invoice_date(date)),
            "waas_contract_id": contract.id,
            "invoice_line_ids": [
                Command.create(values) for values in self._prepare_invoice_lines()
            ],
        }

    def _get_invoice_date(self, date):
        return date or self.date_start

    def _prepare_invoice_lines(self):
        """One invoice line for each contract line, with the period it covers."""
        return [
            {
                **line._prepare_invoice_line(),
                "name": line._insert_markers(*line._waas_get_period(self)),
                "waas_installment_id": self.id,
                "waas_claim": self.claim,
            }
            for line in self._get_contract_lines()
        ]

    def _get_contract_lines(self):
        """The lines of the contract that are in force in this month."""
        return self.contract_id.contract_line_ids.filtered(
            lambda line: not line.display_type
            and line.date_start <= self.date_end
            and (not line.date_end or line.date_end >= self.date_start)
        )

    def _advance_contract_lines(self):
        """Keep the neighbour's "invoiced up to" true, for its views and addons."""
        # Each line once, however many of its months are invoiced together.
        last_days = {
            line: month.date_end
            for month in self.sorted("date_end")
            for line in month.contract_id.contract_line_ids
            if line._waas_is_behind(month.date_end)
        }
        behind = self.env["contract.line"].union(*last_days)
        for last_day, lines in behind.grouped(last_days.get).items():
            lines.write({"last_date_invoiced": last_day})

    # === WHAT KEEPS A MONTH FROM BEING INVOICED ===#

    def _get_billing_problems(self, date=None):
        """Why some of these months cannot be invoiced.

        Odoo itself would leave an archived tax out, take 1.0 for a missing rate and
        move the date out of a closed period, each without a word.

        :param date date: date of the invoices; None: the first day of each month
        :return: dict of a sentence for each ``waas.installment`` with a problem
        """
        problems = {}
        for find in (
            self._find_invoiced,
            self._find_closed_periods,
            self._find_missing_rates,
            self._find_archived_taxes,
            self._find_wrong_parties,
        ):
            for installments, problem in find(date):
                for installment in installments:
                    problems.setdefault(installment, problem)
        return problems

    def _find_invoiced(self, _date):
        for installment in self.filtered("move_id"):
            yield (
                installment,
                self.env._(
                    "%(installment)s was invoiced already: %(invoice)s.",
                    installment=installment.display_name,
                    invoice=installment.move_id.display_name,
                ),
            )

    def _find_closed_periods(self, date):
        def get_key(installment):
            return (
                installment.company_id,
                installment.contract_id.journal_id,
                installment._get_invoice_date(date),
            )

        for (company, journal, day), installments in self.grouped(get_key).items():
            if locks := company._get_violated_lock_dates(day, True, journal):
                yield (
                    installments,
                    self.env._(
                        "%(date)s is in a period that is closed up to %(lock)s: date "
                        "the invoices later.",
                        date=format_date(self.env, day),
                        lock=format_date(self.env, max(lock for lock, _field in locks)),
                    ),
                )

    def _find_missing_rates(self, date):
        def get_key(installment):
            return (
                installment.company_id,
                installment.currency_id,
                installment._get_invoice_date(date),
            )

        for (company, currency, day), installments in self.grouped(get_key).items():
            if problem := currency._waas_get_rate_problem(company, day):
                yield installments, problem

    def _find_archived_taxes(self, _date):
        by_key = {}
        for installment in self:
            contract = installment.contract_id
            position = contract.fiscal_position_id
            for line in installment._get_contract_lines():
                key = line.product_id, position, installment.company_id
                by_key.setdefault(key, set()).add(installment)
        for (product, position, company), installments in by_key.items():
            if problem := product._waas_get_tax_problem(company, position):
                yield installments, problem

    def _find_wrong_parties(self, _date):
        for contract, installments in self.grouped("contract_id").items():
            if problem := contract._waas_get_party_problem():
                yield installments, problem
