import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common_marketplace import MarketplaceSendingCommon
from .marketplace_common import SHORT_TIMEOUT
from .marketplace_server import KEY


@tagged("post_install", "-at_install")
class TestMarketplaceSending(MarketplaceSendingCommon):
    """R9: what is asked for is done once, whatever happens on the way."""

    def _assert_lost_nothing(self, mishap, words):
        """The message waits, says why, and is done later, once."""
        self.server.mishaps.append(mishap)
        self._send()
        self.assertEqual(self.message.state, "pending")
        self.assertRegex(self.message.error, words)
        self.assertRegex(self.message.log, words)
        self._send()  # too early
        self.assertEqual(self.message.tries, 1)
        self._send_all()
        self.assertEqual(self.message.state, "done")
        self.assertFalse(self.message.error)
        keys = {key for _method, _path, key in self.server.requests}
        self.assertEqual(keys, {self.message.key} if keys else set())
        self.assertEqual(len(self.server.subscriptions), 1)
        self._assert_same_seats(self.license)

    # === WHAT IS SAID ===#

    def test_r9_an_order_says_what_for_whom(self):
        self.assertEqual(
            json.loads(self.message.payload),
            {
                "reference": self.license.reference,
                "sku": "BASIC",
                "seats": 5,
                "revision": 1,
                "contract": self.license.contract_id.name,
                "customer": {
                    "reference": str(self.customer.id),
                    "name": "Customer One",
                    "email": "info@customerone.test",
                    "country": "NL",
                    "vat": "",
                },
            },
        )

    def test_r9_the_outbox_shows_what_was_sent_and_what_came_back(self):
        self._send()
        self.assertRecordValues(
            self.message,
            [
                {
                    "state": "done",
                    "operation": "order",
                    "tries": 1,
                    "failures": 0,
                    "sent_to": self.server.url,
                    "external_id": self.license.external_id,
                }
            ],
        )
        self.assertTrue(self.message.sent_on and self.message.done_on)
        self.assertIn('"sku": "BASIC"', self.message.answer)
        self.assertEqual(self.license.unit_price, 4.5)
        # Of the key, nothing: in no field, in no log.
        for name, value in self.message.sudo().read()[0].items():
            self.assertNotIn(KEY, str(value), name)

    def test_r9_a_change_that_was_undone_is_not_sent(self):
        class Undone(Exception):
            pass

        with self.assertRaises(Undone), self.env.cr.savepoint():
            self.license._change_by(3, fields.Date.context_today(self.license))
            raise Undone
        self.env.invalidate_all()
        self._send_all()
        self.assertEqual(len(self.server.requests), 1)
        self._assert_same_seats(self.license)

    # === WHAT GOES WRONG ===#

    def test_r9_no_answer_in_time(self):
        self.marketplace.sudo().timeout = SHORT_TIMEOUT
        self._assert_lost_nothing("hang", r"did not answer within 0\.4 seconds")

    def test_r9_the_answer_comes_too_late(self):
        self.marketplace.sudo().timeout = SHORT_TIMEOUT
        self._assert_lost_nothing("late", "did not answer within")

    def test_r9_the_answer_trickles_in(self):
        self.marketplace.sudo().timeout = SHORT_TIMEOUT
        self._assert_lost_nothing("trickle", "did not answer within")

    def test_r9_the_connection_breaks(self):
        self._assert_lost_nothing("reset", "cannot be reached")

    def test_r9_the_connection_breaks_after_it_was_done(self):
        self._assert_lost_nothing("done_reset", "cannot be reached")

    def test_r9_the_marketplace_is_out_of_order(self):
        self._assert_lost_nothing("500", "answered 500: Out of order")

    def test_r9_the_marketplace_breaks_down_after_it_was_done(self):
        self._assert_lost_nothing("done_500", "answered 500")

    def test_r9_something_else_answers_in_its_place(self):
        self._assert_lost_nothing("garbage", "not JSON")

    def test_r9_the_answer_is_garbage_after_it_was_done(self):
        self._assert_lost_nothing("done_garbage", "not JSON")

    def test_r9_the_answer_makes_no_sense(self):
        self._assert_lost_nothing("nonsense", "makes no sense: reference")

    def test_r9_the_answer_has_no_end(self):
        self._assert_lost_nothing("huge", "too long")

    def test_r9_the_answer_is_nested_without_end(self):
        self._assert_lost_nothing("deep", "not JSON")

    def test_r9_the_answer_has_half_a_character(self):
        self._assert_lost_nothing("half", r"Half a character: \?")

    def test_r9_the_marketplace_asks_to_wait_for_longer_than_time_lasts(self):
        self._assert_lost_nothing("forever", "answered 503")

    def test_r9_what_stands_between_us_refuses_nothing(self):
        self._assert_lost_nothing("detour", "answered 404")

    def test_r9_a_marketplace_that_repeats_the_key_shows_it_to_nobody(self):
        self._assert_lost_nothing("echo", r"What is \*\*\*")
        self.assertNotIn(KEY, f"{self.message.log} {self.marketplace.problem}")

    def test_r9_a_message_that_breaks_the_worker_keeps_no_other_back(self):
        other = self._create_licensed(3).waas_license_ids
        call = self.registry["waas.marketplace.message"]._call

        def break_down(message):
            if message == self.message:
                raise KeyError("a fault of ours")
            return call(message)

        with (
            patch.object(type(self.message), "_call", break_down),
            self.assertLogs(
                "odoo.addons.also_waas.models.licenses.waas_marketplace_message_send"
            ),
        ):
            self._send()
        self.assertRecordValues(self.message, [{"state": "pending", "failures": 1}])
        self.assertIn("KeyError", self.message.error)
        self._assert_same_seats(other)
        self._send_all()
        self._assert_same_seats(self.license)

    def test_r9_the_marketplace_is_still_at_work_on_it(self):
        self._assert_lost_nothing("409", "answered 409: At work on it")

    def test_r9_the_marketplace_asks_to_wait(self):
        self.server.mishaps.append("429")
        self._send()
        soon = fields.Datetime.now() + timedelta(seconds=100)
        self.assertGreater(self.message.next_try, soon)
        self.assertGreater(self.marketplace.paused_until, soon)
        self._send_all()
        self._assert_same_seats(self.license)

    def test_r9_accepted_is_not_done(self):
        self.server.mishaps.append("202")
        self._send()
        self.assertEqual(self.message.state, "sent")
        self.assertEqual(self.license.state, "provisioning")
        self._send_all()
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.message.failures, 0)

    def test_r9_a_worker_that_dies_before_it_noted_the_answer_repeats_itself(self):
        class Killed(BaseException):
            pass

        message_class = self.registry["waas.marketplace.message"]
        with (
            self.assertRaises(Killed),
            self.env.cr.savepoint(),
            patch.object(message_class, "_note_answer", side_effect=Killed),
        ):
            self._send()
        self.env.invalidate_all()
        self.assertEqual(self.server.get_seats(self.license.reference), 5)
        self.assertEqual((self.message.state, self.message.tries), ("pending", 0))
        self._send_all()
        self.assertEqual(len(self.server.subscriptions), 1)
        self._assert_same_seats(self.license)

    def test_r9_a_wrong_key_is_no_fault_of_the_message(self):
        self.server.key = "another"
        for _try in range(20):
            self._wait()
            self._send()
        self.assertRecordValues(self.message, [{"state": "pending", "failures": 0}])
        self.assertIn("The API key does not work", self.marketplace.problem)
        activity = self.marketplace.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.manager))
        self.server.key = KEY
        self._send_all()
        self._assert_same_seats(self.license)
        self.assertFalse(self.marketplace.problem)
        self.assertFalse(self.marketplace.activity_ids)

    def test_r9_the_key_goes_to_no_other_address(self):
        self._assert_lost_nothing("redirect", "not its address any more")
