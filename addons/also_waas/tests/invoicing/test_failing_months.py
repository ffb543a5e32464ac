from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestFailingMonths(WaasCommon):
    """E6: one month that fails for five nights is one run and one to-do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.bad = cls._create_contract(cls.today)
        cls.good = cls._create_contract(cls.today)
        # Not what its lines add up to: no invoice is made of it.
        cls.bad.waas_installment_ids.amount = 80.0

    def _night(self):
        """:return: the runs that the night made"""
        runs = self.env["waas.invoice.run"].with_user(SUPERUSER_ID)  # the scheduler
        before = runs.search([])
        runs._cron_open()
        for run in runs.search([("state", "=", "running")]):
            with self._working():
                run._work()
        return runs.search([]) - before

    def _get_todos(self):
        todo_type = self.env.ref("also_waas.todo_run_failed")
        return self.env["mail.activity"].search(
            [("activity_type_id", "=", todo_type.id)]
        )

    def test_e6_one_month_that_fails_for_five_nights(self):
        run = self._night()
        self.assertEqual(run.failed_count, 1)
        self.assertTrue(self.good.waas_installment_ids[0].move_id)
        for _night in range(4):
            self.assertFalse(self._night(), "The same run tries again")
            self.assertEqual(run.state, "done")
            self.assertEqual(run.failed_count, 1)
        todos = self._get_todos()
        self.assertEqual((len(todos), todos.res_id), (1, run.id))

        self.bad.waas_installment_ids.amount = 79.0
        run.with_user(self.accountant).action_retry()
        with self._working():
            run.with_user(SUPERUSER_ID)._work()
        self.assertTrue(self.bad.waas_installment_ids[0].move_id)
        self.assertFalse(self._get_todos())
        self.assertFalse(self._night())

    def test_e6_it_is_invoiced_in_the_night_after_it_was_mended(self):
        run = self._night()
        self.bad.waas_installment_ids.amount = 79.0
        self.assertFalse(self._night())
        self.assertEqual(self.bad.waas_installment_ids[0].run_id, run)
        self.assertEqual(
            self.bad.waas_installment_ids[0].move_id.invoice_date, self.today
        )
        self.assertFalse(self._get_todos())

    def test_e6_a_new_run_takes_the_failures_and_the_to_do_over(self):
        first = self._night()
        later = self._create_contract(self.today)
        second = self._night()
        self.assertEqual(len(second), 1)
        self.assertTrue(later.waas_installment_ids[0].move_id)
        self.assertFalse(first.failure_ids)
        todos = self._get_todos()
        self.assertEqual((len(todos), todos.res_id), (1, second.id))

    def test_e6_what_failed_by_hand_is_taken_by_a_run_of_the_night(self):
        by_hand = self._work(self._create_run(self.today))
        self.assertEqual(by_hand.failed_count, 1)
        [run] = self._night()
        self.assertEqual(run.failed_count, 1)
        self.assertFalse(self._night())
