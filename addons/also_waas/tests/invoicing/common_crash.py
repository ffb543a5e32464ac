import multiprocessing
import os
from contextlib import contextmanager
from datetime import date

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name

from ..common.world import (
    make_catalogue,
    make_contracts,
    make_parties,
)

# Months that end on another day than they began: 31 January, 28 February, 31 March ...
FIRST_DAYS = [date(2025, month, day) for month in (1, 3) for day in (28, 29, 30, 31)]


def get_name(pid=None):
    return f"waas-worker-{pid or os.getpid()}"


def in_process(database, work, *args):
    """Do ``work(env, *args)`` in a process of its own, with a connection of its own
    that bears the number of the process."""
    with Registry(database).cursor() as cr:
        cr.execute("SELECT set_config('application_name', %s, false)", [get_name()])
        cr.commit()  # pylint: disable=invalid-commit  # nobody else has this cursor
        work(api.Environment(cr, SUPERUSER_ID, {}), *args)


@tagged("post_install", "-at_install", "-standard", "crash")
class WorkersCommon(BaseCase):
    """Transactions and processes of their own, on a database with running contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.workers = []
        cls.addClassCleanup(cls._stop_workers)

    @classmethod
    @contextmanager
    def _in_transaction(cls):
        """A transaction of its own, committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _make_world(cls, starts):
        with cls._in_transaction() as env:
            contracts = make_contracts(
                env, make_catalogue(env), make_parties(env, customers=30), starts
            )
            cls.contract_ids = contracts.ids
        with cls._in_transaction() as env:
            # As the database of a company that has been working with it.
            env.cr.execute("ANALYZE")

    @classmethod
    def _start_run(cls, day):
        with cls._in_transaction() as env:
            run = env["waas.invoice.run"].create({"date": day, "invoice_date": day})
            run._start()
            return run.id

    @classmethod
    def _is_running(cls):
        with cls._in_transaction() as env:
            return env["waas.invoice.run"].browse(cls.run_id).state == "running"

    @classmethod
    def _start_process(cls, work, *args):
        # A connection must not be shared with the process that is split off.
        sql_db.close_all()
        process = multiprocessing.get_context("fork").Process(
            target=in_process, args=(get_db_name(), work, *args), daemon=True
        )
        process.start()
        cls.workers.append(process)
        return process

    @classmethod
    def _stop_workers(cls):
        for process in cls.workers:
            process.kill()
            process.join()

    def _query(self, query, *args):
        """Rows as another program sees them: of what is committed."""
        with self.registry.cursor() as cr:
            cr.execute(query, args)
            return cr.fetchall()
