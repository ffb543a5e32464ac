from contextlib import contextmanager
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from .invoice_mix import (
    InvoiceMix,
    compare_ledgers,
    compare_ways,
    copy_vals,
    post_and_forget,
    post_ordinarily,
)

FAST_WAYS = ("safe", "bulk")


class FastInvoicesMixin:
    """What is asked of the fast ways, for classes with a ``company``, a ``customer``, a
    ``service``, ``moves`` and a ``mix`` of invoices."""

    def _assert_mixed_invoices_are_equal(self, rounding_method):
        self.company.tax_calculation_rounding_method = rounding_method
        ways = self.moves._explain_ways(self.mix.make(40))
        self.assertGreater([way for way, _reason in ways].count("bulk"), 35, ways)
        self.assertEqual(compare_ways(self.env, 40, batch=40, mix=self.mix), [])

    def _make_vals(self, line=None, **values):
        """A plain invoice with one line."""
        return {
            "move_type": "out_invoice",
            "company_id": self.company.id,
            "journal_id": self.mix.journal.id,
            "partner_id": self.customer.id,
            "currency_id": self.company.currency_id.id,
            "invoice_date": date(2026, 2, 1),
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": self.service.id,
                        "name": "Helpdesk",
                        "quantity": 1.0,
                        "price_unit": 33.33,
                        **(line or {}),
                    }
                )
            ],
            **values,
        }

    def _explain(self, vals, way="auto"):
        return self.moves._explain_ways(copy_vals([vals]), way)[0]

    def _assert_same_ledger(self, vals_list, ways=FAST_WAYS):
        expected = post_and_forget(self.env, post_ordinarily, vals_list)
        for way in ways:
            found = post_and_forget(
                self.env,
                lambda env, values, way=way: self.moves._create_posted(values, way),
                vals_list,
            )
            self.assertEqual(compare_ledgers(expected, found), [], way)

    def _assert_few_queries(self):
        """Bulk work stays bulk work: at most three queries more for each invoice,
        beside what a call costs whatever its size."""
        few, many = 20, 100
        self.moves._create_posted([self._make_vals()])
        for way in FAST_WAYS:
            with self.subTest(way=way):
                first = self._count_queries(few, way)
                second = self._count_queries(many, way)
                self.assertLessEqual((second - first) / (many - few), 3.0)

    def _count_queries(self, number, way):
        """Queries of so many invoices, each of a new customer, from a cold cache."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(number)]
        )
        vals_list = [
            self._make_vals(
                partner_id=customer.id, invoice_payment_term_id=self.mix.terms[0].id
            )
            for customer in customers
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.moves._create_posted(vals_list, way)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


class FastInvoicesCommon(FastInvoicesMixin, AccountTestInvoicingCommon):
    """A company that invoices a service to a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.company_data["company"]
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "is_company": True}
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Helpdesk",
                "type": "service",
                "list_price": 999.0,
                "taxes_id": cls.tax_sale_a.ids,
            }
        )
        cls.moves = cls.env["account.move"]
        cls.mix = InvoiceMix(cls.env, seed=6)

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            group,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @contextmanager
    def _assert_refuses(self, *words):
        """A clear error, and nothing of it stays."""
        with (
            self.assertRaises(UserError) as caught,
            self.env.cr.savepoint(),
        ):
            yield
        for word in words:
            self.assertIn(word, str(caught.exception))
