from odoo.tests import Form, tagged

from .common_invoice_run import START, TODAY, InvoiceRunCommon


@tagged("post_install", "-at_install")
class TestInvoiceRunGrowth(InvoiceRunCommon):
    """A run costs what it invoices: its preview is a few sums of the database."""

    def _count_queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _preview(self):
        run = self.env["waas.invoice.run"].new({"date": TODAY})
        return run._preview()

    def test_a_preview_of_many_months_asks_as_little_as_one_of_few(self):
        self._preview()  # what any preview has looked up before
        few = self._count_queries(self._preview)
        for number in range(2, 5):
            self._create_contract(START, quantity=number)
        self.assertEqual(self._count_queries(self._preview), few)
        self.assertEqual(self._preview()["installment_count"], 18)
        self.assertEqual(self._preview()["new_count"], 6)

    def test_while_no_day_is_entered_nothing_is_due(self):
        with Form(self.env["waas.invoice.run"]) as form:
            self.assertEqual(form.installment_count, 9)
            form.date = False
            self.assertEqual(form.installment_count, 0)
            self.assertEqual(form.amount, 0.0)
            form.date = TODAY
            self.assertEqual(form.installment_count, 9)

    def test_the_oldest_months_are_invoiced_first(self):
        run = self.env["waas.invoice.run"].create({"date": TODAY})
        run.sudo().state = "running"
        later = self._create_contract(TODAY, quantity=1)
        earlier = self._create_contract(START, quantity=1)
        found = run._find_billable(10)
        self.assertEqual(found[-1].contract_id, later)
        self.assertIn(earlier, found.contract_id)
        self.assertEqual(found[0].date_start, START)
