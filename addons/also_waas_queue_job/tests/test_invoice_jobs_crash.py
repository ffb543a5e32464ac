import time
from datetime import date

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.also_waas.models.invoicing import waas_invoice_run_batch
from odoo.addons.also_waas.tests.invoicing.common_crash import WorkersCommon
from odoo.addons.also_waas.tests.invoicing.test_crash import PATIENCE
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.runner import Database

TODAY = date(2025, 5, 15)
KILLS = 5
BATCH = 8


def run_job(env, uuid):
    """What an Odoo worker does when the queue asks it to run a job."""
    # Nobody undoes this test: the job commits as it does for users.
    config["test_enable"] = False
    waas_invoice_run_batch.BATCH = BATCH
    controller = RunJobController()
    if job := controller._acquire_job(env, uuid):
        controller._runjob(env, job)


@tagged("post_install", "-at_install", "-standard", "crash")
class TestJobsCrash(WorkersCommon):
    """Jobs are performed in processes of their own, by queue_job's own code; some are
    killed, found dead and put back (R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_world([date(2025, 1, 31)] * 40)
        cls.run_id = cls._start_run(TODAY)
        cls.at_work = {}
        cls.killed = cls.requeued = 0
        patience = time.monotonic() + PATIENCE
        while cls._is_running() and time.monotonic() < patience:
            cls._put_back()
            cls._hand_out()
            cls._wait_or_kill()
        for process in cls.workers:
            process.join(PATIENCE)

    @classmethod
    def _put_back(cls):
        """What the runner of the queue does with jobs that it finds dead."""
        cls.at_work = {
            uuid: process for uuid, process in cls.at_work.items() if process.is_alive()
        }
        with cls._in_transaction() as env:
            # It does not believe it for ten seconds; so long ago it was.
            env.cr.execute(
                "UPDATE queue_job SET date_enqueued = date_enqueued - INTERVAL '1 min' "
                "WHERE state IN ('enqueued', 'started') AND uuid != ALL(%s)",
                [list(cls.at_work)],
            )
            env.cr.execute(Database._query_requeue_dead_jobs(None))
            cls.requeued += env.cr.rowcount

    @classmethod
    def _hand_out(cls):
        """What the runner does with jobs that wait: two at a time. (Here they do not
        wait for their hour.)"""
        with cls._in_transaction() as env:
            uuids = (
                env["queue.job"]
                .search(
                    [("state", "=", "pending")],
                    order="id",
                    limit=2 - len(cls.at_work),
                )
                .mapped("uuid")
            )
            for uuid in uuids:
                job = Job.load(env, uuid)
                job.set_enqueued()
                job.store()
        for uuid in uuids:
            cls.at_work[uuid] = cls._start_process(run_job, uuid)

    @classmethod
    def _wait_or_kill(cls):
        for process in list(cls.at_work.values())[:1]:
            process.join(0.1 + 0.05 * cls.killed if cls.killed < KILLS else PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
                cls.killed += 1

    def test_r13_every_month_is_invoiced_once(self):
        self.assertEqual(
            self._query(
                "SELECT state FROM waas_invoice_run WHERE id = %s", self.run_id
            ),
            [("done",)],
        )
        months = self._query(
            "SELECT COUNT(*), COUNT(DISTINCT move_id) FROM waas_installment "
            "WHERE contract_id = ANY(%s) AND move_id IS NOT NULL",
            self.contract_ids,
        )
        self.assertEqual(months, [(160, 160)])
        invoices = self._query(
            "SELECT COUNT(*), COUNT(DISTINCT name) FROM account_move "
            "WHERE waas_contract_id = ANY(%s) AND state = 'posted'",
            self.contract_ids,
        )
        self.assertEqual(invoices, [(160, 160)])

    def test_jobs_were_killed_and_put_back(self):
        jobs = self._query("SELECT state, COUNT(*) FROM queue_job GROUP BY 1")
        self.told = (
            f"{self.killed} jobs killed, {self.requeued} found dead and put back; "
            f"jobs afterwards: {dict(jobs)}"
        )
        self.assertGreater(self.killed, 0)
        self.assertGreater(self.requeued, 0)
        self.assertNotIn("failed", dict(jobs))
