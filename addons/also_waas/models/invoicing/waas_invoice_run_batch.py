import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ... import batches
from ...batches import take_again, work_isolating
from .waas_invoice_run import BILLED_STATES

_logger = logging.getLogger(__name__)

# Months that are claimed, invoiced and committed together. Larger ones are hardly
# faster; smaller ones lose less when a worker is killed.
BATCH = 400
# How invoices are made (account.move._create_posted): each as fast as it allows.
WAY = "auto"


class WaasInvoiceRun(models.Model):
    """Batches of a run, each a transaction of its own; several workers share them."""

    _inherit = "waas.invoice.run"

    # === SCHEDULED ===#

    @api.model
    def _cron_work(self):
        """Work on the runs that were started, until the scheduler's time is over."""
        cron = self.env["ir.cron"]
        for run in self._find_unattended():
            cron._commit_progress(remaining=run._count(run._get_due_domain()))
            while (number := run._work_on_batch()) is not None:
                in_time = cron._commit_progress(number)
                # Ending a run is cheap: it does not wait for the next call.
                if not in_time and run._find_billable(limit=1):
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
        cron = self.env[
            "ir.cron"
        ]  # commits, and reports to the scheduler if there is one
        while self._work_on_batch() is not None:
            cron._commit_progress()
        cron._commit_progress()

    # === ONE BATCH ===#

    def _work_on_batch(self):
        """Lock a batch and invoice it; the caller commits.

        :return: number of months taken; None when there was none left to take, then
            the run is ended if no other worker is at it
        """
        self.ensure_one()
        return take_again(self.env.cr, self._lock_and_bill, OperationalError)

    def _lock_and_bill(self):
        # Rows that another worker committed are no reason to fail, and invoices are
        # numbered after the journal as it is now.
        batches.begin_transaction(self.env.cr)
        batch = self._lock_batch(BATCH)
        if batch:
            self._bill(batch)
        else:
            self._finish()
        return len(batch) or None

    def _lock_batch(self, limit):
        """Lock months that are due and that no other worker holds."""
        return self._find_billable(limit, SQL("FOR NO KEY UPDATE OF month SKIP LOCKED"))

    def _find_billable(self, limit, lock=None):
        """Months this run may invoice now: due, not failed in it, and the first one of
        their contract without an invoice, so that months are invoiced in their order
        and what is behind a failed one waits.

        The oldest first, by the index of what is due: near the end of a run, what was
        invoiced is not read once more."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month.id
                  FROM waas_installment month
                  JOIN contract_contract contract ON contract.id = month.contract_id
                 WHERE EXISTS (
                       SELECT FROM waas_invoice_run
                        WHERE id = %(run)s AND state = 'running')
                   AND month.move_id IS NULL
                   AND month.company_id = %(company)s
                   AND month.date_start <= %(date)s
                   AND (month.error IS NULL OR month.run_id IS DISTINCT FROM %(run)s)
                   AND (month.run_id = %(run)s OR %(is_retry)s IS NOT TRUE)
                   AND contract.waas_state IN %(states)s
                   AND NOT EXISTS (
                       SELECT FROM waas_installment earlier
                        WHERE earlier.contract_id = month.contract_id
                          AND earlier.number < month.number
                          AND earlier.move_id IS NULL)
                 ORDER BY month.date_start, month.contract_id
                 LIMIT %(limit)s
                 %(lock)s
                """,
                run=self.id,
                company=self.company_id.id,
                date=self.date,
                is_retry=self.is_retry,
                states=BILLED_STATES,
                limit=limit,
                lock=lock or SQL(),
            )
        )
        return self.env["waas.installment"].browse(id_ for (id_,) in rows)

    def _get_due_domain(self):
        """What is to be invoiced up to the day of the run, and was not; nothing while
        somebody enters another day."""
        self.ensure_one()
        if not self.date:
            return Domain.FALSE
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("date_start", "<=", self.date),
                ("move_id", "=", False),
                ("contract_id.waas_state", "in", BILLED_STATES),
            ]
        )
        if self.is_retry:
            domain &= Domain("run_id", "=", self.id)
        return domain

    def _bill(self, batch):
        """Invoice months; problems are noted and do not block the others."""
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
        batch._make_invoices(self.invoice_date, WAY)
        batch.write({"run_id": self.id, "error": False})

    def _describe(self, error):
        """A reason that an accountant can act on."""
        if isinstance(error, UserError):
            return str(error)
        _logger.exception("%s: an invoice failed unexpectedly", self.name)
        return self.env._(
            "Unexpected error, please contact your administrator (the server's log has "
            "all of it): %(error)s",
            error=error,
        )
