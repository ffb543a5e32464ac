from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..invoicing.numbering import Numbering
from ..invoicing.regular import Guard
from .common import FAST_WAYS, FastInvoicesCommon
from .invoice_mix import (
    copy_vals,
    post_and_forget,
    post_ordinarily,
)


@tagged("post_install", "-at_install")
class TestSameLedger(FastInvoicesCommon):
    """However fast an invoice is made, the ledger is what Odoo makes of it."""

    def test_mixed_invoices_are_equal_rounded_globally(self):
        self._assert_mixed_invoices_are_equal("round_globally")

    def test_mixed_invoices_are_equal_rounded_per_line(self):
        self._assert_mixed_invoices_are_equal("round_per_line")

    def test_a_second_call_counts_on(self):
        """Numbers go on, whichever way the invoices before them went."""

        def post_in_turns(env, vals_list):
            moves = self.moves
            for start, way in enumerate(("bulk", "ordinary", "safe", "bulk")):
                moves |= moves._create_posted(vals_list[start::4], way)
            return moves

        names = []
        for post in (post_in_turns, post_ordinarily):
            ledger = post_and_forget(
                self.env, post, [self._make_vals() for _index in range(12)]
            )
            names.append([ledger[f"move {index}"]["name"] for index in range(12)])
        self.assertEqual(names[0], names[1])
        self.assertEqual(len(set(names[0])), 12)

    def test_ways_mix_in_one_call(self):
        """Ids follow the caller's order, numbers Odoo's, without a gap."""
        # Given by the caller, the payment reference is not the invoice's number.
        given = {"payment_reference": "Thanks"}
        vals_list = [
            self._make_vals(ref=ref, **(given if index % 3 == 0 else {}))
            for index, ref in enumerate(("C", "A", False, "B", "A", "C", False))
        ]
        ways = {way for way, _reason in self.moves._explain_ways(vals_list)}
        self.assertEqual(ways, {"ordinary", "bulk"})
        self._assert_same_ledger(vals_list)
        moves = self.moves._create_posted(copy_vals(vals_list))
        self.assertEqual(moves.ids, sorted(moves.ids))
        self.assertEqual(moves.mapped("ref"), [vals["ref"] for vals in vals_list])
        numbers = sorted(moves.mapped("sequence_number"))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 7)))

    def test_texts_of_any_kind(self):
        """Tabs, line ends and backslashes mean something to PostgreSQL's COPY."""
        texts = [
            "a\tb",
            "a\nb",
            "a\r\nb",
            "C:\\new\\table",
            "\\N",
            "\\.",
            "é € 漢",
            "'\"",
        ]
        self._assert_same_ledger(
            [self._make_vals({"name": text}, ref=text) for text in texts]
        )

    def test_a_number_that_was_taken_meanwhile(self):
        """Somebody else took the number after the last one: nothing is lost, and
        there is neither a gap nor a second invoice with that number."""
        first = self.moves._create_posted([self._make_vals()])
        taken = self.moves._create_posted([self._make_vals()])
        look_up = Numbering._look_up
        looked_up = []

        def look_up_too_early(numbering, header):
            template, values, last, cache_key, pattern = look_up(numbering, header)
            looked_up.append(last)
            if len(looked_up) == 1:
                last -= 1  # as it was before the other one
            return template, values, last, cache_key, pattern

        self.moves._get_sequence_cache().clear()  # as in a transaction of its own
        with patch.object(Numbering, "_look_up", look_up_too_early):
            later = self.moves._create_posted(
                [self._make_vals() for _index in range(3)]
            )
        self.assertGreater(len(looked_up), 1)
        moves = first | taken | later
        numbers = moves.mapped("sequence_number")
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 5)))
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(set(later.line_ids.mapped("parent_state")), {"posted"})
        for move in later:
            self.assertEqual(set(move.line_ids.mapped("move_name")), {move.name})
            self.assertEqual(move.payment_reference, move.name)

    def test_the_cache_is_right_afterwards(self):
        """What was read before shows the new invoice, without being told to."""
        self.assertFalse(self.customer.invoice_ids)
        for way in FAST_WAYS:
            with self.subTest(way=way):
                before = self.customer.invoice_ids
                move = self.moves._create_posted([self._make_vals()], way)
                self.assertEqual(self.customer.invoice_ids - before, move)
                self.assertEqual(move.state, "posted")
                self.assertEqual(move.line_ids.move_id, move)
                self.assertEqual(move.amount_total, sum(move.line_ids.mapped("debit")))

    def test_no_chatter_on_the_fast_ways(self):
        """Not even when the caller forgot to turn tracking off."""
        moves = self.moves.with_context(tracking_disable=False)
        for way in FAST_WAYS:
            with self.subTest(way=way):
                move = moves._create_posted([self._make_vals()], way)
                self.env.cr.flush()
                self.assertFalse(move.message_ids)

    def test_nothing_to_do(self):
        self.assertFalse(self.moves._create_posted([]))


