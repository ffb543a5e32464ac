from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FAST_WAYS, FastInvoicesCommon
from .invoice_mix import (
    copy_vals,
    read_ledger,
)


@tagged("post_install", "-at_install")
class TestRefusals(FastInvoicesCommon):
    """Errors reach the caller, and leave nothing behind."""

    def test_who_may_not_invoice(self):
        somebody = self._create_user("fast_somebody", "base.group_user")
        for way in FAST_WAYS:
            with self.subTest(way=way), self.assertRaises(AccessError):
                self.moves.with_user(somebody)._create_posted([self._make_vals()], way)

    def test_the_accountant_makes_the_same(self):
        accountant = self._create_user(
            "fast_accountant", "account.group_account_invoice"
        )
        self.env = self.env(user=accountant)
        self.moves = self.moves.with_env(self.env)
        vals_list = [self._make_vals(), self._make_vals(ref="X")]
        ledgers = [
            read_ledger(self.moves._create_posted(copy_vals(vals_list), way).sudo())
            for way in FAST_WAYS
        ]
        amounts = [ledger["move 0"]["amount_total"] for ledger in ledgers]
        self.assertEqual(amounts[0], amounts[1])

    @mute_logger("odoo.sql_db")
    def test_one_error_undoes_the_call(self):
        """The caller's savepoint holds nothing of the invoices before it either."""
        before = self.moves.search_count([])
        wrong = self._make_vals({"price_unit": -1.0})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.moves._create_posted([self._make_vals(), wrong])
        self.assertEqual(self.moves.search_count([]), before)
        first, second = self.moves._create_posted(
            [self._make_vals(), self._make_vals()]
        )
        self.assertEqual(second.sequence_number, first.sequence_number + 1)

    def test_an_account_of_the_wrong_kind(self):
        receivable = self.mix.accounts["receivable"]
        line = {"account_id": receivable.id, "display_type": "product"}
        vals = self._make_vals(line)
        self.assertEqual(self._explain(vals)[0], "ordinary")
        for way in ("ordinary", *FAST_WAYS):
            with self.subTest(way=way), self._assert_refuses("due date"):
                self.moves._create_posted(copy_vals([vals]), way)

    def test_a_partner_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.customer.company_id = other
        for way in ("ordinary", *FAST_WAYS):
            with self.subTest(way=way), self._assert_refuses("compan"):
                self.moves._create_posted([self._make_vals()], way)


@tagged("post_install", "-at_install")
class TestQueries(FastInvoicesCommon):
    def test_queries_per_invoice(self):
        self._assert_few_queries()
