import re

from odoo import fields
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import file_open

from odoo.addons.also_waas.deliveries import sounds_like_delivery


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
            {"awaiting", "running", "ended"},
        )

    def test_nothing_happened_in_the_future(self):
        """On any day: the story ends today."""
        now = fields.Datetime.now()
        looked_at = 0
        for name, model in self.env.items():
            for field in model._fields.values() if name.startswith("waas.") else ():
                if not (
                    model._auto
                    and not model._transient
                    and field.store
                    and field.type == "datetime"
                    and field.name.endswith("_on")
                    and not field.name.endswith("expires_on")  # deadlines
                ):
                    continue
                looked_at += 1
                with self.subTest(model=name, field=field.name):
                    found = model.with_context(active_test=False).search(
                        [(field.name, ">", now)]
                    )
                    self.assertFalse(found)
        self.assertGreater(looked_at, 20)
        self.assertFalse(
            self.env["account.move"].search(
                [("state", "=", "posted"), ("invoice_date", ">", now.date())]
            )
        )

    def test_running_contracts_were_invoiced_month_by_month(self):
        running = self._get_deals().waas_contract_ids.filtered(
            lambda contract: contract.waas_state == "running"
        )
        for contract in running:
            installments = contract.waas_installment_ids
            extensions = contract.waas_change_ids.filtered(
                lambda change: change.kind == "extension" and change.state == "applied"
            )
            self.assertEqual(
                len(installments),
                max([contract.waas_term_id.months, *extensions.mapped("months")]),
            )
            for installment in installments.filtered("move_id"):
                move = installment.move_id
                self.assertEqual(move.invoice_date, installment.date_start)
                self.assertAlmostEqual(move.amount_untaxed, installment.amount, 2)
        self.assertEqual(
            set(running.waas_installment_ids.mapped("state")),
            {"planned", "invoiced", "paid"},
        )

    def test_r3_no_line_of_an_invoice_charges_a_delivery(self):
        moves = self.env["account.move"].search([("waas_contract_id", "!=", False)])
        self.assertTrue(moves.invoice_line_ids)
        for line in moves.invoice_line_ids.filtered("price_subtotal"):
            with self.subTest(line.name):
                self.assertFalse(sounds_like_delivery(line.product_id.name))
                self.assertFalse(sounds_like_delivery(line.name))

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
class TestRunningContracts(TransactionCase):
    """Stage 3: what happens to contracts that run, to their devices, and to the
    partners who brought them."""

    def _get_change(self, kind):
        return self.env["waas.change"].search([("kind", "=", kind)])

    def test_there_is_a_change_of_every_kind(self):
        changes = self.env["waas.change"].search([])
        self.assertEqual(
            {change.kind: change.state for change in changes},
            {
                "upgrade": "applied",
                "extension": "applied",
                "termination": "applied",
                "seats": "waiting",
            },
        )
        self.assertEqual(self._get_change("seats").waas_next_actor, "customer")

    def test_r12_the_extension_is_at_the_original_price(self):
        extension = self._get_change("extension")
        self.assertEqual(extension.contract_id.date_end, extension.date_end)
        self.assertEqual(extension.monthly_after, extension.monthly_before)
        self.assertTrue(extension.waas_credit_check_ids, "The exposure grew.")

    def test_r11_leaving_early_cost_the_total(self):
        leaving = self._get_change("termination")
        contract = leaving.contract_id
        self.assertEqual(contract.waas_end_reason, "early")
        moves = contract.waas_installment_ids.move_id
        self.assertAlmostEqual(
            sum(moves.mapped("amount_untaxed")), contract.waas_total_amount, 2
        )
        self.assertAlmostEqual(leaving.move_ids.amount_untaxed, leaving.owed_amount, 2)

    def test_one_end_of_term_waits_for_a_choice(self):
        contract = self.env["contract.contract"].search(
            [
                ("waas_state", "=", "running"),
                ("waas_end_announced_on", "!=", False),
                ("waas_end_choice", "=", False),
            ]
        )
        self.assertEqual(len(contract), 1)
        self.assertIn("extend, follow-on", contract.activity_ids.summary)
        self.assertTrue(
            self.env["waas.demo.mail"].search(
                [("body", "ilike", contract.name), ("email_to", "ilike", "blikvanger")]
            )
        )

    def test_r15_one_return_is_done_and_one_on_its_way(self):
        returns = self.env["waas.return"].search([])
        done = returns.filtered(lambda record: record.state == "closed")
        coming = returns - done
        self.assertEqual((len(done), coming.mapped("state")), (1, ["transit"]))
        self.assertTrue(done.accepted_on, "Who sends the devices is responsible.")
        self.assertEqual(coming.fee_move_id.amount_untaxed, 75.0)
        self.assertTrue(coming.processor_id)
        handover = coming.handover_ids
        self.assertEqual(handover.counted, coming.device_count)
        self.assertTrue(handover.seals and handover.signature)
        self.assertFalse(returns.user_id & self.env.ref("base.user_root"))

    def test_r15_what_came_back_was_erased_and_is_in_stock(self):
        done = self.env["waas.return"].search([("state", "=", "closed")])
        devices = done.line_ids.device_id
        self.assertEqual(set(done.erasure_ids.mapped("state")), {"passed"})
        self.assertEqual(done.certificate_ids.erasure_ids, done.erasure_ids)
        self.assertTrue(done.certificate_ids._is_true())
        places = devices.quant_ids.filtered(lambda quant: quant.quantity > 0)
        self.assertEqual(
            {place.location_id.is_waas_quarantine for place in places}, {False}
        )
        for device in devices:
            self.assertFalse(device._waas_get_custody_problems())

    def test_commission_is_in_every_state_and_adds_up(self):
        rows = self.env["waas.commission"].search([])
        self.assertEqual(
            set(rows.mapped("state")), {"earned", "settled", "billed", "paid"}
        )
        self.assertLessEqual({"new", "upgrade", "extension"}, set(rows.mapped("event")))
        for settlement in rows.settlement_id:
            self.assertAlmostEqual(
                settlement.total,
                sum(settlement.line_ids.waas_commission_id.mapped("amount")),
                2,
            )
        bills = rows.bill_id
        self.assertEqual(set(bills.mapped("state")), {"posted"})
        self.assertAlmostEqual(
            sum(bills.mapped("amount_untaxed")),
            sum(rows.filtered("bill_id").mapped("amount")),
            2,
        )

    def test_the_bill_that_is_to_be_paid_has_its_statement(self):
        rows = self.env["waas.commission"].search([("state", "=", "billed")])
        for bill in rows.bill_id:
            self.assertTrue(
                bill.attachment_ids.filtered(
                    lambda file: file.mimetype == "application/pdf"
                )
            )

    def test_r5_reports_are_sent_and_one_is_open(self):
        reports = self.env["waas.sellout.report"].search([])
        self.assertEqual(set(reports.mapped("state")), {"draft", "sent"})
        self.assertTrue(reports.line_ids.filtered("serial"))
        for report in reports.filtered(lambda report: report.state == "sent"):
            self.assertTrue(report._get_content(), "It is the file that was closed.")
            self.assertEqual(report.sending_ids.mapped("state"), ["sent"])

    def test_r9_the_marketplace_provided_the_licenses(self):
        licenses = self.env["waas.license"].search([])
        self.assertLessEqual({"active", "ended"}, set(licenses.mapped("state")))
        self.assertEqual(
            set(self.env["waas.marketplace.message"].search([]).mapped("state")),
            {"done"},
        )
        for license_ in licenses.filtered(lambda one: one.state == "active"):
            self.assertEqual(license_.provisioned_seats, license_.seats)

    def test_r9_a_difference_can_be_mended(self):
        check = self.env["waas.license.check"].search([])
        self.assertEqual((check.kind, check.seats, check.amount), ("seats", 1, 10.5))
        check.action_fix()
        self.env["waas.marketplace.message"].search([("state", "=", "pending")])._send()
        check._check_company_now(check.company_id)
        self.assertEqual(check.state, "resolved")
        self.assertEqual(check.license_id.state, "active")


@tagged("post_install", "-at_install")
class TestMailbox(HttpCase):
    def test_the_link_in_the_mailbox_opens_the_agreements(self):
        mails = self.env["waas.demo.mail"].search([("body", "ilike", "/waas/sign/")])
        waiting = self.env["waas.agreement"].search(
            [("state", "=", "sent"), ("change_id", "=", False)]
        )
        mail = mails.filtered(
            lambda one: one.email_to == waiting[0].signatory_id.email_normalized
        )[0]
        link = re.search(r'href="(/waas/sign/[^"]+)"', mail.body)[1]
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn(waiting[0].order_id.name, page.text)