@tagged("post_install", "-at_install")
class TestGuard(FastInvoicesCommon):
    """Whatever is not known to be regular goes a slower way, and says why."""

    def _assert_way(self, vals, way, reason, asked="auto"):
        found, why = self._explain(vals, asked)
        self.assertEqual((found, why), (way, why))
        self.assertRegex(why, reason)

    def test_a_plain_invoice_goes_in_bulk(self):
        self.assertEqual(self._explain(self._make_vals()), ("bulk", ""))

    def test_the_caller_chooses_a_slower_way(self):
        self._assert_way(self._make_vals(), "safe", "^$", asked="safe")
        self._assert_way(self._make_vals(), "ordinary", "^$", asked="ordinary")

    def test_what_the_caller_gives(self):
        term = self.mix.terms[0]
        tax = [Command.set(self.tax_sale_a.ids)]
        cases = [
            (self._make_vals(move_type="in_invoice"), "not an invoice"),
            (self._make_vals(move_type="out_receipt"), "not an invoice"),
            (self._make_vals(invoice_date=False), "no invoice date"),
            (self._make_vals(invoice_line_ids=[]), "no line"),
            (self._make_vals(auto_post="at_date"), "auto_post is given"),
            (self._make_vals(payment_reference="X"), "payment_reference is given"),
            (self._make_vals(name="X/1"), "account.move.name is given"),
            (
                self._make_vals(
                    invoice_date_due="2026-03-01", invoice_payment_term_id=term.id
                ),
                "a due date and a payment term",
            ),
            (self._make_vals({"price_unit": None}), "without price"),
            (self._make_vals({"quantity": 0.0}), "without quantity"),
            (self._make_vals({"product_id": False}), "without product and account"),
            (self._make_vals({"display_type": "rounding"}), "type rounding"),
            (
                self._make_vals({"display_type": "line_note", "tax_ids": tax}),
                "a note with a product",
            ),
            (self._make_vals({"deductible_amount": 50}), "deductible_amount is given"),
            (self._make_vals({"sale_line_ids": []}), "sale_line_ids is given"),
            (
                self._make_vals({"analytic_distribution": {"__update__": []}}),
                "updates another",
            ),
            (self._make_vals({"price_unit": 0.0}), "nothing to pay"),
            (self._make_vals({"price_unit": -1.0}), "negative total"),
        ]
        for vals, reason in cases:
            with self.subTest(reason=reason):
                self._assert_way(vals, "ordinary", reason)

    def test_settings_of_the_company(self):
        account = self.mix.accounts["other_income"]
        for field, value, reason in (
            ("account_storno", True, "storno"),
            ("restrictive_audit_trail", True, "audit trail"),
            ("account_discount_income_allocation_id", account.id, "discounts"),
        ):
            with self.subTest(field=field), self.env.cr.savepoint() as savepoint:
                self.company.write({field: value})
                self._assert_way(self._make_vals(), "ordinary", reason)
                savepoint.rollback()

    def test_a_closed_period_is_never_moved_by_us(self):
        self.company.fiscalyear_lock_date = "2026-02-28"
        self._assert_way(self._make_vals(), "ordinary", "closed period")
        later = self._make_vals(invoice_date=date(2026, 3, 1))
        self.assertEqual(self._explain(later), ("bulk", ""))

    def test_early_discount_that_splits_the_tax(self):
        term = self.mix.terms[3]
        vals = self._make_vals(invoice_payment_term_id=term.id)
        self.assertEqual(self._explain(vals), ("bulk", ""))
        term.early_pay_discount_computation = "mixed"
        self._assert_way(vals, "ordinary", "splits the tax")

    def test_what_the_context_carries(self):
        moves = self.moves.with_context(default_ref="X")
        ((way, reason),) = moves._explain_ways([self._make_vals()])
        self.assertEqual(way, "ordinary")
        self.assertIn("default values", reason)

    def test_what_only_posting_refuses(self):
        """Odoo's own posting says what is wrong."""
        account = self.mix.accounts["other_income"]
        vals = self._make_vals({"account_id": account.id})
        account.sudo().active = False
        self._assert_way(vals, "safe", "an account is archived")
        with self._assert_refuses("archived"):
            self.moves._create_posted([vals])

    def test_a_journal_that_needs_posting(self):
        journal = self.mix.journal
        journal.invoice_reference_model = "euro"
        self._assert_way(self._make_vals(), "safe", "payment reference")
        journal.restrict_mode_hash_table = True
        self._assert_way(self._make_vals(), "safe", "hash")
        move = self.moves._create_posted([self._make_vals()])
        self.assertTrue(move.inalterable_hash)
        self.assertTrue(move.payment_reference.startswith("RF"))

    def test_a_module_that_extends_posting(self):
        """It is noticed, and its hook runs."""
        with self._extended_by("some_module", "account.move", "_post"):
            self._assert_way(self._make_vals(), "safe", "some_module extends")
            with (
                patch.object(
                    type(self.moves),
                    "_post",
                    autospec=True,
                    side_effect=UserError("no"),
                ) as post,
                self.assertRaises(UserError),
            ):
                self.moves._create_posted([self._make_vals()])
            post.assert_called_once()

    def test_a_module_that_extends_creation(self):
        for model, method in (
            ("account.move", "create"),
            ("account.move.line", "create"),
            ("account.move.line", "_compute_totals"),
            ("account.tax", "_prepare_tax_lines"),
        ):
            with self.subTest(method=method):
                with self._extended_by("some_module", model, method):
                    self._assert_way(self._make_vals(), "ordinary", "some_module")

    def test_a_module_that_was_read(self):
        """Whoever has read an extension says so."""
        read = self.moves._get_read_extensions()
        self.assertEqual(self.moves._get_read_extensions(), read)
        read["account.move", "_post"] |= {"some_module"}
        with (
            self._extended_by("some_module", "account.move", "_post"),
            patch.object(type(self.moves), "_get_read_extensions", lambda moves: read),
        ):
            self.assertEqual(self._explain(self._make_vals()), ("bulk", ""))

    def test_a_patched_method_is_noticed(self):
        """As automation rules and audit logs do it: on the registry's own class."""
        create = type(self.moves).create
        with patch.object(type(self.moves), "create", create):
            self._assert_way(
                self._make_vals(), "ordinary", r"extends account\.move\.cr"
            )

    def _extended_by(self, module, model, method):
        real = Guard.get_overriders

        def get_overriders(guard, model_name, method_name):
            found = real(guard, model_name, method_name)
            return (
                [module, *found]
                if (model_name, method_name) == (model, method)
                else found
            )

        return patch.object(Guard, "get_overriders", get_overriders)
