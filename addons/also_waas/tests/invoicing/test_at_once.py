from contextlib import contextmanager
from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...batches import begin_transaction
from .common_crash import WorkersCommon

LONG_AGO = date(2024, 3, 15)


@tagged("post_install", "-at_install", "-standard", "crash")
class TestAtOnce(WorkersCommon):
    """Two transactions at the same moment want the same months (R13)."""

    def setUp(self):
        super().setUp()
        self._make_world([date(2024, 1, 31)] * 4)
        self.run_id = self._start_run(LONG_AGO)
        self.addCleanup(self._leave_nothing_due)

    def _leave_nothing_due(self):
        with self._in_transaction() as env:
            env["waas.invoice.run"].browse(self.run_id).exists().state = "cancelled"
            contracts = env["contract.contract"].browse(self.contract_ids)
            contracts.waas_state = "cancelled"

    @contextmanager
    def _as_worker(self):
        """A transaction as a worker of the run has it; undone unless committed."""
        with self.registry.cursor() as cr:
            run = api.Environment(cr, SUPERUSER_ID, {})["waas.invoice.run"].browse(
                self.run_id
            )
            begin_transaction(cr)
            yield run
            cr.rollback()

    def _get_numbers(self):
        """The months that have an invoice, by contract."""
        rows = self._query(
            "SELECT contract_id, number FROM waas_installment "
            "WHERE contract_id = ANY(%s) AND move_id IS NOT NULL ORDER BY 1, 2",
            self.contract_ids,
        )
        numbers = {contract: [] for contract in self.contract_ids}
        for contract, number in rows:
            numbers[contract].append(number)
        return [numbers[contract] for contract in self.contract_ids]

    def test_r13_two_workers_never_take_the_same_month(self):
        with self._as_worker() as one, self._as_worker() as two:
            mine, yours = one._lock_batch(2), two._lock_batch(10)
            self.assertEqual(len(mine), 2)
            self.assertEqual(len(yours), 2)
            self.assertFalse(set(mine.ids) & set(yours.ids))
            self.assertFalse(two._lock_batch(1) - yours)

    def test_r13_the_next_month_waits_until_the_one_before_is_committed(self):
        with self._as_worker() as one, self._as_worker() as two:
            batch = one._lock_batch(10)
            self.assertEqual(batch.mapped("number"), [1] * 4)
            one._bill(batch)
            one.env.flush_all()
            self.assertFalse(two._lock_batch(10))
            one.env.cr.commit()
            self.assertEqual(two._lock_batch(10).mapped("number"), [2] * 4)

    def test_r13_a_worker_goes_on_with_what_nobody_holds(self):
        with self._in_transaction() as holder:
            first = holder["contract.contract"].browse(self.contract_ids[0])
            first.waas_installment_ids[0]._lock()
            with self._as_worker() as run:
                run._work()
                self.assertEqual(run.state, "running", "A month is still to come.")
            self.assertEqual(self._get_numbers(), [[], [1, 2], [1, 2], [1, 2]])
        with self._as_worker() as run:
            run._work()
            self.assertEqual(run.state, "done")
        self.assertEqual(self._get_numbers(), [[1, 2]] * 4)

    def test_r13_what_is_held_is_looked_at_again_soon(self):
        cron_id = self._query(
            "SELECT res_id FROM ir_model_data "
            "WHERE name = 'ir_cron_waas_invoice_run' AND module = 'also_waas'"
        )[0]
        count = "SELECT COUNT(*) FROM ir_cron_trigger WHERE cron_id = %s"
        with self._in_transaction() as holder:
            first = holder["contract.contract"].browse(self.contract_ids[0])
            first.waas_installment_ids[0]._lock()
            before = self._query(count, *cron_id)
            with self._as_worker() as run:
                run._work()
        self.assertEqual(self._query(count, *cron_id)[0][0], before[0][0] + 1)

    def test_r13_a_delivery_meets_a_month_that_a_run_holds(self):
        with self._as_worker() as run:
            run._lock_batch(10)
            with (
                self._in_transaction() as env,
                self.assertRaisesRegex(UserError, "An invoice run is at work"),
                mute_logger("odoo.sql_db"),
            ):
                env["contract.contract"].browse(self.contract_ids[0])._waas_invoice_due(
                    LONG_AGO
                )
        self.assertEqual(self._get_numbers(), [[]] * 4)

    def test_r13_a_delivery_that_saw_the_month_before_the_run_invoiced_it(self):
        with self.registry.cursor() as late:
            contract = api.Environment(late, SUPERUSER_ID, {})[
                "contract.contract"
            ].browse(self.contract_ids[0])
            self.assertFalse(contract.waas_installment_ids[0].move_id)
            with self._as_worker() as run:
                run._work()
            with mute_logger("odoo.sql_db"):
                # Odoo starts such a request over; then there is nothing to invoice.
                invoices = retrying(
                    lambda: contract._waas_invoice_due(LONG_AGO), contract.env
                )
            self.assertFalse(invoices)
        self.assertEqual(self._get_numbers(), [[1, 2]] * 4)
