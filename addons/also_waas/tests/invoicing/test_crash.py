"""The run of chapter 6 among processes that die and processes that compete.

These tests commit, and what is posted stays: they want a database that is thrown away
afterwards. ``./waas test`` makes one for them (the suite ``crash``).
"""

import logging
import os
import random
import time
from datetime import date
from unittest.mock import patch

from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.invoicing import waas_invoice_run_batch
from ..common.world import (
    PRICES,
    get_quantities,
)
from .common_crash import FIRST_DAYS, WorkersCommon, get_name

_logger = logging.getLogger(__name__)


CONTRACTS = 220


DELIVERIES = 12


WORKERS = 2


KILLS = 24


# Small batches, so that a few hundred contracts are enough for all these deaths.
BATCH = 4


LAST_BATCH = 25


# Long enough for the slowest machine: whoever waits this long waits for ever.
PATIENCE = 300


TODAY = date(2025, 5, 15)


def work_on_run(env, run_id, batch):
    waas_invoice_run_batch.BATCH = batch
    env["waas.invoice.run"].browse(run_id)._work()


def deliver(env, contract_ids):
    """Contracts start while a run is at work, each in a transaction as a request has
    it: repeated when it meets another one. That they meet is no news."""
    with mute_logger("odoo.sql_db"):
        for contract in env["contract.contract"].browse(contract_ids):
            retrying(lambda contract=contract: contract._waas_activate(TODAY), env)
            env.cr.commit()


