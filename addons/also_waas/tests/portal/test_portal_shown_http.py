import base64

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases import WaasHttpCommon
from ..common.cases_business import WaasDealsCommon


@tagged("post_install", "-at_install")
class TestPortalHttpPages(WaasDealsCommon, WaasHttpCommon):
    """What the pages show."""

    def _assert_hides(self, path, secrets):
        response = self.url_open(path)
        shown = base64.b64encode(response.content)
        self.assertNotIn(shown, secrets, path)
        self.assertNotIn("The hardware stays ours", response.text)
        if path.startswith("/web/content"):
            self.assertIn(response.status_code, (403, 404), path)

    def test_my_orders_show_a_reseller_the_deals_it_brought(self):
        self._log_in(self.reseller_user)
        quotes, orders = (
            self.url_open(path).text for path in ("/my/quotes", "/my/orders")
        )
        self.assertIn(self.quotation.name, quotes)
        self.assertIn(self.order.name, orders)
        self.assertIn(self.purchase.name, orders)
        self.assertNotIn(self.other_order.name, quotes + orders)
        page = self.url_open(f"/my/orders/{self.other_order.id}")
        self.assertTrue(page.url.endswith("/my"))

    def test_r8_no_page_or_print_names_the_commission_to_the_end_customer(self):
        self._log_in(self.customer_user)
        self.assertEqual(self.order.waas_commission_amount, 1234.56)
        for path in (
            "/my/quotes",
            "/my/orders",
            f"/my/orders/{self.order.id}",
            f"/my/orders/{self.quotation.id}",
            f"/my/orders/{self.order.id}?report_type=html",
            f"/my/orders/{self.order.id}?report_type=pdf",
            "/my/contracts",
            f"/my/contracts/{self.contract.id}",
        ):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200, path)
            self.assertIn(path.partition("?")[0], page.url)
            self.assertNotIn("1,234.56", page.text, path)
            self.assertNotIn("ommission", page.text, path)

    def test_r8_no_message_names_the_commission_or_the_credit(self):
        for user in self.customer_user, self.reseller_user:
            self._log_in(user)
            messages = self._call(
                "mail.message",
                "search_read",
                [("model", "in", ["sale.order", "contract.contract"])],
                ["body"],
            )["result"]
            for message in messages:
                self.assertNotRegex(
                    message["body"].lower(), "commission|credit|1,234.56|sign/"
                )

    # === DOCUMENTS AND SIGNATURES ===#

    @mute_logger("odoo.http")
    def test_r1_documents_are_for_waas_people_only(self):
        agreement = self.order.waas_agreement_ids[0]
        content = agreement.signed_document
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "waas.agreement"),
                    ("res_id", "=", agreement.id),
                    ("res_field", "=", "signed_document"),
                ]
            )
        )
        paths = [
            f"/web/content/waas.agreement/{agreement.id}/signed_document",
            f"/web/content/waas.agreement/{agreement.id}/document",
            f"/web/content/{attachment.id}",
            f"/web/image/waas.agreement/{agreement.id}/customer_signature",
            f"/report/html/also_waas.report_agreement/{agreement.id}",
        ]
        image = self.env["waas.agreement"].browse(agreement.id).customer_signature
        outsiders = (
            self.customer_user,
            self.reseller_user,
            self.stranger_user,
            self.warehouse,
            self.salesman,
            None,
        )
        secrets = {agreement.document, content, image}
        for user in outsiders:
            self._log_in(user) if user else self.authenticate(None, None)
            for path in paths:
                self._assert_hides(path, secrets)
            if user:
                found = self._call(
                    "ir.attachment",
                    "search_read",
                    [("res_field", "!=", False), ("id", "=", attachment.id)],
                    ["datas"],
                )
                self.assertFalse(found.get("result"))
        for user in self.seller, self.officer, self.accountant:
            self._log_in(user)
            for path in paths[:3]:
                self.assertEqual(self.url_open(path).status_code, 200, path)

    def test_a_download_keeps_its_name_whatever_is_in_the_title(self):
        agreement = self.order.waas_agreement_ids[0]
        agreement.sudo().title = 'Rent & "more" #1 ✓'
        self._log_in(self.seller)
        action = self._call("waas.agreement", "action_download", agreement.ids)
        response = self.url_open(action["result"]["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn("1%20%E2%9C%93.pdf", response.headers["Content-Disposition"])

    def test_j8_a_company_without_it_shows_nothing(self):
        plain = self.env["res.company"].create({"name": "Sells Only"})
        self.reseller_user.write(
            {"company_ids": [Command.set(plain.ids)], "company_id": plain.id}
        )
        self._log_in(self.reseller_user)
        for path in ("", "/deals", "/deals/new", "/prices", "/commission"):
            with self.subTest(path=path):
                response = self.url_open(f"/my/waas{path}", allow_redirects=False)
                self.assertEqual(response.status_code, 404)
