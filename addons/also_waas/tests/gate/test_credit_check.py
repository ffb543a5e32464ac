from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..common.cases import WaasCommon
from ..common.replayed import replayed

# One workplace for 36 months: 36 x 45.99.
TOTAL = 1655.64
LAST_DAY = date(2099, 12, 31)


@tagged("post_install", "-at_install")
class TestCreditCheck(WaasCommon):
    """R1, R13: ALSO decides on the credit of an end customer, with four eyes, for all
    it stands to lose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)
        cls.all_rounder = new_test_user(
            cls.env,
            "waas_all_rounder",
            "also_waas.group_waas_manager,also_waas.group_waas_credit_officer",
            company_id=cls.also.id,
        )

    @replayed
    def _request(self, user=None, order=None):
        order = order or self.order
        order.with_user(user or self.seller).action_waas_request_credit()
        return order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        ).with_user(self.officer)

    def _get_credit_code(self, order=None):
        return self._get_codes(order or self.order)[0]

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
            (yesterday, "cannot lie in the past: choose today or a later day"),
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

    # === EXPOSURE ===#

    def test_r13_exposure_is_invoices_and_rent_to_come_and_this_deal(self):
        running = self._create_order(quantity=2)
        self._put_in_stock(self.laptop, 2)
        self._confirm(running)
        running.action_confirm()
        check = self._request()
        self.assertRecordValues(
            check,
            [
                {
                    "receivable_amount": 0.0,
                    # Awaiting its delivery: all 36 months of two workplaces.
                    "rent_amount": 2 * TOTAL,
                    "order_amount": TOTAL,
                    "requested_amount": 3 * TOTAL,
                }
            ],
        )
        check._approve(3 * TOTAL, LAST_DAY)
        self.assertEqual(self._get_credit_code(), "agreements_missing")

        self._deliver(running)
        first_month = running.waas_contract_ids.waas_installment_ids[0].move_id
        self.assertEqual(first_month.state, "posted")
        exposure = self.customer._waas_get_exposure(self.also)
        self.assertAlmostEqual(exposure["receivable"], first_month.amount_total, 2)
        self.assertAlmostEqual(exposure["rent"], 2 * TOTAL - 91.98, 2)
        self.assertEqual(self._get_credit_code(), "agreements_missing")

        self.init_invoice(
            "out_invoice", partner=self.customer, amounts=[0.01], post=True
        )
        self.assertEqual(self._get_credit_code(), "credit_insufficient")

    def test_r13_exposure_counts_other_currencies_at_todays_rate(self):
        currency = self.env["res.currency"].create({"name": "WSC", "symbol": "¤"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": "2020-01-01",
                "rate": 2.0,  # two of them make one of the company's
                "company_id": self.also.id,
            }
        )
        self.pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )
        self.__class__.pricelist, ours = self.pricelist, self.__class__.pricelist
        self._create_price(self.bundle, 36, 45.99, 60.0)
        self.__class__.pricelist = ours
        foreign = self._create_order(36)
        foreign.pricelist_id = self.pricelist
        foreign._waas_add_bundle(self.bundle, 1)
        self.assertEqual(foreign.currency_id, currency)

        check = self._request(order=foreign)
        self.assertAlmostEqual(check.order_amount, TOTAL / 2, 2)
        check._approve(TOTAL / 2, LAST_DAY)
        self._sign(foreign)
        foreign.action_confirm()
        self.assertEqual(foreign.waas_contract_ids.waas_rent_to_come, TOTAL)
        exposure = self.customer._waas_get_exposure(self.also)
        self.assertAlmostEqual(exposure["rent"], TOTAL / 2, 2)

    def test_r13_exposure_is_the_whole_companys_whoever_is_on_the_order(self):
        branch = self._create_order(quantity=1, partner_id=self.signatory.id)
        self._confirm(branch)
        branch.action_confirm()
        self.assertEqual(self.customer._waas_get_exposure(self.also)["rent"], TOTAL)
        self.assertEqual(self._request().partner_id, self.customer)

    def test_r13_ended_and_cancelled_contracts_are_no_exposure(self):
        self._confirm(self.order)
        self.order.action_confirm()
        contract = self.order.waas_contract_ids
        for state, rent in (("ended", 0.0), ("running", TOTAL), ("cancelled", 0.0)):
            contract.sudo().waas_state = state
            exposure = self.customer._waas_get_exposure(self.also)
            self.assertEqual(exposure["rent"], rent, state)

    def test_r13_a_list_of_deals_gets_the_same_exposures_as_each_alone(self):
        self._confirm(self.order)
        self.order.action_confirm()
        deals = (
            self._create_order(quantity=1)
            | self._create_order(quantity=2, partner_id=self.signatory.id)
            | self._create_order(quantity=3, partner_id=self.other_customer.id)
        )
        alone = [deal._waas_get_exposure() for deal in deals]
        self.assertEqual(alone, [2 * TOTAL, 3 * TOTAL, 3 * TOTAL])
        known = deals._waas_find_exposures()
        self.assertEqual([deal._waas_get_exposure(known) for deal in deals], alone)

    def test_account_is_asked_for_while_there_is_a_mandate_to_sign(self):
        self.assertNotIn("bank_account", self._get_codes(self.order))
        mandate = (
            self.env["waas.agreement.template"]
            .sudo()
            .create(
                {
                    "name": "Mandate",
                    "kind": "mandate",
                    "company_id": self.also.id,
                    "body_html": "<p>Debit</p>",
                }
            )
        )
        self.assertIn("bank_account", self._get_codes(self.order))
        mandate.active = False
        self.assertNotIn("bank_account", self._get_codes(self.order))
        mandate.active = True
        self.assertIn("bank_account", self._get_codes(self.order))
        mandate.unlink()
        self.assertNotIn("bank_account", self._get_codes(self.order))

    def test_r13_nothing_counts_against_the_partner(self):
        self._confirm(self.order)
        self.order.action_confirm()
        self.assertEqual(
            set(self.reseller._waas_get_exposure(self.also).values()), {0.0}
        )
        self.assertEqual(self.reseller.with_company(self.also).credit_to_invoice, 0.0)