@tagged("post_install", "-at_install", "-standard", "crash")
class TestCrash(WorkersCommon):
    """Workers are killed at random moments, again and again: nothing is lost, nothing
    is there twice (R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seed = int(os.environ.get("WAAS_CRASH_SEED") or random.randrange(10**6))
        cls.random = random.Random(cls.seed)
        cls._make_world(
            [FIRST_DAYS[index % len(FIRST_DAYS)] for index in range(CONTRACTS)]
            + [None] * DELIVERIES
        )
        cls.run_id = cls._start_run(TODAY)
        cls.started = cls.killed = cls.killed_at_work = 0
        cls._kill_again_and_again()
        cls._let_it_finish()

    # === WORKERS AND THEIR DEATHS ===#

    @classmethod
    def _start_worker(cls, batch):
        cls.started += 1
        return cls._start_process(work_on_run, cls.run_id, batch)

    @classmethod
    def _measure_batch(cls):
        """How long a batch takes here: what a random moment is a part of."""
        started = time.monotonic()
        with (
            cls._in_transaction() as env,
            patch.object(waas_invoice_run_batch, "BATCH", BATCH),
        ):
            env["waas.invoice.run"].browse(cls.run_id)._work_on_batch()
        return time.monotonic() - started

    @classmethod
    def _kill_again_and_again(cls):
        """One after the other, then two new ones: whoever survives would end the run on
        a fast machine while the next one still connects."""
        cls.batch_seconds = cls._measure_batch()
        while cls.killed_at_work < KILLS and cls._is_running():
            victims = [cls._start_worker(BATCH) for _number in range(WORKERS)]
            cls.random.shuffle(victims)
            for victim in victims:
                cls._wait_for_work(victim)
                time.sleep(cls.random.uniform(0, cls.batch_seconds))
                cls._kill(victim)

    @classmethod
    def _wait_for_work(cls, process):
        """Until it has begun: else most would die while they still connect."""
        while process.is_alive() and not cls._is_at_work(process):
            time.sleep(0.002)

    @classmethod
    def _kill(cls, process):
        """SIGKILL; note whether it hit a batch that was claimed and not committed."""
        at_work = cls._is_at_work(process)
        process.kill()
        process.join()
        cls.killed += 1
        cls.killed_at_work += at_work

    @classmethod
    def _is_at_work(cls, process):
        """Whether a process holds months in an open transaction."""
        with cls.registry.cursor() as cr:
            cr.execute(
                """
                SELECT FROM pg_stat_activity activity
                  JOIN pg_locks held ON held.pid = activity.pid
                 WHERE activity.datname = current_database()
                   AND activity.application_name = %s
                   AND held.relation = 'waas_installment'::regclass
                   AND held.mode IN ('RowShareLock', 'RowExclusiveLock')
                 LIMIT 1
                """,
                [get_name(process.pid)],
            )
            return bool(cr.rowcount)

    @classmethod
    def _let_it_finish(cls):
        """Two workers to the end, and deliveries at the same time."""
        cls.kills_came_in_time = cls._is_running()
        delivery = cls._start_process(deliver, cls.contract_ids[CONTRACTS:])
        patience = time.monotonic() + PATIENCE
        while cls._is_running() and time.monotonic() < patience:
            alive = [
                process
                for process in cls.workers
                if process.is_alive() and process != delivery
            ]
            while len(alive) < WORKERS:
                alive.append(cls._start_worker(LAST_BATCH))
            alive[0].join(0.5)
        for process in cls.workers:
            process.join(PATIENCE)
        cls.delivered = delivery.exitcode == 0

    # === WHAT IS FOUND AFTERWARDS ===#

    def _get_due(self):
        """How many months of each contract were due, by the calendar alone."""
        due = {
            contract: TODAY.month - FIRST_DAYS[index % len(FIRST_DAYS)].month
            for index, contract in enumerate(self.contract_ids[:CONTRACTS])
        }
        return due | dict.fromkeys(self.contract_ids[CONTRACTS:], 1)

    def _get_amounts(self):
        """What each contract costs a month, by its prices alone."""
        return {
            contract: round(
                sum(PRICES[name] * qty for name, qty in get_quantities(index).items()),
                2,
            )
            for index, contract in enumerate(self.contract_ids)
        }

    def test_the_kills_hit_work_in_progress(self):
        invoices = self._query(
            "SELECT COUNT(*) FROM account_move "
            "WHERE state = 'posted' AND waas_contract_id = ANY(%s)",
            self.contract_ids,
        )
        self.told = (
            f"seed {self.seed}: {self.killed} workers killed, {self.killed_at_work} of "
            f"them within a batch; {self.started} started; {len(self.contract_ids)} "
            f"contracts, {sum(self._get_due().values())} months due, "
            f"{invoices[0][0]} invoices posted"
        )
        _logger.info("%s", self.told)
        self.assertTrue(self.kills_came_in_time, "The run ended before the last kill.")
        self.assertGreaterEqual(self.killed_at_work, KILLS)

    def test_the_run_ends_and_nothing_failed(self):
        with self._in_transaction() as env:
            run = env["waas.invoice.run"].browse(self.run_id)
            self.assertEqual(run.state, "done")
            self.assertFalse(run.failure_ids)
            self.assertEqual(run.waiting_count, 0)
            self.assertEqual(run.progress, 100.0)
        self.assertTrue(self.delivered)

    def test_r13_no_month_is_lost(self):
        found = self._query(
            """
            SELECT contract_id, COUNT(*) FROM waas_installment month
              JOIN account_move move ON move.id = month.move_id
             WHERE move.state = 'posted' AND contract_id = ANY(%s)
             GROUP BY contract_id
            """,
            self.contract_ids,
        )
        self.assertEqual(dict(found), self._get_due())

    def test_r13_the_months_of_a_contract_are_invoiced_without_a_gap(self):
        found = self._query(
            """
            SELECT contract_id, MAX(number) FILTER (WHERE move_id IS NOT NULL)
              FROM waas_installment WHERE contract_id = ANY(%s) GROUP BY contract_id
            """,
            self.contract_ids,
        )
        self.assertEqual(dict(found), self._get_due())

    def test_r13_no_month_is_invoiced_twice(self):
        twice = self._query(
            """
            SELECT contract_line_id, waas_installment_id FROM account_move_line
             WHERE contract_line_id IS NOT NULL
             GROUP BY 1, 2 HAVING COUNT(*) > 1
            """
        )
        self.assertFalse(twice)
        invoices = self._query(
            "SELECT waas_contract_id, COUNT(*) FROM account_move "
            "WHERE waas_contract_id = ANY(%s) GROUP BY 1",
            self.contract_ids,
        )
        self.assertEqual(dict(invoices), self._get_due())
        shared = self._query(
            "SELECT move_id FROM waas_installment WHERE move_id IS NOT NULL "
            "GROUP BY 1 HAVING COUNT(*) > 1"
        )
        self.assertFalse(shared)

    def test_the_numbers_of_the_invoices_have_no_gap_and_none_is_there_twice(self):
        names = self._query(
            "SELECT journal_id, sequence_prefix, COUNT(*), "
            "COUNT(DISTINCT sequence_number), MIN(sequence_number), "
            "MAX(sequence_number) FROM account_move "
            "WHERE state = 'posted' GROUP BY 1, 2"
        )
        self.assertTrue(names)
        for _journal, prefix, count, distinct, first, last in names:
            with self.subTest(prefix):
                self.assertEqual((count, distinct, first), (last, last, 1))
        # What was rolled back left no draft and no number behind.
        self.assertEqual(
            self._query("SELECT COUNT(*) FROM account_move WHERE state != 'posted'"),
            [(0,)],
        )

    def test_every_invoice_balances_and_is_its_months_amount(self):
        unbalanced = self._query(
            "SELECT move_id FROM account_move_line GROUP BY 1 HAVING SUM(balance) != 0"
        )
        self.assertFalse(unbalanced)
        amounts = self._get_amounts()
        found = self._query(
            """
            SELECT month.contract_id, move.amount_untaxed, month.amount,
                   (SELECT SUM(line.price_subtotal) FROM account_move_line line
                     WHERE line.move_id = move.id AND line.display_type = 'product'),
                   (SELECT COUNT(*) FROM account_move_line line
                     WHERE line.move_id = move.id AND line.display_type = 'product')
              FROM waas_installment month
              JOIN account_move move ON move.id = month.move_id
             WHERE month.contract_id = ANY(%s)
            """,
            self.contract_ids,
        )
        lines = {
            contract: len(get_quantities(index))
            for index, contract in enumerate(self.contract_ids)
        }
        for contract, untaxed, month, subtotals, count in found:
            self.assertEqual({float(untaxed), float(month)}, {amounts[contract]})
            self.assertAlmostEqual(float(subtotals), amounts[contract], 6)
            self.assertEqual(count, lines[contract])

    def test_the_sum_of_the_invoices_is_the_sum_of_the_months(self):
        expected = sum(
            round(100 * self._get_amounts()[contract]) * months
            for contract, months in self._get_due().items()
        )
        ((invoiced,),) = self._query(
            "SELECT SUM(amount_untaxed) FROM account_move "
            "WHERE waas_contract_id = ANY(%s)",
            self.contract_ids,
        )
        self.assertEqual(round(100 * float(invoiced)), expected)
        with self._in_transaction() as env:
            contracts = env["contract.contract"].browse(self.contract_ids)
            self.assertAlmostEqual(
                100 * sum(contracts.mapped("waas_invoiced_amount")), expected, 2
            )

    def test_the_neighbour_knows_up_to_when_is_invoiced(self):
        wrong = self._query(
            """
            SELECT line.id FROM contract_line line
             WHERE line.contract_id = ANY(%s)
               AND line.last_date_invoiced IS DISTINCT FROM (
                   SELECT MAX(date_end) FROM waas_installment month
                    WHERE month.contract_id = line.contract_id
                      AND month.move_id IS NOT NULL)
            """,
            self.contract_ids,
        )
        self.assertFalse(wrong)

    def test_nobody_is_left_in_the_middle_of_a_transaction(self):
        self.assertFalse(
            self._query(
                "SELECT pid, state, query FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid != pg_backend_pid() "
                "AND backend_type = 'client backend' AND xact_start IS NOT NULL"
            )
        )
