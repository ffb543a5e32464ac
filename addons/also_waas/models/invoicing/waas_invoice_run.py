import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount, format_date

from ...batches import take_again, work_isolating

_logger = logging.getLogger(__name__)

# Months that are claimed, invoiced and committed together. Larger ones are hardly
# faster; smaller ones lose less when a worker is killed.
BATCH = 200
# How invoices are made (account.move._waas_create_posted): each as fast as it allows.
WAY = "auto"
# Contracts that have months to invoice: also one whose term is over meanwhile.
BILLED_STATES = ("running", "ended")


class WaasInvoiceRun(models.Model):
    """Everything that is due, invoiced in small steps (R13).

    The work is a loop over batches. Each is one transaction: it claims months that
    nobody else holds, makes and posts their invoices, notes them on the months, and
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
    is_automatic = fields.Boolean(string="By Itself", readonly=True, copy=False)
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
            failed = run._count(fields.Domain("id", "in", run.failure_ids.ids))
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
            [("run_id", "=", self.id), ("move_id", "!=", False)],
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
        """A run that was started is a document: only its methods go on with it."""
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
                        "%(run)s has been started: it stays, so that everybody can see "
                        "what it invoiced.",
                        run=run.name,
                    )
                )

    # === ACTIONS ===#

    def action_start(self):
        """Start the run; a worker of the server does it, whatever becomes of the
        browser."""
        for run in self:
            run._ensure_accountant()
            run._ensure_not_cancelled()
            if run.state != "draft":
                raise UserError(
                    self.env._("%(run)s was started already.", run=run.name)
                )
            run._start()
        return True

    def action_cancel(self):
        """Stop after the batch that is under way; what is invoiced stays."""
        for run in self:
            run._ensure_accountant()
            if run.state not in ("draft", "running"):
                raise UserError(self.env._("%(run)s has ended already.", run=run.name))
            run.sudo().write(  # checked above; nobody writes a state by hand
                {"state": "cancelled", "finished_on": fields.Datetime.now()}
            )
        return True

    def action_retry(self):
        """Try once more what failed, and only that; what waits behind it follows."""
        for run in self:
            run._ensure_accountant()
            run._ensure_not_cancelled()
            if run.state == "running":
                raise UserError(
                    self.env._(
                        "%(run)s is still at work: retry what failed when it has "
                        "ended.",
                        run=run.name,
                    )
                )
            if run.state != "done" or not run.failure_ids:
                raise UserError(
                    self.env._("%(run)s left nothing to try again.", run=run.name)
                )
            run.sudo()._retry()  # checked above; nobody writes on months by hand
        return True

    def action_view_invoices(self):
        """Open the invoices this run made, to send them or to register payments."""
        self.ensure_one()
        moves = self.installment_ids.move_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }

    def action_view_failures(self):
        """Open the months that could not be invoiced."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_installment_action"
            ),
            "domain": [("id", "in", self.failure_ids.ids)],
            "context": {},
        }

    def _ensure_not_cancelled(self):
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "%(run)s is cancelled: make a new run for what is due.",
                    run=self.name,
                )
            )

    def _ensure_accountant(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Only accountants run the invoicing."))

    # === LIFE CYCLE ===#

    def _start(self):
        """Begin with what was previewed.

        :raises UserError: when nothing is due
        """
        self.ensure_one()
        if not self._count(self._get_due_domain()):
            raise UserError(
                self.env._(
                    "Nothing is due up to %(date)s: every month until then has its "
                    "invoice.",
                    date=format_date(self.env, self.date),
                )
            )
        self.sudo().write(  # the right to start it was checked
            {"user_id": self.env.uid, "started_on": fields.Datetime.now()}
        )
        self.sudo()._go()

    def _retry(self):
        self.failure_ids.error = False
        self.is_retry = True
        self._go()

    def _go(self):
        self.write({"state": "running", "finished_on": False})
        self._dispatch()

    def _dispatch(self, minutes=0):
        """Hook: call workers. Here it is Odoo's own scheduler.

        :param int minutes: after so many
        """
        self._call_scheduler(minutes)

    def _call_scheduler(self, minutes):
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.env.ref("also_waas.ir_cron_waas_invoice_run")._trigger(at)

    def _finish(self):
        """End the run, unless another worker did, or is still at it."""
        self.ensure_one()
        if self._find_claimable(limit=1):
            # Somebody holds the last months: a worker, who goes on with them, or a
            # delivery, who may leave some of them. Without this they would wait for
            # the scheduler's next round.
            self._dispatch(minutes=1)
            return
        # Several workers may come here at once: one of them changes the row.
        ended = self.env.execute_query(
            SQL(
                "UPDATE waas_invoice_run SET state = 'done', "
                "finished_on = now() AT TIME ZONE 'UTC' "
                "WHERE id = %s AND state = 'running' RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset(["state", "finished_on"])
        if ended:
            # What waits behind a failure is tried again with it.
            self.env["waas.installment"].search(self._get_due_domain()).run_id = self
            self._report()

    def _report(self):
        """Say what came of the run, and to whom if something is left."""
        self.message_post(
            body=self.env._(
                "%(invoices)s invoices over %(amount)s without VAT; %(failed)s failed, "
                "%(waiting)s wait behind them.",
                invoices=self.invoiced_count,
                amount=format_amount(
                    self.env, self.invoiced_amount, self.company_id.currency_id
                ),
                failed=self.failed_count,
                waiting=self.waiting_count,
            )
        )
        user = self.company_id.waas_invoicing_user_id or self.user_id
        if self.failed_count:
            self._waas_todo(
                "run_failed",
                user,
                note=lambda env: env._(
                    "Mend what the list of failures says, then press Retry Failures."
                ),
            )
        self._drop_settled_todos()

    def _drop_settled_todos(self):
        """What failed in an earlier run was invoiced, or is to do in this one."""
        runs = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("activity_ids", "!=", False),
                ("failure_ids", "=", False),
            ]
        )
        runs._waas_todo_drop("run_failed")

    # === SCHEDULED ===#

    @api.model
    def _cron_open(self):
        """Every day: a run for each company that has something due. Where that is only
        what failed before, the same run tries again."""
        begun = self.env["res.company"]._waas_with_today(
            lambda today: fields.Domain("date_start", "<=", today)
        )
        groups = self.env["waas.installment"]._read_group(
            begun
            & fields.Domain("move_id", "=", False)
            & fields.Domain("contract_id.waas_state", "in", BILLED_STATES),
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
        others = fields.Domain(
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

    @api.model
    def _cron_work(self):
        """Work on the runs that were started, until the scheduler's time is over."""
        cron = self.env["ir.cron"]
        for run in self._find_unattended():
            while (number := run._work_on_batch()) is not None:
                left = run._count(run._get_due_domain())
                in_time = cron._commit_progress(number, remaining=left)
                # To end a run is no work: it does not wait for the next time.
                if not in_time and run._find_claimable(limit=1):
                    return
            cron._commit_progress()

    @api.model
    def _find_unattended(self):
        """Hook: the runs that want the scheduler. Here all that were started."""
        return self.search([("state", "=", "running")], order="id")

    def _work(self):
        """Invoice batch after batch until nothing is left for this worker.

        For workers of their own (jobs, scripts): it commits after each batch.
        """
        self.ensure_one()
        cron = self.env["ir.cron"]  # commits, and tells a scheduler if there is one
        while self._work_on_batch() is not None:
            cron._commit_progress()
        cron._commit_progress()

    # === ONE BATCH ===#

    def _work_on_batch(self):
        """Claim a batch and invoice it; the caller commits.

        :return: number of months taken; None when there was none left to take, then
            the run is ended if nobody else is at work on it
        """
        self.ensure_one()
        return take_again(self.env.cr, self._claim_and_bill, OperationalError)

    def _claim_and_bill(self):
        self._begin_transaction()
        batch = self._claim(BATCH)
        if batch:
            self._bill(batch)
        else:
            self._finish()
        return len(batch) or None

    def _begin_transaction(self):
        """See what others committed, now and during this transaction.

        Under Odoo's own isolation a worker would fail on rows that another one
        committed meanwhile, and would number invoices after an old state of the
        journal.
        """
        self.env.cr.rollback()
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def _claim(self, limit):
        """Lock months that are due and that no other worker holds."""
        return self._find_claimable(
            limit, SQL("FOR NO KEY UPDATE OF month SKIP LOCKED")
        )

    def _find_claimable(self, limit, lock=None):
        """Months this run may invoice now: due, not failed in it, and the first one of
        their contract without an invoice, so that months are invoiced in their order
        and what is behind a failed one waits."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month.id
                  FROM waas_installment month
                  JOIN contract_contract contract ON contract.id = month.contract_id
                  JOIN waas_invoice_run run ON run.id = %(run)s
                 WHERE run.state = 'running'
                   AND month.move_id IS NULL
                   AND month.company_id = run.company_id
                   AND month.date_start <= run.date
                   AND (month.error IS NULL OR month.run_id IS DISTINCT FROM run.id)
                   AND (month.run_id = run.id OR run.is_retry IS NOT TRUE)
                   AND contract.waas_state IN %(states)s
                   AND NOT EXISTS (
                       SELECT FROM waas_installment earlier
                        WHERE earlier.contract_id = month.contract_id
                          AND earlier.number < month.number
                          AND earlier.move_id IS NULL)
                 ORDER BY month.contract_id
                 LIMIT %(limit)s
                 %(lock)s
                """,
                run=self.id,
                states=BILLED_STATES,
                limit=limit,
                lock=lock or SQL(),
            )
        )
        return self.env["waas.installment"].browse(id_ for (id_,) in rows)

    def _get_due_domain(self):
        """What is to be invoiced up to the day of the run, and was not."""
        self.ensure_one()
        domain = fields.Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("date_start", "<=", self.date),
                ("move_id", "=", False),
                ("contract_id.waas_state", "in", BILLED_STATES),
            ]
        )
        if self.is_retry:
            domain &= fields.Domain("run_id", "=", self.id)
        return domain

    def _bill(self, batch):
        """Invoice months; those with a problem are noted, the others go on."""
        problems = batch._get_billing_problems(self.invoice_date)
        for month, problem in problems.items():
            month._fail(self, problem)
        # Whatever is broken about one contract, in whichever addon it shows: the
        # others get their invoices, and this one its reason.
        work_isolating(
            batch.filtered(lambda month: month not in problems),
            self._bill_together,
            lambda month, error: month._fail(self, self._describe(error)),
        )

    def _bill_together(self, batch):
        batch.write({"run_id": self.id, "error": False})
        batch._make_invoices(self.invoice_date, WAY)

    def _describe(self, error):
        """A reason that an accountant can act on."""
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("%s: an invoice failed unexpectedly", self.name)
        return self.env._(
            "Unexpected error, please tell your administrator (the server's log has "
            "all of it): %(error)s",
            error=error,
        )
