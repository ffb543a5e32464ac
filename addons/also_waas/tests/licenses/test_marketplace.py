import hashlib
import hmac
import ipaddress
import json
import os
import socket
import tempfile
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ...marketplace_client import (
    MarketplaceBusy,
    MarketplaceClient,
    MarketplaceMisconfigured,
    MarketplaceRefused,
    Subscription,
    get_url_problem,
)
from ..common.cases import WaasHttpCommon
from .marketplace_common import SHORT_TIMEOUT, MarketplaceCommon
from .marketplace_server import KEY, MarketplaceServer

# What may go wrong with any request, without waiting for a timeout.
MISHAPS = (
    *(None,) * 6,
    "reset",
    "500",
    "503",
    "garbage",
    "409",
    "429",
    "done_reset",
    "done_500",
    "done_garbage",
)


def make_certificate():
    """A certificate of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return certificate.public_bytes(pem) + key.private_bytes(
        pem,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@tagged("post_install", "-at_install")
class TestMarketplaceSending(MarketplaceCommon):
    """R9: what is asked for is done once, whatever happens on the way."""

    def setUp(self):
        super().setUp()
        self.license = self._create_licensed(5).waas_license_ids
        self.message = self._get_messages("pending")

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

    # === DEAD LETTERS ===#

    def _refuse(self):
        """An order that the marketplace does not want."""
        self.office_basic.waas_marketplace_sku = "GONE"
        license_ = self._create_licensed(2).waas_license_ids
        self._send()
        return license_, license_.outbox_ids

    def test_r9_what_is_refused_waits_for_a_person(self):
        license_, message = self._refuse()
        self.assertEqual((message.state, license_.state), ("failed", "failed"))
        self.assertIn("not sold any more", license_.problem)
        self.assertEqual(license_.activity_ids.user_id, self.manager)
        # The other license was not kept from its seats.
        self._assert_same_seats(self.license)

    def test_r9_a_person_retries_under_the_old_key(self):
        """What may have been done is said as it was, whatever changed meanwhile."""
        self.marketplace.sudo().max_failures = 1
        self.server.mishaps.append("done_reset")
        self._send()
        self.assertEqual(self.message.state, "failed")
        self.office_basic.waas_marketplace_sku = "OTHER"
        key, payload = self.message.key, self.message.payload
        with self._assert_refuses("Only WaaS managers"):
            self.message.with_user(self.seller).action_retry()
        self.message.with_user(self.manager).action_retry()
        self.assertFalse(self.license.activity_ids)
        self._send()
        self.assertRecordValues(
            self.message, [{"state": "done", "key": key, "payload": payload}]
        )
        self.assertEqual(len(self.server.subscriptions), 1)
        with self._assert_refuses("did not fail"):
            self.message.with_user(self.manager).action_retry()

    def test_r9_what_was_refused_is_retried_as_it_was_mended(self):
        license_, message = self._refuse()
        key = message.key
        message.with_user(self.manager).action_retry()
        self.assertEqual(message.key, key, "the same words, the same key")
        self._send()
        self.assertEqual(message.state, "failed")
        self.office_basic.waas_marketplace_sku = "BASIC"
        message.with_user(self.manager).action_retry()
        self.assertIn('"sku": "BASIC"', message.payload)
        self.assertIn('"sku": "GONE"', message.log)
        self.assertNotEqual(message.key, key)
        self.assertRecordValues(
            message, [{"seats": 2, "revision": 1, "is_refused": False}]
        )
        self._send()
        self.assertEqual(license_.state, "active")
        self._assert_same_seats(license_)

    def test_r9_later_messages_of_a_license_wait_behind_a_failed_one(self):
        license_, message = self._refuse()
        license_._change_by(1, fields.Date.context_today(license_))
        self._send_all(rounds=2)
        behind = license_.outbox_ids - message
        self.assertRecordValues(behind, [{"state": "pending", "tries": 0}])
        message.with_user(self.manager).action_drop()
        self.assertEqual(set(license_.outbox_ids.mapped("state")), {"dropped"})
        self.assertEqual(license_.state, "failed")
        self.office_basic.waas_marketplace_sku = "BASIC"
        license_.with_user(self.manager).action_ask_again()
        self._send()
        self.assertEqual(license_.state, "active")
        self._assert_same_seats(license_)

    def test_r9_what_a_person_gave_up_is_not_asked_for_every_night(self):
        license_, message = self._refuse()
        message.with_user(self.manager).action_drop()
        self._apply()
        self.assertEqual(license_.outbox_ids, message)
        # Another number of seats is another wish.
        license_._change_by(1, fields.Date.context_today(license_))
        self.assertEqual(license_.outbox_ids.sorted("id")[-1].seats, 3)

    def test_r9_what_fails_too_often_waits_for_a_person(self):
        self.marketplace.sudo().max_failures = 3
        self.server.mishaps.extend(["500"] * 3)
        self._send_all(rounds=3)
        self.assertEqual(self.message.state, "failed")
        self.message.with_user(self.manager).action_retry()
        self._send_all()
        self._assert_same_seats(self.license)

    def test_r9_an_order_that_was_done_and_given_up_is_found_again(self):
        self.marketplace.sudo().max_failures = 1
        self.server.mishaps.append("done_reset")
        self._send()
        self.assertEqual(self.message.state, "failed")
        self.message.with_user(self.manager).action_drop()
        self.license.with_user(self.manager).action_ask_again()
        self._send()
        self.assertEqual(self.license.state, "active")
        self.assertEqual(len(self.server.subscriptions), 1)
        self._assert_same_seats(self.license)

    def test_r9_pauses_grow_and_end(self):
        now = fields.Datetime.now()
        pauses = [
            (self.message._get_next_try(number) - now).total_seconds()
            for number in range(1, 40)
        ]
        self.assertLess(pauses[0], 60)
        for shorter, longer in zip(pauses[:8], pauses[1:9], strict=True):
            self.assertLess(shorter, longer + 5)
        self.assertGreater(min(pauses[12:]), 4 * 60 * 60)
        self.assertLess(max(pauses), 8 * 60 * 60)

    # === THE MARKETPLACE IS DOWN ===#

    def test_r9_while_the_marketplace_is_down_nothing_is_lost(self):
        licenses = self.license
        for quantity in range(1, 8):
            licenses |= self._create_licensed(quantity).waas_license_ids
        self.server.mishaps.extend(["503"] * 6)
        self._send()
        # After five in a row all of them wait, not each for itself.
        self.assertEqual(len(self.server.requests) + 5, 5)
        self.assertEqual(len(self.server.mishaps), 1)
        self.assertTrue(self.marketplace.paused_until)
        self.assertIn("503", self.marketplace.problem)
        # Other work goes on.
        licenses[0]._change_by(1, fields.Date.context_today(self.license))
        self._send_all()
        self.assertFalse(self._get_messages("pending", "sent", "failed"))
        self._assert_same_seats(licenses)
        self.assertFalse(self.marketplace.paused_until)

    def test_r9_a_manager_does_not_wait_for_the_end_of_the_pause(self):
        self.server.mishaps.append("503")
        self._send()
        self.marketplace.sudo().paused_until = "2099-01-01"
        self._send()
        self.assertEqual(self.message.tries, 1)
        with self._assert_refuses("Only WaaS managers"):
            self.message.with_user(self.seller).action_send_now()
        self.message.with_user(self.manager).action_send_now()
        self._send()
        self.assertEqual(self.message.state, "done")

    # === RIGHTS ===#

    def test_nobody_writes_messages_by_hand(self):
        for user in self.seller, self.manager:
            self.assertTrue(self.message.with_user(user).payload)
            with self.assertRaises(AccessError):
                self.message.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError):
                self.message.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.message.with_user(self.accountant).read(["payload"])


@tagged("post_install", "-at_install")
class TestMarketplaceSettings(MarketplaceCommon):
    """Where the marketplace is, and who may say so."""

    def test_only_administrators_read_the_credentials(self):
        for user in self.seller, self.manager:
            self.assertTrue(self.marketplace.with_user(user).base_url)
            for name in ("api_key", "notify_secret"):
                with self.assertRaises(AccessError):
                    self.marketplace.with_user(user).read([name])
                self.assertNotIn(name, self.marketplace.with_user(user).fields_get())
        with self.assertRaises(AccessError):
            self.marketplace.with_user(self.accountant).read(["base_url"])

    def test_a_manager_cannot_send_the_key_elsewhere(self):
        marketplace = self.marketplace.with_user(self.manager)
        marketplace.timeout = 5
        with self._assert_refuses("Only administrators", AccessError):
            marketplace.base_url = "https://elsewhere.test"
        with self.assertRaises(AccessError):
            marketplace.copy()
        with self.assertRaises(AccessError):
            self.marketplace.with_user(self.seller).timeout = 5

    def test_the_address_is_https(self):
        with self._assert_refuses("must begin with https", ValidationError):
            self.marketplace.sudo().base_url = "http://marketplace.test"

    def test_a_company_has_one_marketplace(self):
        with self._assert_violates():
            self._create_marketplace(name="Another")

    def test_the_connection_test_says_what_is_wrong(self):
        marketplace = self.marketplace.with_user(self.manager)

        def test():
            return marketplace.action_test()["params"]

        self.assertEqual(test()["type"], "success")
        self.server.key = "another"
        self.assertIn(
            "The API key does not work. The marketplace answered 401: Who are you?",
            test()["message"],
        )
        self.server.mishaps.append("reset")
        self.assertIn("cannot be reached", test()["message"])
        self.marketplace.sudo().api_key = False
        self.assertIn("There is no API key", test()["message"])
        with self.assertRaises(AccessError):
            self.marketplace.with_user(self.seller).action_test()

    def test_another_company_does_not_see_it(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.manager.copy(
            {"login": "other_manager", "company_id": other.id, "company_ids": other.ids}
        )
        marketplaces = self.env["waas.marketplace"].with_user(stranger)
        self.assertFalse(marketplaces.search([]))


@tagged("post_install", "-at_install")
class TestMarketplaceCheck(MarketplaceCommon):
    """R9: contract, marketplace and invoice are compared every day."""

    def setUp(self):
        super().setUp()
        self.contract = self._create_licensed(5)
        self.license = self.contract.waas_license_ids
        self._send()

    def _get_subscription(self):
        return self.server.subscriptions[self.license.external_id]

    def test_r9_where_all_say_the_same_there_is_no_difference(self):
        self._check()
        self.assertFalse(self._get_differences())
        self.assertTrue(self.marketplace.last_check)

    def test_r9_too_many_seats_cost_money_every_month(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "seats",
                    "license_id": self.license.id,
                    "contract_seats": 5,
                    "marketplace_seats": 8,
                    "seats": 3,
                    "amount": 13.5,  # 3 x 4.50, what the marketplace charges
                    "responsible": "manager",
                }
            ],
        )
        self.assertIn("for 5 seats", difference.proposal)
        self.assertEqual(self.license.state, "failed")
        self.assertIn("8 seats instead of 5", self.license.problem)
        with self._assert_refuses("Only WaaS managers"):
            difference.with_user(self.seller).action_fix()
        difference.with_user(self.manager).action_fix()
        self.assertEqual(difference.responsible, "marketplace")
        with self._assert_refuses("nothing to send"):
            difference.with_user(self.manager).action_fix()
        self._send()
        self._check()
        self.assertRecordValues(
            difference,
            [
                {
                    "state": "resolved",
                    "resolved_on": fields.Date.context_today(difference),
                }
            ],
        )
        self._assert_same_seats(self.license)

    def test_r9_what_the_marketplace_lost_is_ordered_again_by_a_person(self):
        self.server.subscriptions.clear()
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference, [{"kind": "missing", "seats": -5, "amount": -22.5}]
        )

    def test_r9_what_no_contract_pays_for_is_cancelled(self):
        self.server.subscriptions["sub-x"] = {
            "id": "sub-x",
            "reference": "somebody",
            "sku": "BASIC",
            "seats": 2,
            "status": "active",
            "revision": 7,
        }
        self._check()
        difference = self._get_differences()
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "unknown",
                    "product_id": self.office_basic.id,
                    "seats": 2,
                    "amount": 8.0,  # the marketplace told no price: our cost
                }
            ],
        )
        difference.with_user(self.manager).action_fix()
        self._send()
        self.assertEqual(self.server.subscriptions["sub-x"]["status"], "cancelled")
        self._check()
        self.assertEqual(difference.state, "resolved")

    def test_r9_a_marketplace_that_forgot_a_change_is_found_out(self):
        """It was set back to a backup: what it says is older than what it said."""
        backup = dict(self._get_subscription())
        self.license._change_by(2, fields.Date.context_today(self.license))
        self._send()
        self.assertEqual(self.license.state, "active")
        self._get_subscription().update(backup)
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"kind": "seats", "seats": -2, "amount": -9.0}]
        )
        self._get_differences().with_user(self.manager).action_fix()
        self._send()
        self._check()
        self.assertFalse(self._get_differences())
        self._assert_same_seats(self.license)

    def test_r9_what_changes_while_we_ask_is_no_difference(self):
        fetch = self.registry["waas.marketplace"]._fetch_subscriptions

        def fetch_slowly(marketplace):
            subscriptions = fetch(marketplace)
            self.license._change_by(2, fields.Date.context_today(self.license))
            self._send()
            return subscriptions

        with patch.object(
            self.registry["waas.marketplace"], "_fetch_subscriptions", fetch_slowly
        ):
            self._check()
        self.assertFalse(self._get_differences())
        self.assertRecordValues(
            self.license, [{"provisioned_seats": 7, "state": "active"}]
        )

    def test_r9_what_was_ordered_anew_is_compared_with_the_living(self):
        self._get_subscription()["status"] = "cancelled"
        subscription = self.server.order_by_hand()
        subscription.update(
            reference=self.license.reference, sku="BASIC", seats=5, revision=2
        )
        self._check()
        self.assertFalse(self._get_differences())
        self.assertEqual(self.license.external_id, subscription["id"])

    def test_r9_a_marketplace_that_mixes_licenses_up_stops_no_check(self):
        other = self._create_licensed(2).waas_license_ids
        self._send()
        mine, its = (
            self._get_subscription(),
            self.server.subscriptions[other.external_id],
        )
        mine["reference"], its["reference"] = its["reference"], mine["reference"]
        its["seats"] = 3
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"license_id": other.id, "seats": 1}]
        )

    def test_r9_a_difference_is_on_the_list_once(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self._get_subscription()["seats"] = 9
        self._check()
        self.assertEqual(self._get_differences(), difference)
        self.assertEqual(difference.seats, 4)
        with self._assert_violates():
            difference.sudo().copy()

    def test_r9_another_article_is_a_difference(self):
        self._get_subscription()["sku"] = "PREMIUM"
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"kind": "sku", "seats": 0, "amount": 0.0}]
        )

    def test_r9_what_is_under_way_is_for_the_marketplace_to_do(self):
        self.license._change_by(1, fields.Date.context_today(self.license))
        self._check()
        self.assertRecordValues(
            self._get_differences(), [{"seats": -1, "responsible": "marketplace"}]
        )

    def test_r9_while_the_marketplace_is_down_its_differences_stay(self):
        self._get_subscription()["seats"] = 8
        self._check()
        difference = self._get_differences()
        self._get_subscription()["seats"] = 5
        self.server.mishaps.append("503")
        self._check()
        self.assertEqual(difference.state, "open")
        self._check()
        self.assertEqual(difference.state, "resolved")

    def test_r9_all_pages_are_compared(self):
        licenses = self.license
        for quantity in range(1, 5):
            licenses |= self._create_licensed(quantity).waas_license_ids
        self._send()
        with patch.object(self.server, "page_size", 2):
            self._check()
        self.assertFalse(self._get_differences())
        self.assertEqual(len(self.server.subscriptions), len(licenses))

    def test_r9_an_invoice_over_other_seats_is_for_the_accountant(self):
        self.contract._waas_invoice_due(fields.Date.context_today(self.contract))
        self._check()
        self.assertFalse(self._get_differences())
        self.license._cancel(fields.Date.context_today(self.license))
        self._send()
        self._check()
        difference = self._get_differences()
        # All five are invoiced, at 45.99 a month each.
        self.assertRecordValues(
            difference,
            [
                {
                    "kind": "invoice",
                    "contract_seats": 0,
                    "invoiced_seats": 5,
                    "seats": 5,
                    "amount": self.contract.waas_monthly_amount,
                    "responsible": "accountant",
                }
            ],
        )
        self.assertEqual(difference.with_user(self.accountant).seats, 5)
        with self._assert_refuses("nothing to send"):
            difference.with_user(self.manager).action_fix()

    def test_r7_an_upgrade_of_some_is_no_difference_with_the_invoice(self):
        today = fields.Date.context_today(self.contract)
        self.contract._waas_invoice_due(today)
        self.contract._waas_switch_license(
            self.office_basic, self.office_premium, 2, today
        )
        self._send_all()
        self._check()
        self.assertFalse(self._get_differences())

    def test_r7_an_upgrade_to_come_is_no_difference_with_the_invoice(self):
        today = fields.Date.context_today(self.contract)
        self.contract._waas_invoice_due(today)
        later = self.contract._waas_switch_license(
            self.office_basic, self.office_premium, 2, today + timedelta(days=70)
        )
        self.assertRecordValues(later, [{"seats": 2, "state": "to_provision"}])
        self.assertEqual(self.license.seats, 5)
        self._send_all()
        self.assertEqual(self.server.get_seats(later.reference), 0)
        self._check()
        self.assertFalse(self._get_differences())

    def test_r9_the_comparison_costs_no_query_per_license(self):
        def count():
            before = self.env.cr.sql_log_count
            list(
                self.env["waas.license.check"]
                .sudo()
                ._find_invoice_differences(
                    self.also, fields.Date.context_today(self.contract)
                )
            )
            return self.env.cr.sql_log_count - before

        self.env.invalidate_all()
        few = count()
        for _index in range(6):
            self._create_licensed(2)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertLessEqual(count(), few)


@tagged("post_install", "-at_install")
class TestMarketplaceGenerated(MarketplaceCommon):
    """R9: whatever is changed, and whatever goes wrong with whichever request: in the
    end the marketplace has the seats of the contract, and no subscription twice."""

    steps = st.lists(
        st.one_of(
            st.tuples(st.just("change"), st.integers(0, 1), st.integers(-3, 4)),
            st.tuples(st.just("switch"), st.just(0), st.integers(1, 3)),
            st.tuples(st.just("send"), st.just(0), st.just(0)),
            st.tuples(st.just("notify"), st.just(0), st.just(0)),
            st.tuples(st.just("end"), st.integers(0, 1), st.just(0)),
        ),
        max_size=8,
    )

    def setUp(self):
        super().setUp()
        today = fields.Date.context_today(self.env.user)
        self.contracts = [
            self._create_contract(today, quantity=quantity) for quantity in (4, 2)
        ]

    @settings(
        deadline=None,
        max_examples=20,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(steps, st.lists(st.sampled_from(MISHAPS), max_size=20))
    def test_r9_in_the_end_both_have_the_same_seats(self, steps, mishaps):
        with self._undone():
            self.server.forget()
            self.server.mishaps.clear()
            self.server.mishaps.extend(mishaps)
            for contract in self.contracts:
                contract._waas_make_licenses()._start(contract.date_start)
            for action, index, number in steps:
                self._do(action, self.contracts[index], number)
            self._send_all(rounds=60)
            licenses = self.env["waas.license"].union(
                *(contract.waas_license_ids for contract in self.contracts)
            )
            self.assertFalse(self._get_messages("pending", "sent", "failed"))
            self._assert_same_seats(licenses)
            self._assert_nothing_twice(licenses)

    def _do(self, action, contract, number):
        today = fields.Date.context_today(contract)
        running = contract.waas_license_ids.filtered(
            lambda license_: not license_.date_cancel
        )
        if action == "send":
            self._wait()
            self._send()
        elif action == "notify":
            self._notify_all()
        elif action == "end" and contract.waas_state == "running":
            contract._waas_end()
        elif action == "change" and running and running[0].seats + number >= 0:
            running[0]._change_by(number, today)
        elif action == "switch" and number <= sum(
            running.filtered(
                lambda license_: license_.product_id == self.office_basic
            ).mapped("seats")
        ):
            contract._waas_switch_license(
                self.office_basic, self.office_premium, number, today
            )

    def _notify_all(self):
        """The marketplace says what it has, each of it twice."""
        for data in list(self.server.subscriptions.values()) * 2:
            self.marketplace.sudo()._receive(
                json.dumps(
                    {"id": f"{data['id']}:{data['revision']}", "subscription": data}
                ).encode()
            )

    def _assert_nothing_twice(self, licenses):
        for license_ in licenses:
            alive = [
                subscription
                for subscription in self.server.subscriptions.values()
                if subscription["reference"] == license_.reference
                and subscription["status"] == "active"
            ]
            self.assertEqual(len(alive), 1 if license_._get_target() else 0)


@tagged("post_install", "-at_install")
class TestMarketplaceNotification(MarketplaceCommon, WaasHttpCommon):
    """R9: the marketplace says by itself what changed, signed, once."""

    def setUp(self):
        super().setUp()
        self.license = self._create_licensed(5).waas_license_ids
        self.message = self._get_messages("pending")

    def _prepare(self, **values):
        return {
            "id": "event-1",
            "subscription": {
                "id": "sub-1",
                "reference": self.license.reference,
                "sku": "BASIC",
                "seats": 5,
                "status": "active",
                "revision": 1,
                **values,
            },
        }

    def _post(self, data, secret="a secret", age=0):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        moment = int(time.time()) - age
        digest = hmac.new(
            secret.encode(), f"{moment}.".encode() + body, hashlib.sha256
        ).hexdigest()
        response = self.url_open(
            "/waas/marketplace/notify",
            method="POST",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Marketplace-Signature": f"t={moment},v1={digest}",
            },
        )
        self.env.invalidate_all()
        return response

    def _get_notifications(self):
        return self.env["waas.marketplace.message"].search([("direction", "=", "in")])

    def test_r9_a_notification_answers_what_was_accepted(self):
        self.server.mishaps.append("202")
        self._send()
        self.assertEqual(self._post(self._prepare()).status_code, 200)
        self.assertEqual(self.message.state, "done")
        self.assertRecordValues(
            self.license,
            [{"state": "active", "provisioned_seats": 5, "external_id": "sub-1"}],
        )
        self.assertEqual(self._get_notifications().license_id, self.license)

    def test_r9_the_same_notification_does_nothing_the_second_time(self):
        self._send()
        known = self.license.external_id
        data = self._prepare(id=known, seats=9, revision=2)
        for _time in range(3):
            self.assertEqual(self._post(data).status_code, 200)
        self.assertEqual(len(self._get_notifications()), 1)
        self.assertEqual(self.license.provisioned_seats, 9)

    def test_r9_late_news_is_no_news(self):
        self._send()
        known = self.license.external_id
        self._post({**self._prepare(id=known, seats=9, revision=3), "id": "new"})
        self._post({**self._prepare(id=known, seats=7, revision=2), "id": "old"})
        self.assertEqual(self.license.provisioned_seats, 9)

    def test_r9_a_forged_notification_is_refused(self):
        self.assertEqual(self._post(self._prepare(), secret="guessed").status_code, 401)
        self.assertEqual(self._post(self._prepare(), secret="").status_code, 401)
        for header in ("", "t=1,v1=", "t=x,v1=y", "nonsense", "t=²,v1=é"):
            response = self.url_open(
                "/waas/marketplace/notify",
                data=b"{}",
                headers={"X-Marketplace-Signature": header.encode()},
            )
            self.assertEqual(response.status_code, 401, header)
        self.assertFalse(self._get_notifications())

    def test_r9_a_recorded_notification_is_refused(self):
        self.assertEqual(self._post(self._prepare(), age=3600).status_code, 401)
        self.assertEqual(self._post(self._prepare(), age=-3600).status_code, 401)
        self.assertFalse(self._get_notifications())

    def test_r9_a_marketplace_without_secret_hears_nothing(self):
        self.marketplace.sudo().notify_secret = False
        self.assertEqual(self._post(self._prepare(), secret="").status_code, 401)

    def test_r9_what_is_no_notification_is_refused(self):
        for data in (
            b"",
            b"no json",
            b"[]",
            b"\xff",
            {"id": "x"},
            {"id": "", "subscription": {}},
            {**self._prepare(), "id": "x\0y"},
            self._prepare(seats=True),
            self._prepare(seats=10**12),
            self._prepare(status="odd"),
            self._prepare(id=""),
        ):
            with self.subTest(data=data), mute_logger("odoo.http"):
                self.assertEqual(self._post(data).status_code, 400)
        self.assertFalse(self._get_notifications())

    def test_r9_too_much_is_refused(self):
        with mute_logger("odoo.http"):
            response = self._post(b" " * (65 * 1024))
        self.assertEqual(response.status_code, 413)

    def test_r9_news_of_an_unknown_subscription_is_noted(self):
        data = self._prepare(reference="somebody")
        self.assertEqual(self._post(data).status_code, 200)
        self.assertFalse(self._get_notifications().license_id)
        self.assertEqual(self.license.provisioned_seats, 0)

    def test_r9_a_get_is_no_notification(self):
        with mute_logger("odoo.http"):
            response = self.url_open("/waas/marketplace/notify")
        self.assertEqual(response.status_code, 405)


class TestMarketplaceClient(BaseCase):
    """The client alone, without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = MarketplaceServer()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)

    def _connect(self, **values):
        return MarketplaceClient(
            **{"base_url": self.server.url, "key": KEY, "timeout": 15, **values}
        )

    def _order(self, client, key="k1", **values):
        payload = {"reference": "r", "sku": "A", "seats": 2, "revision": 1, **values}
        return client.order(key, payload)

    def test_the_same_key_is_the_same_request(self):
        self.server.forget()
        with self._connect() as client:
            first = self._order(client)
            self.assertEqual(self._order(client), first)
            other = self._order(client, "k2", reference="other")
            self.assertNotEqual(other.id, first.id)
            changed = client.change("k3", first.id, {"seats": 7, "revision": 2})
            self.assertEqual(changed.seats, 7)
            ended = client.cancel("k4", first.id, {"seats": 0, "revision": 3})
            self.assertFalse(ended.is_active or ended.seats)
            with self.assertRaisesRegex(MarketplaceRefused, "Something newer"):
                client.change("k5", first.id, {"seats": 9, "revision": 1})
            self.assertEqual(len(list(client.list_subscriptions())), 2)

    def test_errors_are_sentences(self):
        self.server.forget()
        with self._connect(key="wrong") as client:
            with self.assertRaisesRegex(MarketplaceMisconfigured, "Who are you"):
                client.ping()
        with self._connect() as client:
            with self.assertRaisesRegex(MarketplaceRefused, "404: No such subscr"):
                client.change("k", "nothing", {"seats": 1, "revision": 1})
        with self._connect(base_url="http://127.0.0.1:9") as client:
            with self.assertRaisesRegex(MarketplaceBusy, "cannot be reached"):
                client.ping()

    def test_the_key_goes_to_nobody_who_cannot_prove_who_it_is(self):
        """A certificate that nobody vouches for; trusted, it serves."""
        server = MarketplaceServer()
        with tempfile.TemporaryDirectory() as folder:
            certificate = Path(folder) / "certificate.pem"
            certificate.write_bytes(make_certificate())
            server.start_tls(certificate)
            self.addCleanup(server.stop)
            url = server.url.replace("http://", "https://")
            with self._connect(base_url=url) as client:
                with self.assertRaisesRegex(MarketplaceMisconfigured, "certificate"):
                    client.ping()
            self.assertFalse(server.requests)
            with (
                patch.dict(os.environ, REQUESTS_CA_BUNDLE=str(certificate)),
                self._connect(base_url=url) as client,
            ):
                client.ping()
        self.assertTrue(server.requests)

    def test_a_connection_that_breaks_off_is_no_wrong_certificate(self):
        """As while the marketplace starts anew."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def hang_up():
            for _try in range(2):
                connection, _address = listener.accept()
                connection.recv(16)
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with self._connect(base_url=url) as client:
            with self.assertRaisesRegex(MarketplaceBusy, "broke off"):
                client.ping()

    def test_a_key_that_no_request_can_carry(self):
        for key in (f"{KEY}\u200b", f"{KEY}\n", "ключ"):
            with self.assertRaisesRegex(MarketplaceMisconfigured, "enter it again"):
                self._connect(key=key)

    def test_addresses(self):
        for url in (
            "https://marketplace.test",
            "https://marketplace.test:8443/api",
            "http://localhost:8080",
            "http://127.0.0.1",
        ):
            self.assertIsNone(get_url_problem(url), url)
        for url in (
            "http://marketplace.test",
            "ftp://marketplace.test",
            "http://localhost.evil.test",
            "https://user:secret@marketplace.test",
            "https://marketplace.test?x=1",
            "https://",
            "https://marketplace.test:port",
            "https://[",
            "marketplace.test",
            "",
        ):
            self.assertTrue(get_url_problem(url), url)

    def test_what_is_no_subscription(self):
        good = {
            "id": "1",
            "reference": "r",
            "sku": "A",
            "seats": 2,
            "status": "active",
            "revision": 1,
        }
        self.assertEqual(Subscription.parse(good).seats, 2)
        self.assertEqual(Subscription.parse({**good, "status": "cancelled"}).seats, 0)
        for name, value in (
            ("id", ""),
            ("id", 1),
            ("sku", None),
            ("reference", "x\0"),
            ("seats", -1),
            ("seats", 1.5),
            ("seats", True),
            ("revision", "1"),
            ("status", "odd"),
            ("unit_price", float("nan")),
            ("unit_price", float("inf")),
            ("unit_price", -1),
            ("unit_price", 10**400),
            ("sku", "\ud800"),
            ("unit_price", "4"),
        ):
            with self.subTest(name=name, value=value), self.assertRaises(ValueError):
                Subscription.parse({**good, name: value})
