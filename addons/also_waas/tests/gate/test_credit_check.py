from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_credit_check import LAST_DAY, TOTAL, CreditCheckCommon


@tagged("post_install", "-at_install")
class TestCreditCheck(CreditCheckCommon):
    """R1, R13: ALSO decides on the credit of an end customer, with four eyes, for all
    it stands to lose."""

    # === FOUR EYES ===#

    def test_r1_somebody_else_decides(self):
        check = self._request(self.all_rounder).with_user(self.all_rounder)
        with self._assert_refuses("You requested .* yourself"):
            check._approve(TOTAL, LAST_DAY)
        with self._assert_refuses("You requested .* yourself"):
            check._reject("No")
        with self._assert_refuses("You requested .* yourself"):
            check.action_decide()
        check.with_user(self.officer)._approve(TOTAL, LAST_DAY)
        self.assertEqual(check.state, "approved")
        self.assertEqual(check.decided_by_id, self.officer)

    def test_r1_the_database_knows_four_eyes_too(self):
        check = self._request().sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            check.write({"decided_by_id": check.requested_by_id.id})
            check.flush_recordset()

    def test_r1_only_a_credit_officer_decides(self):
        check = self._request()
        for user in (self.seller, self.manager, self.accountant):
            with self._assert_refuses("Only a credit officer", AccessError):
                check.with_user(user)._approve(TOTAL, LAST_DAY)
        with self.assertRaises(AccessError):
            check.with_user(self.warehouse)._approve(TOTAL, LAST_DAY)

    def test_r1_nobody_makes_changes_or_deletes_a_check_by_hand(self):
        check = self._request()
        forged = {
            "partner_id": self.customer.id,
            "company_id": self.also.id,
            "state": "approved",
            "approved_amount": 1_000_000.0,
            "valid_until": LAST_DAY,
            "requested_by_id": self.seller.id,
            "decided_by_id": self.officer.id,
            "decided_on": fields.Datetime.now(),
        }
        people = (self.seller, self.manager, self.officer, self.all_rounder)
        for user in (*people, self.accountant):
            with self.assertRaises(AccessError):
                self.env["waas.credit.check"].with_user(user).create(forged)
            with self.assertRaises(AccessError):
                check.with_user(user).write({"state": "approved"})
            with self.assertRaises(AccessError):
                check.with_user(user).unlink()
        self.assertEqual(check.state, "requested")

    def test_r1_the_decision_wizard_decides_for_its_user_only(self):
        check = self._request(self.all_rounder)
        Wizard = self.env["waas.credit.check.decide"]
        with self.assertRaises(AccessError):
            Wizard.with_user(self.seller).create({"check_id": check.id})
        wizard = Wizard.with_user(self.all_rounder).create({"check_id": check.id})
        self.assertEqual(wizard.approved_amount, TOTAL)
        with self._assert_refuses("You requested .* yourself"):
            wizard.action_approve()
        with self.assertRaises(AccessError):
            wizard.with_user(self.officer).read(["reason"])
        own = Wizard.with_user(self.officer).create({"check_id": check.id})
        own.action_approve()
        self.assertEqual(check.decided_by_id, self.officer)

    def test_the_request_reaches_an_officer_who_did_not_make_it(self):
        self.officer.active = False
        check = self._request(self.all_rounder)
        self.assertNotIn(self.all_rounder, check.sudo().activity_ids.user_id)
        check.with_user(self.all_rounder).action_withdraw()
        check = self._request(self.seller)
        self.assertEqual(check.sudo().activity_ids.user_id, self.all_rounder)

    # === THE DECISION ===#

    def test_an_approval_names_an_amount_and_a_day(self):
        check = self._request()
        for amount in (0.0, -1.0, 0.001):
            with self._assert_refuses("an amount above zero"):
                check._approve(amount, LAST_DAY)
        yesterday = fields.Date.context_today(check) - timedelta(days=1)
        for day, message in (
            (False, "Enter the last day of the approval"),
            (yesterday, "cannot be in the past: choose today or a later day"),
        ):
            with self._assert_refuses(message):
                check._approve(TOTAL, day)

    def test_a_rejection_names_its_reason(self):
        check = self._request()
        for reason in (False, "", "  \n"):
            with self._assert_refuses("Write why"):
                check._reject(reason)
        check._reject("Three unpaid invoices")
        self.assertEqual(check.state, "rejected")
        self.assertEqual(self._get_credit_code(), "credit_rejected")
        with self._assert_refuses(r"was rejected \(Three unpaid invoices\)"):
            self.order.action_confirm()

    def test_a_decision_stays(self):
        check = self._request()
        check._approve(TOTAL, LAST_DAY)
        for decide in (
            lambda: check._approve(2 * TOTAL, LAST_DAY),
            lambda: check._reject("No"),
        ):
            with self._assert_refuses("is decided already"):
                decide()
        with self._assert_refuses("stays as a record"):
            check.with_user(self.seller).action_withdraw()

    def test_r1_an_approval_covers_up_to_its_amount(self):
        self._request()._approve(TOTAL - 0.01, LAST_DAY)
        self.assertEqual(self._get_credit_code(), "credit_insufficient")
        self._request()._approve(TOTAL, LAST_DAY)
        self.assertEqual(self._get_codes(self.order), ["agreements_missing"])

    def test_r1_the_last_decision_counts(self):
        first = self._request()
        first._approve(TOTAL, LAST_DAY)
        self.assertEqual(self._get_credit_code(), "agreements_missing")
        self._request()._reject("Bankrupt")
        self.assertEqual(self._get_credit_code(), "credit_rejected")
        self.assertTrue(first.replaced_on)
        self._request()._approve(TOTAL, LAST_DAY)
        self.assertEqual(self._get_credit_code(), "agreements_missing")

    def test_r1_an_approval_ends_with_its_last_day_cron_or_not(self):
        check = self._request()
        today = fields.Date.context_today(check)
        check._approve(TOTAL, today + timedelta(days=1))
        self.assertEqual(self._get_credit_code(), "agreements_missing")
        with freeze_time(today + timedelta(days=3)):
            self.assertEqual(check.state, "approved")
            self.assertEqual(self._get_credit_code(), "credit_expired")
            with self._assert_refuses("expired on"):
                self.order.action_confirm()
            self.env["waas.credit.check"].sudo()._cron_expire()
            self.assertEqual(check.state, "expired")
            self.assertEqual(self._get_credit_code(), "credit_expired")

    def test_the_cron_leaves_valid_approvals_alone(self):
        check = self._request()
        check._approve(TOTAL, fields.Date.context_today(check))
        self.env["waas.credit.check"].sudo()._cron_expire()
        self.assertEqual(check.state, "approved")

    def test_the_company_says_how_long_an_approval_lasts(self):
        self.also.waas_credit_validity_days = 7
        wizard = (
            self.env["waas.credit.check.decide"]
            .with_user(self.officer)
            .create({"check_id": self._request().id})
        )
        self.assertEqual(
            wizard.valid_until,
            fields.Date.context_today(wizard) + timedelta(days=7),
        )

    def test_r1_an_approval_is_for_one_customer_and_one_company(self):
        self._request()._approve(1_000_000, LAST_DAY)
        other = self._create_order(quantity=1, partner_id=self.other_customer.id)
        self.assertEqual(self._get_credit_code(other), "credit_missing")
        elsewhere = self.env["res.company"].create({"name": "ALSO Elsewhere"})
        self.assertFalse(self.customer._waas_get_credit_check(elsewhere))

    # === THE REQUEST ===#

    def test_one_request_of_a_customer_waits_at_a_time(self):
        check = self._request()
        for order in self.order, self._create_order(quantity=1):
            with self._assert_refuses(f"{check.name} of Customer One is waiting"):
                order.action_waas_request_credit()

    def test_the_database_knows_one_request_too(self):
        check = self._request().sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            check.copy({"state": "requested"})

    def test_a_request_can_be_withdrawn_and_made_again(self):
        check = self._request()
        self.assertTrue(check.activity_ids)
        for user in (self.officer, self.accountant):
            with self._assert_refuses("Only sales", AccessError):
                check.with_user(user).action_withdraw()
        check.with_user(self.seller).action_withdraw()
        self.assertEqual(check.state, "cancelled")
        self.assertFalse(check.activity_ids)
        self.assertEqual(self._get_credit_code(), "credit_missing")
        with self._assert_refuses("was withdrawn"):
            check._approve(TOTAL, LAST_DAY)
        self.assertEqual(self._request().state, "requested")

    def test_all_checks_of_a_customer_stay_as_history(self):
        self._request()._reject("No")
        self._request()._approve(1.0, LAST_DAY)
        self._request(order=self._create_order(quantity=1))
        action = self.order.with_user(self.seller).action_view_waas_credit_checks()
        self.assertEqual(action["name"], "Credit Checks of Customer One")
        history = self.env["waas.credit.check"].search(action["domain"])
        self.assertEqual(history.mapped("state"), ["requested", "approved", "rejected"])

    def test_a_confirmed_order_asks_for_nothing(self):
        self._confirm(self.order)
        self.order.action_confirm()
        with self._assert_refuses("is not an open WaaS quotation"):
            self.order.action_waas_request_credit()
