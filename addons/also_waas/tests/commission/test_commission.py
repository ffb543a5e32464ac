from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.commission.waas_commission import Earning
from ..common.cases_steps import SIGNATURE
from .common_commission import APRIL, MAY, CommissionCommon


@tagged("post_install", "-at_install")
class TestCommission(CommissionCommon):
    """What a deal earns, when, and what is taken back (R1, R8)."""

    # === EARNED: NEVER BEFORE, EXACTLY ONCE ===#

    def test_r1_a_deal_earns_when_the_last_condition_is_met(self):
        order = self._create_order(36, quantity=10)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        with freeze_time("2026-03-12 10:00:00"):
            self._customer_signs(order)
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-03-15 10:00:00"):
            self._also_signs(order)
        self.assertEqual(order.state, "sale")
        self.assertRecordValues(
            self._get_rows(order),
            [
                {
                    "event": "new",
                    "reseller_id": self.reseller.id,
                    "contract_id": order.waas_contract_ids.id,
                    "product_id": self.bundle.id,
                    "quantity": 10,
                    "unit_amount": 60.0,
                    "amount": 600.0,
                    "currency_id": self.also.currency_id.id,
                    "company_id": self.also.id,
                    "date_earned": date(2026, 3, 15),
                    "date": date(2026, 3, 15),
                    "state": "earned",
                }
            ],
        )

    def test_r1_without_an_approved_credit_nothing_is_earned(self):
        order = self._create_order(36, quantity=1)
        self._sign(order)
        with self._assert_refuses("cannot be confirmed"):
            order.action_confirm()
        self.assertFalse(self._get_rows(order))
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids.with_user(self.officer)
        check._reject("Bankrupt")
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-03-20 10:00:00"):
            self._approve_credit(order)
        self.assertEqual(self._get_rows(order).date_earned, date(2026, 3, 20))

    def test_r1_without_the_end_customers_signature_nothing_is_earned(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        with self._assert_refuses("must sign"):
            order.action_confirm()
        self.assertFalse(self._get_rows(order))

    def test_r1_one_unsigned_agreement_of_two_is_enough_to_earn_nothing(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        one, two = order.waas_agreement_ids
        one.sudo()._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        one.with_user(self.manager)._countersign(SIGNATURE, "127.0.0.1")
        self.assertFalse(self._get_rows(order))
        two.sudo()._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        self.assertFalse(self._get_rows(order))
        two.with_user(self.manager)._countersign(SIGNATURE, "127.0.0.1")
        self.assertEqual(self._get_balance(order), 60.0)

    def test_r1_a_late_confirmation_is_earned_on_the_day_of_the_last_condition(self):
        """Booked when it is confirmed, so that a month that was settled stays."""
        self.also.waas_auto_confirm = False
        order = self._confirm(self._create_order(36, quantity=1))
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-04-02 10:00:00"):
            order.action_confirm()
        row = self._get_rows(order)
        self.assertEqual(row.date_earned, date(2026, 3, 10))
        self.assertEqual(row.date, date(2026, 4, 2))
        self.assertFalse(self._settle(APRIL))
        self.assertEqual(self._settle(MAY).total, 60.0)

    def test_r1_an_event_earns_exactly_once(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract, row = order.waas_contract_ids, self._get_rows(order)
        again = contract._waas_accrue("new", order, order._waas_get_earnings())
        self.assertFalse(again)
        self.assertEqual(self._get_rows(order), row)
        with self._assert_violates(), self.env.cr.savepoint():
            row.sudo().copy()
            self.env.flush_all()

    def test_r1_the_database_takes_one_reversal_of_a_row(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order).sudo()
        reversal = row._reverse()
        self.assertFalse(row._reverse())
        with self._assert_violates(), self.env.cr.savepoint():
            reversal.copy()
            self.env.flush_all()

    def test_r1_the_database_refuses_a_commission_before_it_is_earned(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order).sudo()
        with self._assert_violates(), self.env.cr.savepoint():
            row.copy({"line_key": "later", "date_earned": date(2026, 3, 11)})
            self.env.flush_all()

    def test_r1_the_ledger_is_written_by_nobody(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order)
        for user in (self.seller, self.manager, self.accountant):
            for change in (
                lambda row: row.write({"amount": 1000.0}),
                lambda row: row.unlink(),
                lambda row: row.copy({"line_key": "forged"}),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                ):
                    change(row.with_user(user))
        with self._assert_refuses("ledger is not changed"):
            row.sudo().amount = 1000.0
        with self._assert_refuses("ledger is not deleted"):
            row.sudo().unlink()
        self.assertEqual(row.amount, 60.0)

    def test_r8_upgrades_and_options_earn_more(self):
        order = self._create_order(36)
        order._waas_add_bundle(
            self.bundle,
            10,
            upgrades={self.office_slot: self.premium_upgrade},
            options={self.monitor_option: 20},
        )
        self._confirm(order)
        amounts = {row.product_id: row.amount for row in self._get_rows(order)}
        self.assertEqual(
            amounts,
            {self.bundle: 600.0, self.premium_upgrade: 30.0, self.monitor_option: 60.0},
        )
        self.assertEqual(self._get_balance(order), order.waas_commission_amount)

    def test_r8_what_was_earned_stays_when_the_price_list_changes(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self.pricelist.item_ids.waas_commission_unit = 500.0
        order.order_line.invalidate_recordset()
        self.assertEqual(self._get_rows(order).amount, 60.0)
        self.assertEqual(self._settle().total, 60.0)

    def test_r1_a_deal_without_commission_has_no_row(self):
        self.pricelist.item_ids.waas_commission_unit = 0.0
        order = self._confirm(self._create_order(36, quantity=1))
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._get_rows(order))

    def test_r1_a_branch_office_earns_for_its_company(self):
        branch = self.env["res.partner"].create(
            {
                "name": "Branch",
                "parent_id": self.reseller.id,
                "type": "other",
                "waas_is_reseller": True,
            }
        )
        order = self._confirm(
            self._create_order(36, quantity=1, waas_reseller_id=branch.id)
        )
        self.assertEqual(self._get_rows(order).reseller_id, self.reseller)

    def test_r8_later_events_of_a_contract_earn_their_own_amounts(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids
        # Any document of a later chapter: here a copy of the order.
        change = order.copy()
        earnings = [Earning("premium", self.premium_upgrade, 5, 3.0)]
        rows = contract._waas_accrue("upgrade", change, earnings)
        self.assertFalse(contract._waas_accrue("upgrade", change, earnings))
        self.assertRecordValues(
            rows,
            [
                {
                    "event": "upgrade",
                    "amount": 15.0,
                    "contract_id": contract.id,
                    "order_id": order.id,
                    "state": "earned",
                }
            ],
        )
        bill = self._post(self._bill(self._settle()))
        self.assertEqual(
            [line.price_subtotal for line in bill.invoice_line_ids], [60.0, 15.0]
        )
        self.assertIn("Upgrade", bill.invoice_line_ids[1].name)


@tagged("post_install", "-at_install")
class TestCommissionTakenBack(CommissionCommon):
    """Taken back."""

    def test_r1_cancelled_before_settlement_is_never_paid(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._cancel(order)
        rows = self._get_rows(order)
        self.assertEqual(rows.mapped("amount"), [-60.0, 60.0])
        self.assertEqual(set(rows.mapped("state")), {"reversed"})
        self.assertFalse(self._settle())

    def test_r1_a_cancelled_contract_earns_nothing_more(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._cancel(order)
        with self._assert_refuses("was cancelled"):
            order.waas_contract_ids._waas_accrue(
                "seats", order.copy(), [Earning("it", self.bundle, 1, 60.0)]
            )

    def test_r1_cancelled_after_settlement_is_taken_back_by_the_next(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self.assertEqual(first.total, 60.0)
        with freeze_time(APRIL):
            self._cancel(order)
        second = self._settle(MAY) - first
        self.assertEqual(second.total, -60.0)
        self.assertEqual(self._get_balance(order), 0.0)

    def test_r1_cancelled_after_payment_becomes_a_refund(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self._pay(self._post(self._bill(first)))
        self.assertEqual(self._get_rows(order).state, "paid")
        with freeze_time(APRIL):
            self._cancel(order)
        reversal = self._get_rows(order).filtered("reverses_id")
        self.assertEqual(reversal.state, "earned")
        refund = self._post(self._bill(self._settle(MAY) - first, MAY), MAY)
        self.assertEqual(refund.move_type, "in_refund")
        self.assertEqual(refund.amount_untaxed, 60.0)
        self.assertEqual(reversal.state, "billed")
        self.assertIn("taken back", refund.invoice_line_ids.name)

    def test_r1_a_later_deal_and_a_reversal_share_a_bill(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self._bill(first)
        with freeze_time(APRIL):
            self._cancel(order)
            self._confirm(self._create_order(36, quantity=3))
        bill = self._bill(self._settle(MAY) - first, MAY)
        self.assertEqual(bill.move_type, "in_invoice")
        self.assertEqual(bill.amount_untaxed, 120.0)
        self.assertEqual(
            sorted(bill.invoice_line_ids.mapped("price_subtotal")), [-60.0, 180.0]
        )

    def test_r1_no_claw_back_when_a_customer_ends_early(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        contract._waas_end()
        self.assertEqual(self._get_balance(order), 60.0)
        self.assertEqual(self._settle().total, 60.0)

    def test_r1_the_order_of_an_ended_contract_keeps_its_commission(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        contract._waas_end()
        with self._assert_refuses("has run to its end"):
            order.action_cancel()
        self.assertEqual(self._get_balance(order), 60.0)
        self.assertEqual(order.waas_commission_light, "green")

    def test_r1_no_claw_back_when_a_customer_does_not_pay(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        invoice = contract.waas_installment_ids[0].move_id
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(self._settle().total, 60.0)

    # === NOTHING OF IT IS THE RESELLER'S CREDIT ===#

    def test_r13_commission_leaves_receivable_and_credit_of_the_reseller_alone(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._post(self._bill(self._settle()))
        reseller = self.reseller.with_company(self.also)
        reseller.invalidate_recordset()
        self.assertEqual(reseller.credit, 0.0)
        self.assertEqual(reseller.credit_to_invoice, 0.0)
        self.assertGreater(reseller.debit, 0.0)
        self.assertEqual(order.state, "sale")
