from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.also_waas.batches import OF_THE_DATABASE
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, FAILED, PENDING, STARTED
from odoo.addons.queue_job.utils import must_run_without_delay

# Less urgent than what somebody waits for (10), such as a mail or a document.
PRIORITY = 20
# The lane of the job that looks again, later. It never continues itself: a job that
# waits for its hour would keep its successor, who bears the same key, waiting as well.
AGAIN = 0
# Minutes without any job of a run beginning or ending, after which the scheduler works
# on it: nobody runs the queue. A batch takes seconds.
PATIENCE = 5


class WaasInvoiceRun(models.Model):
    """A run in jobs, which several workers and machines share.

    Each job is one batch, and calls the next one in the transaction of its batch: both
    happen or neither does. There are as many such chains (lanes) as the company wants
    parallel jobs; which months a job takes is decided by the locks of the database, so
    a job that is killed, repeated or too much does no harm.
    """

    _inherit = "waas.invoice.run"

    job_ids = fields.One2many(
        comodel_name="queue.job",
        inverse_name="waas_run_id",
        string="Jobs",
        readonly=True,
        groups="queue_job.group_queue_job_manager",
    )
    # Accountants see how it goes; the jobs themselves are for the administrator.
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
        help="Jobs that gave up. The others go on; without any, Odoo's scheduler does. "
        "Your administrator finds the reason in the list of jobs.",
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
        """Open the jobs of this run: who did what, and how long it took."""
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
            # Jobs would be done within this very transaction; a run commits.
            return super()._dispatch(minutes)
        lanes = range(1, self.company_id.waas_invoicing_jobs + 1)
        # To look again, one is enough; it calls the others if there is work.
        for lane in [AGAIN] if minutes else lanes:
            self._delay_work(lane, minutes)
        return super()._dispatch(minutes + PATIENCE + 1)

    def _delay_work(self, lane, minutes=0):
        """Put a job in the queue, unless this lane has one waiting."""
        self._as_scheduler().with_delay(
            priority=PRIORITY,
            eta=60 * minutes,
            description=self.env._(
                "%(run)s: invoice a batch (%(lane)s)", run=self.name, lane=lane
            ),
            identity_key=f"{self._name}-{self.id}-{lane}",
        )._work_as_job(lane)

    def _as_scheduler(self):
        """Whoever started the run, in whichever language: its invoices are the same as
        when the scheduler works on it."""
        env = api.Environment(self.env.cr, SUPERUSER_ID, {})
        return self.with_env(env).with_company(self.company_id)

    def _job_store_values(self, _job):
        """Hook of queue_job: further values of a job."""
        return {"waas_run_id": self.id}

    @api.model
    def _find_unattended(self):
        """Those at which no job of the queue is at work."""
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
        """Invoice a batch, and call the next one of this lane.

        The job function allows to commit: it gets a cursor of its own for this, while
        that of the queue keeps the job locked. queue_job commits it at the end.

        :return: what the list of jobs says about it
        :raises RetryableJobError: when others were in the way, again and again
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
        """Hook of queue_job: a job gave up. Was it the last, the scheduler goes on."""
        self._call_scheduler(PATIENCE + 1)
