from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.tests import TransactionCase, tagged

from .marketplace_server import KEY, MarketplaceServer


@tagged("post_install", "-at_install")
class TestMarketplaceAtOnce(TransactionCase):
    """R9: workers that work at the same moment, and one that dies, in database
    transactions of their own. The messages cancel subscriptions that no license has."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = MarketplaceServer()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self._in_transaction() as env:
            self.marketplace_id = self._create_marketplace(env).id
            self.message_ids = [self._create_message(env).id for _index in range(2)]

    @contextmanager
    def _in_transaction(self):
        """A transaction of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @contextmanager
    def _as_worker(self):
        """A worker that dies at the end of the block, whatever it was doing."""
        with self.registry.cursor() as cr:
            messages = api.Environment(cr, SUPERUSER_ID, {})["waas.marketplace.message"]
            yield messages
            cr.rollback()

    def _create_marketplace(self, env):
        company = env["res.company"].create({"name": "Marketplace at Once"})
        self.company_id = company.id
        return env["waas.marketplace"].create(
            {"company_id": company.id, "base_url": self.server.url, "api_key": KEY}
        )

    def _create_message(self, env):
        subscription = self.server.order_by_hand()
        return env["waas.marketplace.message"]._enqueue(
            env["waas.marketplace"].browse(self.marketplace_id),
            "cancel",
            {"seats": 0, "revision": 2},
            external_id=subscription["id"],
        )

    def _clean_up(self):
        with self._in_transaction() as env:
            env["waas.marketplace.message"].search(
                [("marketplace_id", "=", self.marketplace_id)]
            ).unlink()
            env["waas.marketplace"].browse(self.marketplace_id).unlink()
            env["waas.license.check"].search(
                [("company_id", "=", self.company_id)]
            ).unlink()
            company = env["res.company"].browse(self.company_id)
            company.write({"active": False, "name": f"Gone {company.id}"})

    def _get_states(self):
        with self._in_transaction() as env:
            messages = env["waas.marketplace.message"].browse(self.message_ids)
            return messages.mapped("state")

    def _make_due(self):
        with self._in_transaction() as env:
            messages = env["waas.marketplace.message"].browse(self.message_ids)
            messages.next_try = fields.Datetime.now()

    def test_r9_no_message_is_sent_by_two_workers(self):
        with self._as_worker() as first, self._as_worker() as second:
            self.assertEqual(first._lock_next().id, self.message_ids[0])
            self.assertEqual(second._lock_next().id, self.message_ids[1])
            with self._as_worker() as third:
                self.assertFalse(third._lock_next())
        # Both died: what they held is free again.
        with self._as_worker() as later:
            self.assertEqual(later._lock_next().id, self.message_ids[0])

    def test_r9_a_dead_worker_loses_nothing_and_repeats_one_message(self):
        class Killed(BaseException):
            pass

        message_class = self.registry["waas.marketplace.message"]
        note = message_class._note_answer
        dying = iter((False, True))

        def die_at_the_second(message, subscription):
            if next(dying):
                raise Killed
            return note(message, subscription)

        with (
            self._as_worker() as worker,
            patch.object(message_class, "_note_answer", die_at_the_second),
            self.assertRaises(Killed),
        ):
            worker._cron_send()
        self.assertEqual(self._get_states(), ["done", "pending"])
        self._make_due()
        with self._as_worker() as worker:
            worker._cron_send()
        self.assertEqual(self._get_states(), ["done", "done"])
        keys = [key for _method, _path, key in self.server.requests]
        self.assertEqual((len(keys), len(set(keys))), (3, 2))

    def test_r9_what_was_planned_for_today_survives_the_comparison(self):
        """The comparison begins a new transaction, right after the other action too."""

        def apply(licenses):
            marketplaces = licenses.env["waas.marketplace"]
            marketplaces.browse(self.marketplace_id).name = "Applied"

        with (
            self._as_worker() as worker,
            patch.object(self.registry["waas.license"], "_cron_apply", apply),
        ):
            for name in ("ir_cron_waas_license", "ir_cron_waas_license_check"):
                worker.env.ref(f"also_waas.{name}").ir_actions_server_id.run()
        with self._in_transaction() as env:
            marketplace = env["waas.marketplace"].browse(self.marketplace_id)
            self.assertEqual(marketplace.name, "Applied")
            self.assertTrue(marketplace.last_check)

    def test_r9_an_answer_is_noted_on_what_others_wrote_meanwhile(self):
        """Under Odoo's own isolation the worker would fail, after it had sent."""
        message_class = self.registry["waas.marketplace.message"]
        call = message_class._call

        def be_slow(message):
            with self._in_transaction() as env:
                env["waas.marketplace"].browse(self.marketplace_id).name = "Meanwhile"
            return call(message)

        self.server.mishaps.append("503")
        with (
            self._as_worker() as worker,
            patch.object(message_class, "_call", be_slow),
        ):
            worker._cron_send()
        with self._in_transaction() as env:
            marketplace = env["waas.marketplace"].browse(self.marketplace_id)
            self.assertEqual(marketplace.name, "Meanwhile")
        self.assertEqual(self._get_states(), ["pending", "done"])
