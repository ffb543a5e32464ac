from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_agreed_invoices import AgreedInvoicesCommon
from .common_invoice_run import TODAY


@tagged("post_install", "-at_install")
class TestAgreedInvoiceKinds(AgreedInvoicesCommon):
    """What of an invoice may be edited, kind by kind."""

    def _assert_no_way(self, ways):
        """Each is refused, and nothing of it is left.

        :param dict ways: functions by name
        """
        for name, go in ways.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.assertRaises(UserError):
                    go()
                    self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.reseller.credit, 0.0, name)
        self._assert_ledger_agrees()

    def test_a6_an_edited_month_is_not_posted(self):
        move = self.march.move_id
        line = move.invoice_line_ids
        freight = {
            "name": "Freight",
            "quantity": 1,
            "price_unit": 25.0,
            "tax_ids": False,
        }
        edits = {
            "freight": {"invoice_line_ids": [Command.create(freight)]},
            "customer": {"partner_id": self.other_customer.id},
            "contact": {"partner_id": self.reseller.child_ids.id},
            "price": {"invoice_line_ids": [Command.update(line.id, {"price_unit": 5})]},
            "discount": {
                "invoice_line_ids": [Command.update(line.id, {"discount": 100.0})]
            },
            "quantity": {
                "invoice_line_ids": [Command.update(line.id, {"quantity": 2.0})]
            },
            "product": {
                "invoice_line_ids": [
                    Command.update(line.id, {"product_id": self.helpdesk.id})
                ]
            },
            "balanced": {
                "invoice_line_ids": [
                    Command.update(line.id, {"price_unit": 54.0}),
                    Command.create(freight),
                ]
            },
            "empty": {"invoice_line_ids": [Command.delete(line.id)]},
        }
        for name, values in edits.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                move.with_user(self._get_accountant()).button_draft()
                self.assertEqual(self.march.state, "draft")
                move.with_user(self._get_accountant()).write(values)
                with self.assertRaises(UserError):
                    move.with_user(self._get_accountant()).action_post()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.march.state, "invoiced")
        self._assert_ledger_agrees()

    def test_a6_what_changes_no_figure_may_be_edited(self):
        move = self.march.move_id.with_user(self._get_accountant())
        move.button_draft()
        self.assertEqual(self.first.waas_invoiced_amount, 158.0)
        move.write(
            {
                "ref": "Their order 12",
                "invoice_date": TODAY + timedelta(days=1),
                "narration": "Thank you",
                "invoice_line_ids": [
                    Command.create({"display_type": "line_note", "name": "A note"})
                ],
            }
        )
        move.action_post()
        self.assertEqual(self.march.state, "invoiced")
        self._assert_ledger_agrees()

    def test_a6_no_other_door_posts_an_edited_month(self):
        """The state, the kind and the past of a document are no way around."""
        move = self.march.move_id.with_user(self._get_accountant())
        line = move.invoice_line_ids
        elsewhere = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.reseller.id}
        )

        def edit(**vals):
            cheaper = [Command.update(line.id, {"price_unit": 5.0})]
            move.button_draft()
            move.write({"invoice_line_ids": cheaper, **vals})
            return move

        self._assert_no_way(
            {
                "state": lambda: edit().write({"state": "posted"}),
                "import": lambda: edit(state="posted"),
                "blind import": lambda: move.button_draft()
                or move.with_context(skip_readonly_check=True).write(
                    {
                        "state": "posted",
                        "invoice_line_ids": [
                            Command.update(line.id, {"price_unit": 5.0})
                        ],
                    }
                ),
                "never posted": lambda: edit(posted_before=False).action_post(),
                "refund": lambda: edit(move_type="out_refund").action_post(),
                "receipt": lambda: edit(move_type="out_receipt").action_post(),
                "entry": lambda: edit(move_type="entry").action_post(),
                "on another's invoice": lambda: (
                    edit() and line.write({"move_id": elsewhere.id})
                ),
            }
        )

    def test_a6_what_is_posted_is_not_edited_by_its_lines(self):
        """Nor where a caller asks Odoo to look away."""
        move = self.march.move_id.with_user(self._get_accountant())
        line, blind = move.invoice_line_ids, move.with_context(skip_readonly_check=True)
        claim = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        freight = {"move_id": move.id, "name": "Freight", "price_unit": 25.0}
        cheaper = [Command.update(line.id, {"price_unit": 5.0})]
        self._assert_no_way(
            {
                "price": lambda: line.write({"price_unit": 5.0}),
                "discount": lambda: line.write({"discount": 100.0}),
                "product": lambda: line.write({"product_id": self.helpdesk.id}),
                "freight": lambda: line.create(freight),
                "debtor": lambda: claim.write({"partner_id": self.reseller.id}),
                "customer": lambda: blind.write({"partner_id": self.reseller.id}),
                "line": lambda: blind.write({"invoice_line_ids": cheaper}),
            }
        )

    def test_a6_a_credit_note_credits_what_it_was_made_for(self):
        move = self.march.move_id.with_user(self._get_accountant())
        draft = move._reverse_moves([{"invoice_date": TODAY}])
        self._assert_no_way(
            {
                "nothing": lambda: draft.write({"reversed_entry_id": False}),
                "invoice": lambda: draft.write({"move_type": "out_invoice"}),
                "switched": lambda: draft.action_switch_move_type(),
            }
        )
        draft.action_post()
        other = self.april.move_id.id
        self._assert_no_way(
            {"another": lambda: draft.write({"reversed_entry_id": other})}
        )
        self.assertEqual((self.march.state, self.april.state), ("credited", "invoiced"))

    def test_c4_a_cancelled_month_that_was_invoiced_again_is_not_posted(self):
        """Whoever writes its state past its buttons."""
        move = self.march.move_id.with_user(self._get_accountant())
        move.button_draft()
        move.button_cancel()
        self.march.with_user(self.accountant).action_invoice_again()
        self._invoice_up_to(self.first, TODAY)
        self.assertNotEqual(self.march.move_id, move)
        for state in ("draft", "posted"):
            with self._assert_refuses("is invoiced again"):
                move.write({"state": state})
                move.action_post()

    def test_a5_what_runs_is_not_archived(self):
        """It would leave the exposure of its customer."""
        with self._assert_refuses("is not over"):
            self.first.with_user(self._get_accountant()).active = False

    def test_a6_a_copy_of_a_month_is_not_posted(self):
        for kind in ("out_invoice", "out_receipt"):
            copy = self.march.move_id.copy({"invoice_date": TODAY, "move_type": kind})
            with self._assert_refuses("by its installments: cancel this copy"):
                copy.action_post()

    def test_a6_a_credit_note_goes_to_the_customer_of_its_invoice(self):
        note = self.march.move_id._reverse_moves([{"invoice_date": TODAY}])
        note.partner_id = self.other_customer
        with self._assert_refuses("only who signed is invoiced"):
            note.action_post()

    def test_a6_an_early_end_is_not_edited_either(self):
        move = self.second._waas_invoice_rest(TODAY)[self.second]
        move.button_draft()
        move.invoice_line_ids.quantity -= 1
        with self._assert_refuses("undo the change"):
            move.action_post()
