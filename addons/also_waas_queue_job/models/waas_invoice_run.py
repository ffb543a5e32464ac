from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.also_waas.batches import OF_THE_DATABASE
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, FAILED, PENDING, STARTED
from odoo.addons.queue_job.utils import must_run_without_delay

# Less urgent than jobs that users wait for (10), such as a mail or a document.
PRIORITY = 20
# The lane of the job that checks again later. It never continues itself: while it waits
# for its time, its successor with the same identity key would wait as well.
AGAIN = 0
# Minutes without a job of a run starting or ending, after which the scheduler takes
# over: the queue is not running. A batch takes seconds.
PATIENCE = 5


class WaasInvoiceRun(models.Model):
    """An invoice run in jobs, which several workers and machines share.

    Each job is one batch, and creates the next job in the transaction of its batch:
    both are committed or neither. There are as many such chains (lanes) as the company
    wants parallel jobs. Locks of the database decide which months a job takes, so a job
    that is killed, repeated or superfluous is harmless.
    """

    _inherit = "waas.invoice.run"

    job_ids = fields.One2many(
        comodel_name="queue.job",
        inverse_name="waas_run_id",
        string="Jobs",
        readonly=True,
        groups="queue_job.group_queue_job_manager",
    )
    # Accountants see the progress; the jobs themselves are for the administrator.
    job_count = fields.Integer(
        string="Number of Jobs", compute="_compute_job_count", compute_sudo=True
    )
    open_job_count = fields.Integer(
        string="Jobs at Work",
        compute="_compute_job_count",
        compute_sudo=True,
        help="Jobs of the queue that work on this run or are about to.",
    )
    failed_job_count = fields.Integer(
        string="Failed Jobs",
        compute="_compute_job_count",
        compute_sudo=True,
        help="Jobs that failed. The other jobs continue; without any, Odoo's "
        "scheduler does. Your administrator finds the reason in the list of "
        "jobs.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("job_ids.state")
    def _compute_job_count(self):
        counts = {}
        for run, state, count in self.env["queue.job"]._read_group(
            [("waas_run_id", "in", self.ids)], ["waas_run_id", "state"], ["__count"]
        ):
            counts.setdefault(run, {})[state] = count
        for run in self:
            by_state = counts.get(run._origin, {})
            run.job_count = sum(by_state.values())
            run.open_job_count = sum(
                by_state.get(state, 0) for state in (PENDING, ENQUEUED, STARTED)
            )
            run.failed_job_count = by_state.get(FAILED, 0)

    # === ACTIONS ===#

    def action_view_jobs(self):
        """Open the jobs of this run: their results, and how long they took."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "queue_job.action_queue_job"
            ),
            "domain": [("waas_run_id", "=", self.id)],
            "context": {},
        }

    # === LIFE CYCLE ===#

    def _dispatch(self, minutes=0):
        if must_run_without_delay(self.env):
            # Without delay, jobs would run in this very transaction; a run commits.
            return super()._dispatch(minutes)
        lanes = range(1, self.company_id.waas_invoicing_jobs + 1)
        # One job is enough to check again; it creates the others if there is work.
        for lane in [AGAIN] if minutes else lanes:
            self._delay_work(lane, minutes)
        return super()._dispatch(minutes + PATIENCE + 1)

    def _delay_work(self, lane, minutes=0):
        """Queue a job, unless this lane has one waiting."""
        self._as_scheduler().with_delay(
            priority=PRIORITY,
            eta=60 * minutes,
            description=self.env._(
                "%(run)s: invoice a batch (%(lane)s)", run=self.name, lane=lane
            ),
            identity_key=f"{self._name}-{self.id}-{lane}",
        )._work_as_job(lane)

    def _as_scheduler(self):
        """As superuser, without a language: the invoices are those of the scheduler,
        for any user who starts the run."""
        env = api.Environment(self.env.cr, SUPERUSER_ID, {})
        return self.with_env(env).with_company(self.company_id)

    def _job_store_values(self, _job):
        """Hook of queue_job: further values of a job."""
        return {"waas_run_id": self.id}

    @api.model
    def _find_unattended(self):
        """Runs without an active job in the queue."""
        runs = super()._find_unattended()
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=PATIENCE)
        lately = Domain.OR(
            Domain(name, ">", since)
            for name in ("date_created", "date_started", "date_done")
        )
        jobs = self.env["queue.job"].search(
            Domain("waas_run_id", "in", runs.ids) & lately
        )
        return runs - jobs.waas_run_id

    # === JOBS ===#

    def _work_as_job(self, lane):
        """Invoice a batch, and queue the next job of this lane.

        The job function allows commits: it gets a cursor of its own for this, while
        that of the queue keeps the job locked. queue_job commits it at the end.

        :return: the result that the list of jobs shows
        :raises RetryableJobError: after repeated conflicts with other transactions
        """
        self.ensure_one()
        try:
            number = self._work_on_batch()
        except OF_THE_DATABASE as error:
            raise RetryableJobError(str(error)) from error
        if number is None:
            return self.env._("Nothing is left for this worker.")
        if lane == AGAIN:
            self._dispatch()
        else:
            self._delay_work(lane)
        return self.env._("Months: %(number)s", number=number)

    def _job_failed(self, **_failure):
        """Hook of queue_job: a job failed for good. After the last one, the scheduler
        takes over."""
        self._call_scheduler(PATIENCE + 1)
