from datetime import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_commission import APRIL, MARCH, MAY, CommissionCommon


@tagged("post_install", "-at_install")
class TestCommissionReconciliation(CommissionCommon):
    """Commission is paid when its bill is settled, by money or by set-off, and a bill
    pays what the ledger says (C1, A6, I8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(36, quantity=1))
        cls.row = cls.env["waas.commission"].search([("order_id", "=", cls.order.id)])

    def _bill_and_refund(self):
        """A bill of 60, and a refund of 60 since another order was cancelled."""
        taken_back = self._confirm(self._create_order(36, quantity=1))
        first = self._settle().filtered(lambda s: s.total == 120.0)
        self._pay(self._post(self._bill(first)))
        with freeze_time(APRIL):
            self._cancel(taken_back)
        refund = self._post(self._bill(self._settle(MAY) - first, MAY), MAY)
        self.assertEqual(refund.move_type, "in_refund")
        with freeze_time(MAY):
            order = self._confirm(self._create_order(36, quantity=1))
        june = datetime(2026, 6, 1, 10)
        settlement = self._settle(june).filtered(lambda s: not s.invoice_id)
        return order, settlement, self._post(self._bill(settlement, june), june), refund

    def _set_off(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: line.account_type == "liability_payable"
            and not line.reconciled
        ).reconcile()

    def test_c1_a_bill_that_a_refund_was_set_off_against_is_paid(self):
        order, settlement, bill, refund = self._bill_and_refund()
        self._set_off(bill, refund)
        self.assertEqual(bill.payment_state, "reversed")
        self.assertEqual(settlement.invoice_id, bill)
        row = self._get_rows(order)
        self.assertEqual(row.state, "paid")
        self.assertEqual(row.date_paid, refund.date)
        self.assertEqual(row.bill_id, bill)
        with self._assert_refuses("cannot be billed again"):
            settlement.action_draft()
        self.assertEqual(
            (bill + refund).mapped(lambda move: move._waas_get_bill_state()),
            ["paid", "paid"],
        )

    def test_c1_a_part_that_was_paid_is_no_payment_of_all(self):
        bill = self._post(self._bill(self._settle()))
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"amount": bill.amount_total / 2})._create_payments()
        self.assertEqual(self.row.state, "partial")
        self.assertFalse(self.row.date_paid)
        self.assertEqual(bill._waas_get_bill_state(), "partial")
        self.assertEqual(self.order.waas_commission_progress, "Partly Paid")
        [statement] = self.env["waas.commission"]._get_statements(
            self.also, MARCH.date(), APRIL.date()
        )
        self.assertEqual(statement["open"]["billed"], 60.0)

    def test_c1_the_credit_note_of_another_bill_is_a_payment(self):
        first = self._post(self._bill(self._settle()))
        with freeze_time(APRIL):
            self._confirm(self._create_order(36, quantity=1))
        settlements = self._settle(MAY)
        second = self._post(
            self._bill(settlements.filtered(lambda s: not s.invoice_id), MAY), MAY
        )
        note = self._make_credit_note(first)
        note.action_post()
        note.line_ids.remove_move_reconcile()  # Odoo allocates it to its own bill
        self._set_off(note, second)
        self.assertFalse(first.invoice_line_ids.settlement_id.invoice_id)
        self.assertEqual(self.row.state, "settled")
        self.assertEqual(second.invoice_line_ids.settlement_id.invoice_id, second)
        self.assertEqual(second._waas_get_bill_state(), "paid")

    def _make_credit_note(self, bill):
        note = bill._reverse_moves()
        note.invoice_date = APRIL.date()
        return note

    def test_c4_a_credit_note_stays_once_its_settlement_was_billed_again(self):
        settlement = self._settle()
        bill = self._post(self._bill(settlement))
        note = self._make_credit_note(bill)
        note.action_post()
        with self._assert_refuses("is credited with .* cancel the credit note first"):
            bill.button_draft()
        settlement.action_draft()
        self._post(self._bill(settlement))
        for undo in (note.button_draft, note.button_cancel):
            with self._assert_refuses("went on since .* was credited"):
                undo()

    def test_a6_an_edited_bill_is_not_posted(self):
        settlement = self._settle()
        bill = self._bill(settlement)
        line = bill.invoice_line_ids
        for posted_before in (False, True):
            edits = {
                "amount": {
                    "invoice_line_ids": [Command.update(line.id, {"price_unit": 600})]
                },
                "partner": {"partner_id": self.other_reseller.id},
                "beside": {
                    "invoice_line_ids": [
                        Command.create({"name": "Bonus", "price_unit": 540.0})
                    ]
                },
                "balanced": {
                    "invoice_line_ids": [
                        Command.update(line.id, {"price_unit": 10.0}),
                        Command.create({"name": "Bonus", "price_unit": 50.0}),
                    ]
                },
            }
            for name, values in edits.items():
                with (
                    self.subTest(name, posted_before=posted_before),
                    self.env.cr.savepoint() as savepoint,
                ):
                    bill.write(values)
                    with self.assertRaises(UserError):
                        bill.action_post()
                    savepoint.rollback()
                self.env.invalidate_all()
            self._post(bill)
            bill.button_draft()
        bill.ref = "Our reference"
        bill.action_post()
        self.assertEqual(self.row.state, "billed")
        self.assertEqual(bill.amount_untaxed, self.row.amount)

    def test_a6_a_bill_is_credited_whole_and_once(self):
        bill = self._post(self._bill(self._settle()))
        note = self._make_credit_note(bill)
        note.invoice_line_ids.price_unit = 10.0
        with self._assert_refuses("credit all of it, and its settlement is billed"):
            note.action_post()
        note.invoice_line_ids.price_unit = 60.0
        note.action_post()
        self.assertEqual(self.row.state, "settled")
        again = self._make_credit_note(bill)
        with self._assert_refuses("is credited already"):
            again.action_post()

    def test_c1_the_credit_note_of_a_bill_does_not_become_a_bill(self):
        """Or the partner would be paid by it, and by the settlement's next bill."""
        bill = self._post(self._bill(self._settle()))
        note = self._make_credit_note(bill)
        with self._assert_refuses("belongs to a WaaS deal"):
            note.action_switch_move_type()
        note.action_post()
        for entry in False, bill.copy().id:
            with self._assert_refuses("belongs to a WaaS deal"):
                note.with_user(self.accountant).reversed_entry_id = entry

    def test_a6_a_copy_of_a_bill_is_of_no_kind_posted(self):
        bill = self._post(self._bill(self._settle()))
        for move_type in "in_invoice", "in_receipt", "in_refund":
            copy = bill.copy({"move_type": move_type, "invoice_date": APRIL.date()})
            with self.subTest(move_type), self._assert_refuses("pays no settlement"):
                copy.action_post()

    def test_c4_a_state_that_is_written_is_no_way_around(self):
        settlement = self._settle()
        bill = self._post(self._bill(settlement))
        note = self._make_credit_note(bill)
        note.action_post()
        settlement.action_draft()
        self._post(self._bill(settlement))
        for move in bill, note:
            for state in "draft", "cancel":
                with self._assert_refuses("went on since|is credited with"):
                    move.with_user(self.accountant).state = state
