import re

from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import file_open


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    """Whoever opens the demo finds a deal in every state, and nothing half done."""

    def _get_deals(self):
        return self.env["sale.order"].search([("is_waas", "=", True)])

    def test_there_is_a_deal_in_every_state(self):
        quotations = self._get_deals().filtered(
            lambda order: order.state in ("draft", "sent")
        )
        codes = {
            blocker.code
            for order in quotations
            for blocker in order._waas_get_blockers()
        }
        self.assertGreaterEqual(
            codes,
            {
                "bundle",
                "credit_pending",
                "credit_rejected",
                "agreements_missing",
                "agreements_refused",
                "customer_signature",
                "company_signature",
            },
        )
        self.assertTrue(
            quotations.filtered(lambda order: not order.waas_is_blocked),
            "One quotation is ready to be confirmed.",
        )
        self.assertIn("cancel", self._get_deals().mapped("state"))
        self.assertEqual(
            set(self._get_deals().waas_contract_ids.mapped("waas_state")),
            {"awaiting", "running"},
        )

    def test_running_contracts_were_invoiced_month_by_month(self):
        running = self._get_deals().waas_contract_ids.filtered(
            lambda contract: contract.waas_state == "running"
        )
        for contract in running:
            installments = contract.waas_installment_ids
            self.assertEqual(len(installments), contract.waas_term_id.months)
            for installment in installments.filtered("move_id"):
                move = installment.move_id
                self.assertEqual(move.invoice_date, installment.date_start)
                self.assertAlmostEqual(move.amount_untaxed, installment.amount, 2)
        self.assertEqual(
            set(running.waas_installment_ids.mapped("state")),
            {"planned", "invoiced", "paid"},
        )

    def test_each_invoice_run_is_done(self):
        runs = self.env["waas.invoice.run"].search([])
        self.assertGreater(len(runs), 3)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertFalse(runs.failure_ids)

    def test_every_signed_document_is_untouched(self):
        agreements = self._get_deals().waas_agreement_ids
        self.assertTrue(agreements.filtered(lambda one: one.state == "signed"))
        for agreement in agreements:
            self.assertTrue(agreement._is_untouched())

    def test_no_mail_waits_to_be_sent(self):
        self.assertFalse(
            self.env["mail.mail"].search([("state", "in", ("outgoing", "exception"))])
        )

    def test_a_mail_is_caught(self):
        base_url = self.env["waas.demo.mail"].get_base_url()
        mail = self.env["mail.mail"].create(
            {
                "email_to": "nobody@also.example",
                "subject": "Caught",
                "body_html": f'<a href="{base_url}/my">My account</a>',
                "auto_delete": True,
            }
        )
        mail.send()
        caught = self.env["waas.demo.mail"].search([("subject", "=", "Caught")])
        self.assertEqual(caught.email_to, "nobody@also.example")
        self.assertIn('href="/my"', caught.body)
        self.assertFalse(mail.exists())

    def test_the_price_list_of_next_year_can_be_imported(self):
        path = "also_waas_demo/static/files/waas_price_list_2027.csv"
        with file_open(path, "rb") as file:
            content = file.read()
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "product.pricelist.item",
                "file": content,
                "file_type": "text/csv",
            }
        )
        columns = content.decode().splitlines()[0].split(",")
        result = wizard.execute_import(
            columns,
            columns,
            {
                "quoting": '"',
                "separator": ",",
                "encoding": "utf-8",
                "has_headers": True,
                "datetime_format": "%Y-%m-%d %H:%M:%S",
                "float_thousand_separator": ",",
                "float_decimal_separator": ".",
            },
            dryrun=True,
        )
        self.assertFalse(result["messages"])


@tagged("post_install", "-at_install")
class TestMailbox(HttpCase):
    def test_the_link_in_the_mailbox_opens_the_agreements(self):
        mails = self.env["waas.demo.mail"].search([("body", "ilike", "/waas/sign/")])
        waiting = self.env["waas.agreement"].search([("state", "=", "sent")])
        mail = mails.filtered(
            lambda one: one.email_to == waiting[0].signatory_id.email_normalized
        )[0]
        link = re.search(r'href="(/waas/sign/[^"]+)"', mail.body)[1]
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn(waiting[0].order_id.name, page.text)
