from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account_invoice_fast.tests.common import (
    FAST_WAYS,
    FastInvoicesMixin,
)
from odoo.addons.account_invoice_fast.tests.invoice_mix import (
    InvoiceMix,
    copy_vals,
)

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestFastInvoicesOfRent(FastInvoicesMixin, WaasCommon):
    """R13: however fast an invoice is made, the ledger is what Odoo makes of it; also
    with sales, stock and contracts installed, which extend invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company, cls.service = cls.also, cls.helpdesk
        cls.moves = cls.env["account.move"]
        cls.mix = InvoiceMix(cls.env, seed=6)

    def test_r13_mixed_invoices_are_equal_rounded_globally(self):
        self._assert_mixed_invoices_are_equal("round_globally")

    def test_r13_mixed_invoices_are_equal_rounded_per_line(self):
        self._assert_mixed_invoices_are_equal("round_per_line")

    def test_r13_the_months_of_a_contract_go_in_bulk(self):
        contract = self._confirm(self._create_order(quantity=1)).waas_contract_ids
        contract.sudo()._waas_activate(date(2026, 1, 31))
        vals = contract.waas_installment_ids[:1].sudo()._prepare_invoice()
        self.assertEqual(self._explain(vals), ("bulk", ""))

    def test_r13_ways_mix_in_one_call(self):
        """Ids follow the caller's order, numbers Odoo's, without a gap."""
        storable = {"product_id": self.laptop.id}
        vals_list = [
            self._make_vals(storable if index % 3 == 0 else None, ref=ref)
            for index, ref in enumerate(("C", "A", False, "B", "A", "C", False))
        ]
        ways = self.moves._explain_ways(vals_list)
        self.assertEqual({way for way, _reason in ways}, {"ordinary", "bulk"})
        self.assertRegex(ways[0][1], "storable")
        self._assert_same_ledger(vals_list)
        moves = self.moves._create_posted(copy_vals(vals_list))
        self.assertEqual(moves.ids, sorted(moves.ids))
        self.assertEqual(moves.mapped("ref"), [vals["ref"] for vals in vals_list])
        numbers = sorted(moves.mapped("sequence_number"))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 7)))

    def test_r13_lines_of_a_sales_order_go_the_ordinary_way(self):
        way, reason = self._explain(self._make_vals({"sale_line_ids": []}))
        self.assertEqual(way, "ordinary")
        self.assertRegex(reason, "sale_line_ids is given")

    def test_r13_own_fields_pass_through(self):
        contract_line = self._create_contract_line()
        vals = self._make_vals({"contract_line_id": contract_line.id})
        self.assertEqual(self._explain(vals), ("bulk", ""))
        self._assert_same_ledger([vals])
        for way in FAST_WAYS:
            with self.subTest(way=way):
                move = self.moves._create_posted(copy_vals([vals]), way)
                self.assertEqual(move.invoice_line_ids.contract_line_id, contract_line)

    def test_r13_the_cache_is_right_afterwards(self):
        """What was read before shows the new invoice, without being told to."""
        contract_line = self._create_contract_line()
        self.assertFalse(self.customer.invoice_ids)
        for way in FAST_WAYS:
            with self.subTest(way=way):
                before = self.customer.invoice_ids
                vals = self._make_vals({"contract_line_id": contract_line.id})
                move = self.moves._create_posted([vals], way)
                self.assertEqual(self.customer.invoice_ids - before, move)
                self.assertEqual(move.state, "posted")
                self.assertEqual(move.line_ids.move_id, move)
                self.assertEqual(move.amount_total, sum(move.line_ids.mapped("debit")))

    def _create_contract_line(self):
        contract = self.env["contract.contract"].create(
            {
                "name": "Rent",
                "partner_id": self.customer.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": self.helpdesk.id,
                            "name": "Helpdesk",
                            "price_unit": 10.0,
                            "recurring_rule_type": "monthly",
                            "date_start": "2026-01-01",
                            "recurring_next_date": "2026-01-01",
                        }
                    )
                ],
            }
        )
        return contract.contract_line_ids

    def test_queries_per_invoice(self):
        self._assert_few_queries()
