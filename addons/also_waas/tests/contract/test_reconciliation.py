import re
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import file_path

from ..invoicing.common_invoice_run import TODAY
from .common_reconciliation import AMOUNTS, ReconciliationCommon


@tagged("post_install", "-at_install")
class TestReconciliation(ReconciliationCommon):
    """What became of a month is read from what was reconciled (C)."""

    def test_c2_credit_note_allocated_to_another_month(self):
        note = self._credit(self.march.move_id)
        self._allocate(note, self.april.move_id)
        self.assertEqual(self.march.state, "credited")
        self.assertEqual(self.april.state, "paid")
        self.assertEqual(self.april.move_id.payment_state, "reversed")
        self._assert_ledger_agrees()
        with self._assert_refuses("cancel or fully credit its invoice first"):
            self.april.with_user(self.accountant).action_invoice_again()
        self.march.with_user(self.accountant).action_invoice_again()
        self.assertEqual(self.march.state, "planned")

    def test_c2_a_credit_note_that_is_allocated_to_nothing_credits_its_month(self):
        self._credit(self.march.move_id)
        self.assertEqual(self.march.state, "credited")
        self.assertEqual(self.march.paid_amount, 0.0)
        self._assert_ledger_agrees()

    def test_c2_a_credit_note_of_something_else_is_a_payment(self):
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Something else",
                            "price_unit": 79.0,
                            "tax_ids": self.tax_sale_a.ids,
                        }
                    )
                ],
            }
        )
        note.action_post()
        self._allocate(note, self.march.move_id)
        self.assertEqual(self.march.move_id.payment_state, "reversed")
        self.assertEqual(self.march.state, "paid")
        self.assertEqual(self.first.waas_paid_amount, 79.0)

    def test_c5_partly_credited_and_the_rest_paid(self):
        move = self.march.move_id
        self._allocate(self._credit(move, 15.0), move)
        self.assertRecordValues(
            self.march,
            [
                {
                    "state": "partial",
                    "credited_amount": 15.0,
                    "paid_amount": 0.0,
                    "invoiced_amount": 64.0,
                }
            ],
        )
        self._pay(move)
        self.assertRecordValues(
            self.march,
            [{"state": "paid", "credited_amount": 15.0, "paid_amount": 64.0}],
        )
        self.assertRecordValues(
            self.first,
            [
                dict(
                    zip(AMOUNTS, (222.0, 64.0, 158.0, 15.0, 711.0), strict=True),
                )
            ],
        )
        self._assert_ledger_agrees()

    def test_c5_a_part_that_was_paid_shows_as_such(self):
        self._pay_part(self.march.move_id, self.march.move_id.amount_total / 2)
        self.assertRecordValues(self.march, [{"state": "partial", "paid_amount": 39.5}])
        self.assertEqual(self.first.waas_paid_amount, 39.5)
        self.assertEqual(self.first._waas_get_leaving_cost()["open"], 197.5)
        self._assert_ledger_agrees()

    def test_c5_what_is_overdue_may_be_partly_paid(self):
        move = self.months[0].move_id
        move.invoice_date_due = date(2026, 1, 1)
        self._pay_part(move, 1.0)
        self.assertTrue(self.months[0].is_overdue)
        overdue = self.env["waas.installment"].search([("is_overdue", "=", True)])
        self.assertIn(self.months[0], overdue)

    def test_c5_an_invoice_of_several_months_shares_what_became_of_it(self):
        moves = self.second._waas_invoice_rest(TODAY)[self.second]
        months = moves.waas_installment_ids
        self.assertEqual(len(months), 12)
        self._pay_part(moves, 100.0)
        self._credit(moves, 1.0)
        self.assertEqual(set(months.mapped("state")), {"partial"})
        settled = moves._waas_get_settled()[moves]
        self._assert_same(sum(months.mapped("paid_amount")), settled.paid)
        self._assert_same(sum(months.mapped("credited_amount")), 24.0)
        self._assert_ledger_agrees(self.second)

    def test_c6_a_credit_note_belongs_to_its_contract(self):
        note = self._credit(self.march.move_id, 15.0)
        self.assertEqual(note.waas_contract_id, self.first)
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.april.move_id.ids
        ).create({"journal_id": self.april.move_id.journal_id.id}).refund_moves()
        self.assertEqual(
            self.april.move_id.reversal_move_ids.waas_contract_id, self.first
        )

    def _invoice_march_again(self):
        old = self.march.move_id
        note = self._credit(old)
        self._allocate(note, old)
        self.march.with_user(self.accountant).action_invoice_again()
        self._invoice_up_to(self.first, TODAY)
        self.assertNotEqual(self.march.move_id, old)
        return old, note

    def test_c4_what_was_invoiced_again_stays_credited(self):
        old, note = self._invoice_march_again()
        for undo in (
            note.button_draft,
            note.button_cancel,
            note.line_ids.remove_move_reconcile,
            old.line_ids.remove_move_reconcile,
            old.button_draft,
            lambda: old._reverse_moves([{"invoice_date": TODAY}], cancel=True),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                undo()
        self.assertEqual(old.amount_residual, 0.0)
        still_open = self.env["account.move"].search(
            [
                ("waas_contract_id", "=", self.first.id),
                ("line_ids.waas_installment_id", "=", self.march.id),
                ("amount_residual", "!=", 0.0),
            ]
        )
        self.assertEqual(still_open, self.march.move_id)
        self._assert_ledger_agrees()

    def test_c4_a_credit_note_is_allocated_before_its_month_is_invoiced_again(self):
        old = self.march.move_id
        note = self._credit(old)
        self.assertEqual(old.amount_residual, old.amount_total)
        self.march.with_user(self.accountant).action_invoice_again()
        self.assertEqual((old.amount_residual, note.amount_residual), (0.0, 0.0))

    def test_c4_a_credit_note_may_go_as_long_as_nothing_rests_on_it(self):
        note = self._credit(self.march.move_id)
        self._allocate(note, self.march.move_id)
        note.button_draft()
        note.button_cancel()
        self.assertEqual(self.march.state, "invoiced")
        self._assert_ledger_agrees()

    def test_c4_a_credited_invoice_is_not_taken_from_under_its_credit_note(self):
        note = self._credit(self.march.move_id)
        for undo in (
            self.march.move_id.button_draft,
            self.march.move_id.button_cancel,
        ):
            with self._assert_refuses("is credited with .* cancel the credit note"):
                undo()
        self.assertEqual(note.state, "posted")

    def test_c4_no_more_is_credited_than_was_invoiced(self):
        self._credit(self.march.move_id, 50.0)
        with self._assert_refuses("would be credited: credit less"):
            self._credit(self.march.move_id, 50.0)

    def test_c4_the_new_invoice_is_credited_and_not_the_old_one(self):
        old, _note = self._invoice_march_again()
        with self._assert_refuses("credit its new invoice"):
            self._credit(old)

    # === BY OTHER DOORS ===#

    def test_c4_a_credit_note_does_not_become_an_invoice(self):
        """Odoo's own button, on a draft."""
        move = self.march.move_id.with_user(self.accountant)
        note = move._reverse_moves([{"invoice_date": TODAY}])
        with self._assert_refuses("belongs to a WaaS deal"):
            note.action_switch_move_type()
        move.button_draft()
        for move_type in "out_receipt", "out_refund":
            with self._assert_refuses("belongs to a WaaS deal"):
                move.move_type = move_type

    def test_a6_a_copy_of_a_month_is_of_no_kind_posted(self):
        for move_type in "out_invoice", "out_receipt", "out_refund":
            copy = self.march.move_id.with_user(self.accountant).copy(
                {"move_type": move_type, "invoice_date": TODAY}
            )
            with self.subTest(move_type), self._assert_refuses("cancel this copy"):
                copy.action_post()

    def test_c2_what_a_credit_note_credits_is_not_written(self):
        note = self._credit(self.march.move_id).with_user(self.accountant)
        other = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.other_customer.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Something else", "price_unit": 79.0})
                ],
            }
        )
        other.action_post()
        for move, entry in (
            (note, self.april.move_id),
            (note, self.env["account.move"]),
            (other.with_user(self.accountant), self.april.move_id),
        ):
            with self._assert_refuses("belongs to a WaaS deal"):
                move.reversed_entry_id = entry
        self.assertEqual(self.march.state, "credited")
        self.assertEqual(self.april.state, "invoiced")
        other.with_user(self.accountant).write({"reversed_entry_id": False})

    def test_a6_what_a_posted_month_says_is_not_written(self):
        move = self.march.move_id.with_user(self.accountant)
        for values in ({"price_unit": 1.0}, {"quantity": 2.0}, {"discount": 50.0}):
            with self._assert_refuses("belongs to a WaaS deal"):
                move.invoice_line_ids.write(values)
        move.button_draft()
        move.invoice_line_ids.price_unit = 1.0
        with self._assert_refuses("undo the change"):
            move.state = "posted"

    def test_r13_an_early_end_whose_invoice_is_a_draft_is_exposure(self):
        def get_exposure():
            return sum(self.customer._waas_get_exposure(self.also).values())

        before = get_exposure()
        self._agree(
            self._create_change(self.first, "termination", effective_date=TODAY)
        )
        self.assertEqual(self.first.waas_state, "ended")
        self.assertAlmostEqual(get_exposure(), before, 2)
        self.first.waas_installment_ids[-1].move_id.button_draft()
        self.assertEqual(self.first.waas_rent_to_come, 711.0)
        self.assertAlmostEqual(get_exposure(), before, 2)

    def test_c4_a_state_that_is_written_is_no_way_around(self):
        old, note = self._invoice_march_again()
        for move in old, note:
            for state in "draft", "cancel":
                with self._assert_refuses("is invoiced again|is credited with"):
                    move.with_user(self.accountant).state = state
        self._assert_ledger_agrees()

    def test_c_no_code_reads_that_an_invoice_was_reversed(self):
        """``reversed`` says that the counterpart is a credit note, of whatever."""
        root = Path(file_path("also_waas/models")).parent
        guilty = [
            path.name
            for folder in ("models", "wizards", "reports", "sellout", "views")
            for path in (root / folder).rglob("*")
            if path.suffix in (".py", ".xml")
            and re.search(
                r"payment_state\W+(==|!=|in|not in)\W+['\"(]*reversed", path.read_text()
            )
        ]
        self.assertFalse(guilty)
