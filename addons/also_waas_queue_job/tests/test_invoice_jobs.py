from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import DeadlockDetected

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.also_waas.models.invoicing import waas_invoice_run_batch
from odoo.addons.also_waas.tests.common.cases import WaasCommon
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import trap_jobs

START = date(2026, 1, 31)
TODAY = date(2026, 4, 15)


class InvoiceJobsCommon(WaasCommon):
    """Three contracts with three months to invoice each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TODAY))
        cls.contracts = cls._create_contract(START) + cls._create_contract(START)
        cls.contracts += cls._create_contract(START, months=36, quantity=3)
        cls.invoice_run = cls._create_run(TODAY)
        cls.startClassPatcher(patch.object(waas_invoice_run_batch, "BATCH", 2))

    def _get_invoices(self):
        return self.contracts.waas_installment_ids.move_id

    def _perform(self, trap):
        """Perform the jobs and those they call, until none is left."""
        performed = 0
        while trap.enqueued_jobs:
            performed += len(trap.enqueued_jobs)
            with self.enter_registry_test_mode(), self._working():
                trap.perform_enqueued_jobs()
        return performed


@tagged("post_install", "-at_install")
class TestEnqueue(InvoiceJobsCommon):
    """What a run puts in the queue."""

    def test_a_run_that_is_started_becomes_parallel_jobs(self):
        with trap_jobs() as trap:
            self.invoice_run.action_start()
            trap.assert_jobs_count(4, only=self.invoice_run.sudo()._work_as_job)
            prefix = f"waas.invoice.run-{self.invoice_run.id}"
            for lane in (1, 2, 3, 4):
                trap.assert_enqueued_job(
                    self.invoice_run.sudo()._work_as_job,
                    args=(lane,),
                    properties={
                        "identity_key": f"{prefix}-{lane}",
                        "priority": 20,
                    },
                )
        for job in trap.enqueued_jobs:
            self.assertEqual(job.channel, "root.waas_invoicing")
            self.assertTrue(job.job_config.allow_commit)
            self.assertEqual(job.job_config.retry_pattern[1], 5)
            self.assertEqual(job.job_config.on_fail_method_name, "_job_failed")
            self.assertFalse(job.eta)

    def test_the_company_says_how_many(self):
        self.also.waas_invoicing_jobs = 2
        with trap_jobs() as trap:
            self.invoice_run.action_start()
            trap.assert_jobs_count(2)
        with self._assert_violates():
            self.also.waas_invoicing_jobs = 0

    def test_jobs_work_as_the_scheduler_does_whoever_started_the_run(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        with trap_jobs() as trap:
            self.invoice_run.with_context(lang="nl_NL").action_start()
        for job in trap.enqueued_jobs:
            self.assertEqual(job.env.uid, SUPERUSER_ID)
            self.assertEqual(job.env.company, self.also)
            self.assertFalse(job.env.context.get("lang"))

    def test_the_run_of_the_day_becomes_jobs_too(self):
        with trap_jobs() as trap:
            runs = self.env["waas.invoice.run"].with_user(SUPERUSER_ID)
            runs._cron_open()
            trap.assert_jobs_count(4)

    def test_a_lane_has_one_job_waiting(self):
        self.invoice_run.action_start()
        jobs = self.invoice_run.sudo().job_ids
        self.assertEqual(len(jobs), 4)
        self.invoice_run.sudo()._dispatch()
        self.assertEqual(self.invoice_run.sudo().job_ids, jobs)
        # One that was killed is put back; meanwhile it had called the next one.
        jobs[0].state = "started"
        self.invoice_run.sudo()._dispatch()
        self.assertEqual(len(self.invoice_run.sudo().job_ids), 5)

    def test_to_look_again_one_job_is_enough(self):
        with trap_jobs() as trap:
            self.invoice_run.sudo()._dispatch(minutes=1)
            trap.assert_jobs_count(1)
            self.assertTrue(trap.enqueued_jobs[0].eta)
            # It keeps no lane from going on at once.
            self.invoice_run.sudo()._dispatch()
            self.assertEqual(len(trap.enqueued_jobs), 5)
            self.assertEqual(len([job for job in trap.enqueued_jobs if job.eta]), 1)

    def test_without_a_queue_the_scheduler_does_it(self):
        self.invoice_run.with_context(queue_job__no_delay=True).action_start()
        self.assertEqual(self.invoice_run.state, "running")
        self.assertFalse(self.invoice_run.sudo().job_ids)
        self.assertFalse(self._get_invoices())
        self.assertEqual(self.invoice_run.sudo()._find_unattended(), self.invoice_run)


@tagged("post_install", "-at_install")
class TestPerform(InvoiceJobsCommon):
    """What the jobs do (R13)."""

    def test_r13_jobs_invoice_everything_once(self):
        with trap_jobs() as trap:
            self.invoice_run.action_start()
            self.assertGreater(self._perform(trap), 4)
        self.assertEqual(self.invoice_run.state, "done")
        self.assertEqual(self.invoice_run.invoiced_count, 9)
        self.assertEqual(len(self._get_invoices()), 9)

    def test_a_job_does_a_batch_and_calls_the_next_one(self):
        with trap_jobs():
            self.invoice_run.action_start()
        with trap_jobs() as trap, self._working():
            result = self.invoice_run.sudo()._work_as_job(3)
            trap.assert_jobs_count(1)
            trap.assert_enqueued_job(self.invoice_run.sudo()._work_as_job, args=(3,))
        self.assertEqual(result, "Months: 2")
        self.assertEqual(self.invoice_run.invoiced_count, 2)

    def test_the_job_that_looks_again_calls_the_others_if_there_is_work(self):
        with trap_jobs():
            self.invoice_run.action_start()
        with trap_jobs() as trap, self._working():
            self.invoice_run.sudo()._work_as_job(0)
            trap.assert_jobs_count(4)
            self.assertEqual([job.args[0] for job in trap.enqueued_jobs], [1, 2, 3, 4])

    def test_r13_a_job_that_is_done_twice_does_no_harm(self):
        self.invoice_run.action_start()
        job = Job.load(self.env, self.invoice_run.sudo().job_ids[0].uuid)
        with self.enter_registry_test_mode(), self._working():
            job.perform()
            while job.perform() != "Nothing is left for this worker.":
                pass
        self.assertEqual(self.invoice_run.state, "done")
        self.assertEqual(len(self._get_invoices()), 9)

    def test_the_jobs_of_a_cancelled_run_stop(self):
        with trap_jobs() as trap:
            self.invoice_run.action_start()
            self.invoice_run.action_cancel()
            self.assertEqual(self._perform(trap), 4)
        self.assertFalse(self._get_invoices())
        self.assertEqual(self.invoice_run.state, "cancelled")

    def test_a_retry_becomes_jobs(self):
        self.contracts[0].waas_installment_ids.amount = 80.0
        with trap_jobs() as trap:
            self.invoice_run.action_start()
            self._perform(trap)
        self.assertEqual(self.invoice_run.failed_count, 1)
        self.contracts[0].waas_installment_ids.amount = 79.0
        with trap_jobs() as trap:
            self.invoice_run.action_retry()
            self._perform(trap)
        self.assertEqual(self.invoice_run.failed_count, 0)
        self.assertEqual(len(self._get_invoices()), 9)

    def test_who_was_in_the_way_is_waited_for(self):
        self.invoice_run.action_start()
        run_class = self.registry["waas.invoice.run"]
        with (
            patch.object(run_class, "_work_on_batch", side_effect=DeadlockDetected),
            self.assertRaises(RetryableJobError),
        ):
            self.invoice_run.sudo()._work_as_job(1)


@tagged("post_install", "-at_install")
class TestSafetyNet(InvoiceJobsCommon):
    """Where the queue does not work, Odoo's scheduler does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice_run.action_start()
        cls.runs = cls.env["waas.invoice.run"].with_user(SUPERUSER_ID)

    def _get_calls(self):
        cron = self.env.ref("also_waas.ir_cron_waas_invoice_run")
        return self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])

    def test_the_scheduler_leaves_a_run_alone_that_jobs_work_on(self):
        with self._working():
            self.runs._cron_work()
        self.assertFalse(self._get_invoices())

    def test_the_scheduler_takes_up_what_no_job_works_on(self):
        with freeze_time("2026-04-15 00:06:00"), self._working():
            self.runs._cron_work()
        self.assertEqual(self.invoice_run.state, "done")
        self.assertEqual(len(self._get_invoices()), 9)

    def test_a_job_that_has_just_ended_counts(self):
        with freeze_time("2026-04-15 00:06:00") as now:
            self.invoice_run.sudo().job_ids[0].date_done = now()
            self.assertFalse(self.runs._find_unattended())
            now.tick(timedelta(minutes=6))
            self.assertEqual(self.runs._find_unattended(), self.invoice_run)

    def test_the_scheduler_looks_after_some_minutes(self):
        self.assertIn(
            "2026-04-15 00:06:00",
            self._get_calls().mapped(lambda call: str(call.call_at)),
        )

    def test_a_job_that_gave_up_calls_the_scheduler(self):
        before = self._get_calls()
        record = self.invoice_run.sudo().job_ids[0]
        job = Job.load(self.env, record.uuid)
        job.set_failed(exc_name="ValueError", exc_message="Broken", exc_info="")
        job.store()
        job.on_fail({"exc_name": "ValueError"})
        self.assertEqual(len(self._get_calls() - before), 1)
        self.assertEqual(self.invoice_run.failed_job_count, 1)
        self.assertEqual(self.invoice_run.open_job_count, 3)


@tagged("post_install", "-at_install")
class TestJobsAreVisible(InvoiceJobsCommon):
    """Accountants see how it goes; the administrator of the queue sees the jobs."""

    def test_accountants_see_how_many_jobs_are_at_work(self):
        self.invoice_run.action_start()
        run = self.invoice_run.with_user(self.accountant)
        self.assertEqual(run.open_job_count, 4)
        self.assertEqual(run.failed_job_count, 0)
        with self.assertRaises(AccessError):
            run.read(["job_ids"])

    def test_the_administrator_of_the_queue_opens_the_jobs(self):
        self.invoice_run.action_start()
        administrator = new_test_user(
            self.env,
            "waas_queue",
            "queue_job.group_queue_job_manager,account.group_account_invoice",
            company_id=self.also.id,
            company_ids=[(6, 0, self.also.ids)],
        )
        run = self.invoice_run.with_user(administrator)
        jobs = run.env["queue.job"].search(run.action_view_jobs()["domain"])
        self.assertEqual(jobs, run.job_ids)
        self.assertEqual(len(jobs), 4)
        self.assertEqual(jobs[0].open_related_action()["res_id"], run.id)
