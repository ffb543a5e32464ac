from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_marketplace import MarketplaceSendingCommon
from .marketplace_common import MarketplaceCommon


@tagged("post_install", "-at_install")
class TestMarketplaceDeadLetters(MarketplaceSendingCommon):
    """Messages that are not answered."""

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
