from contextlib import suppress
from unittest.mock import patch

from psycopg2 import Error
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from ...batches import (
    OF_THE_DATABASE,
    TRIES,
    take_again,
    work_in_batches,
    work_isolating,
)


@tagged("post_install", "-at_install")
class TestBatches(TransactionCase):
    """Scheduled actions work in small transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Partner {index}"} for index in range(5)]
        )

    def setUp(self):
        super().setUp()
        self.events = []
        self._patch("commit")
        self._patch("rollback")

    def _patch(self, name):
        patcher = patch.object(self.env.cr, name, lambda: self.events.append(name))
        patcher.start()
        self.addCleanup(patcher.stop)

    def _note(self, batch):
        self.events.append(len(batch))

    def test_each_batch_is_committed(self):
        self.assertTrue(work_in_batches(self.partners, 2, self._note))
        self.assertEqual(self.events, ["commit", 2, "commit", 2, "commit", 1, "commit"])

    def test_it_stops_when_the_time_is_over(self):
        seconds = iter((1.0, 0.0))
        cron_class = self.registry["ir.cron"]
        with patch.object(
            cron_class,
            "_commit_progress",
            lambda cron, *_args, **_kwargs: next(seconds),
        ):
            self.assertFalse(work_in_batches(self.partners, 2, self._note))
        self.assertEqual(self.events, [2])

    def test_what_somebody_else_holds_is_left_alone(self):
        held, free = self.partners[0], self.partners[1:]
        partner_class = self.registry["res.partner"]
        with patch.object(
            partner_class,
            "try_lock_for_update",
            lambda partners, **_kwargs: partners & free,
        ):
            work_in_batches(held, 2, self._note)
            work_in_batches(held | free[0], 2, self._note)
        self.assertEqual(self.events, ["commit", "commit", "commit", 1, "commit"])

    def test_a_batch_that_met_another_transaction_is_taken_again(self):
        def meet(batch):
            self._note(batch)
            if self.events.count("rollback") < 2:
                raise SerializationFailure

        work_in_batches(self.partners[:1], 2, meet)
        self.assertEqual(
            self.events, ["commit", 1, "rollback", 1, "rollback", 1, "commit"]
        )

    def test_it_gives_up_in_the_end(self):
        def meet(_batch):
            raise SerializationFailure

        with self.assertRaises(SerializationFailure):
            work_in_batches(self.partners, 5, meet)
        self.assertEqual(self.events.count("rollback"), TRIES)

    # === ONE THAT KEEPS THE OTHERS FROM IT ===#

    def _rename_all_but(self, bad, error):
        def rename(partners):
            partners.write({"name": "Renamed"})
            if bad in partners:
                raise error

        return rename

    def test_one_that_fails_is_found_and_the_others_are_done(self):
        failed = []
        work_isolating(
            self.partners,
            self._rename_all_but(self.partners[3], UserError("broken")),
            lambda partner, error: failed.append((partner, str(error))),
        )
        self.assertEqual(failed, [(self.partners[3], "broken")])
        self.assertEqual(
            self.partners.mapped("name"),
            ["Renamed", "Renamed", "Renamed", "Partner 3", "Renamed"],
        )

    def test_an_error_of_the_database_is_nobodys(self):
        with self.assertRaises(SerializationFailure):
            work_isolating(
                self.partners,
                self._rename_all_but(self.partners[3], SerializationFailure()),
                lambda partner, error: self.fail("blamed on a record"),
            )

    def test_only_the_expected_errors_are_isolated(self):
        with self.assertRaises(ZeroDivisionError):
            work_isolating(
                self.partners,
                self._rename_all_but(self.partners[3], ZeroDivisionError()),
                lambda partner, error: self.fail("not what was expected"),
                errors=UserError,
            )


@tagged("post_install", "-at_install")
class TestLostConnection(TransactionCase):
    """I10: the connection of a worker is killed within a batch."""

    def setUp(self):
        super().setUp()
        # One of its own, as the worker's: that of the tests is to live on.
        self.cr = db_connect(get_db_name()).cursor()
        self.addCleanup(self._close)
        env = api.Environment(self.cr, SUPERUSER_ID, {})
        self.partners = env["res.partner"].search([], limit=4)
        self.calls = []

    def _close(self):
        with suppress(Error):
            self.cr.close()

    def _die(self, partners):
        self.calls.append(partners)
        self.cr.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    @mute_logger("odoo.sql_db")
    def test_i10_a_lost_connection_is_nobodys_and_ends_the_batch(self):
        def step():
            work_isolating(
                self.partners,
                self._die,
                lambda partner, error: self.fail("blamed on a record"),
            )

        with self.assertRaises(Error):
            take_again(self.cr, step, OF_THE_DATABASE)
        self.assertEqual(self.calls, [self.partners])  # neither halved nor repeated
