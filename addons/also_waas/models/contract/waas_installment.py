from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .account_move_settled import Settled

# Of which something is to be paid.
OPEN_STATES = ("invoiced", "partial")


class WaasInstallment(models.Model):
    """What an end customer owes for one month (R13).

    The months of a contract are rows from the day it starts. Each has one place for an
    invoice, so it cannot have two; only its own methods write it.
    """

    _name = "waas.installment"
    _description = "WaaS Installment"
    _inherit = ["waas.guarded.mixin"]
    _order = "contract_id, number"
    _rec_names_search = ["contract_id"]
    _check_company_auto = True

    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
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
        check_company=True,
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
    attempt = fields.Integer(
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
        "Credited: its invoice was cancelled or fully credited. It is invoiced "
        "again only when an accountant decides so.",
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
    date_due = fields.Date(string="Due Date", compute="_compute_date_due")
    residual_amount = fields.Monetary(
        string="Open (with VAT)", compute="_compute_residual_amount", compute_sudo=True
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
        "CHECK (number > 0 AND date_end >= date_start AND amount >= 0 AND attempt > 0)",
        "An installment has a number from 1, a period and an amount.",
    )
    _due = models.Index("(company_id, date_start) WHERE move_id IS NULL")
    _open = models.Index("(contract_id, number) WHERE move_id IS NULL")

    # === COMPUTE METHODS ===#

    @api.depends("move_id", "former_move_ids", "amount")
    def _compute_state(self):
        """What became of the month: what became of its invoice, which notifies it (see
        ``account_move_followed.py``)."""
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
        if self.attempt == 1:
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

    @api.depends("move_id")
    def _compute_date_due(self):
        for installment in self:
            # Who sees the month sees when it is due.
            installment.date_due = installment.move_id.sudo().invoice_date_due

    @api.depends("move_id", "amount")
    def _compute_residual_amount(self):
        """Of an invoice over many months, each has its share."""
        for installment in self:
            move, total = installment.move_id, installment.move_id.amount_untaxed
            share = installment.amount / total if total else 1.0
            installment.residual_amount = installment.contract_id._waas_round(
                move.amount_residual * share
            )

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
            installment_sudo.write(
                {"move_id": False, "attempt": installment.attempt + 1}
            )
            if not move_sudo.waas_installment_ids:
                move_sudo.waas_former_installment_id = installment
        return True

    def _ensure_alone(self):
        """An invoice of many months is done with before one of them is invoiced again:
        what is open of it would belong to no month."""
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
