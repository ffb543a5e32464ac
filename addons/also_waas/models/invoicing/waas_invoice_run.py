from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Contracts that have months to invoice: also one whose term is over meanwhile.
BILLED_STATES = ("running", "ended")


class WaasInvoiceRun(models.Model):
    """Everything that is due, invoiced in small steps (R13).

    The work is a loop over batches. Each is one transaction: it claims months that
    no other worker holds, makes and posts their invoices, notes them on the months, and
    commits. So a run can be killed anywhere, started again, or worked on by several at
    once; a month is claimed only when the one before it has its invoice.
    """

    _name = "waas.invoice.run"
    _description = "WaaS Invoice Run"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.readable.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Due Up To",
        required=True,
        default=lambda self: self.env.company._waas_today(),
        help="Months that begin up to this day are invoiced, a backlog included.",
    )
    invoice_date = fields.Date(
        default=lambda self: self.env.company._waas_today(),
        help="Date of the invoices. Empty: each has the first day of its month.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Preview"),
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    is_retry = fields.Boolean(
        readonly=True,
        copy=False,
        help="Started once more, for what it left behind and nothing else.",
    )
    is_automatic = fields.Boolean(string="Automatic", readonly=True, copy=False)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Started By", readonly=True, copy=False
    )
    started_on = fields.Datetime(readonly=True, copy=False)
    finished_on = fields.Datetime(readonly=True, copy=False)
    installment_ids = fields.One2many(
        comodel_name="waas.installment", inverse_name="run_id", readonly=True
    )
    failure_ids = fields.One2many(
        comodel_name="waas.installment",
        inverse_name="run_id",
        string="Failures",
        domain=[("error", "!=", False), ("move_id", "=", False)],
        readonly=True,
    )
    # === Progress ===
    invoiced_count = fields.Integer(
        string="Invoices Made", compute="_compute_progress", compute_sudo=True
    )
    invoiced_amount = fields.Monetary(
        string="Amount Invoiced",
        compute="_compute_progress",
        compute_sudo=True,
        help="Without VAT.",
    )
    failed_count = fields.Integer(
        string="Failed", compute="_compute_progress", compute_sudo=True
    )
    waiting_count = fields.Integer(
        string="To Do",
        compute="_compute_progress",
        compute_sudo=True,
        help="Months that are due and not invoiced, those behind a failed month "
        "included.",
    )
    progress = fields.Float(compute="_compute_progress", compute_sudo=True)

    # === COMPUTE METHODS ===#

    @api.depends("state", "installment_ids.move_id", "installment_ids.error")
    def _compute_progress(self):
        for run in self:
            done, amount = run._count_invoiced()
            failed = run._count(Domain("id", "in", run.failure_ids.ids))
            waiting = run._count(run._get_due_domain()) - failed
            total = done + failed + waiting
            run.invoiced_count = done
            run.invoiced_amount = amount
            run.failed_count = failed
            run.waiting_count = waiting
            run.progress = 100.0 * (done + failed) / total if total else 100.0

    def _count(self, domain):
        return self.env["waas.installment"].search_count(domain)

    def _count_invoiced(self):
        """How many invoices the run made, and their sum in the company's currency."""
        groups = self.env["waas.installment"]._read_group(
            [("run_id", "in", self.ids), ("move_id", "!=", False)],
            ["currency_id"],
            ["__count", "amount:sum"],
        )
        return (
            sum(number for _currency, number, _amount in groups),
            sum(
                self._convert(amount, currency) for currency, _number, amount in groups
            ),
        )

    def _convert(self, amount, currency):
        """An amount of a contract in the company's currency, for totals."""
        return currency._convert(
            amount, self.currency_id, self.company_id, self.invoice_date or self.date
        )

    # === CRUD METHODS ===#

    def write(self, vals):
        if not self.env.su and not {"date", "invoice_date", "company_id"}.isdisjoint(
            vals
        ):
            self._ensure_preview()
        return super().write(vals)

    def _ensure_preview(self):
        """A run that was started is a document: only its own methods change it."""
        if any(run.state != "draft" for run in self):
            self._refuse_change()

    @api.model
    def _waas_refuse_system_fields(self, names):
        self._refuse_change()

    @api.model
    def _refuse_change(self):
        raise AccessError(
            self.env._(
                "An invoice run that was started cannot be changed: make a new one."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for run in self:
            if run.started_on:
                raise UserError(
                    self.env._(
                        "%(run)s has been started: it is kept as a record of what "
                        "it invoiced.",
                        run=run.name,
                    )
                )

    # === SCHEDULED ===#

    @api.model
    def _cron_open(self):
        """Every day: a run for each company that has something due. Where that is only
        what failed before, the same run tries again."""
        begun = self.env["res.company"]._waas_with_today(
            lambda today: Domain("date_start", "<=", today)
        )
        groups = self.env["waas.installment"]._read_group(
            begun
            & Domain("move_id", "=", False)
            & Domain("contract_id.waas_state", "in", BILLED_STATES),
            ["company_id"],
        )
        runs = self.create(
            [
                {
                    "company_id": company.id,
                    "date": company._waas_today(),
                    "invoice_date": company._waas_today(),
                    "is_automatic": True,
                }
                for (company,) in groups
                if not self._retry_failed(company, company._waas_today())
            ]
        )
        for run in runs:
            run._start()

    @api.model
    def _retry_failed(self, company, today):
        """Try again what failed in an automatic run of a company, if that is all there
        is to do.

        :return: whether it was
        """
        failed = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("is_automatic", "=", True),
                ("failure_ids", "!=", False),
            ]
        )
        others = Domain(
            [
                ("company_id", "=", company.id),
                ("date_start", "<=", today),
                ("move_id", "=", False),
                ("contract_id.waas_state", "in", BILLED_STATES),
                ("contract_id", "not in", failed.failure_ids.contract_id.ids),
            ]
        )
        if not failed or self.env["waas.installment"].search_count(others, limit=1):
            return False
        for run in failed:
            run.write({"date": today, "invoice_date": today})
            run._retry()
        return True
