from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import is_html_empty

from ..common.cases import WaasCommon

OWN_VIEWS = (
    "also_waas.report_saleorder_document",
    "also_waas.sale_order_portal_content",
    "also_waas.sale_order_portal_content_totals_table",
    "also_waas.sale_order_portal_template",
)


@tagged("post_install", "-at_install")
class TestOrderReport(WaasCommon):
    """The quotation as the end customer reads it, printed and in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(
            quantity=10,
            waas_delivery_route="reseller",
            waas_reseller_service_ids=[
                Command.create({"name": "Installation", "price": 149.0}),
                Command.create({"name": "Backup", "price": 5.5, "period": "month"}),
            ],
        )

    def _print(self, order, user=None):
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(user or self.seller)
            ._render_qweb_html("sale.action_report_saleorder", order.ids)
        )
        return self._get_text(content)

    def _show_in_portal(self, order):
        return self._get_text(
            self.env["ir.qweb"]._render(
                "sale.sale_order_portal_content",
                {
                    "sale_order": order.sudo(),
                    "report_type": "html",
                    "is_html_empty": is_html_empty,
                },
            )
        )

    def _get_text(self, content):
        return " ".join(html.fromstring(content).text_content().split())

    def test_r2_r3_quotation_tells_route_and_that_delivery_is_free(self):
        for text in (self._print(self.order), self._show_in_portal(self.order)):
            self.assertIn("Via the partner, free of charge", text)
        self.order.waas_delivery_route = "customer"
        for text in (self._print(self.order), self._show_in_portal(self.order)):
            self.assertIn("Directly to the end customer, free of charge", text)

    def test_r6_quotation_shows_services_of_the_partner_as_not_alsos(self):
        for text in (self._print(self.order), self._show_in_portal(self.order)):
            self.assertIn("Services of Partner One", text)
            self.assertIn(
                "Offered and invoiced by Partner One, not by "
                f"{self.also.name}, and shown for information",
                text,
            )
            self.assertIn("Installation", text)
            self.assertIn("149.00", text)
            self.assertIn("Per Month", text)

    def test_r6_employee_who_may_read_the_order_may_print_its_services(self):
        self.assertIn("Installation", self._print(self.order, user=self.accountant))

    def test_r10_quotation_tells_term_monthly_price_and_contract_total(self):
        for text in (self._print(self.order), self._show_in_portal(self.order)):
            self.assertIn("36 months", text)
            self.assertIn("per month", text)
            self.assertIn("459.90", text)
            self.assertRegex(
                text, r"Contract total 36 months, without VAT \D*16,556\.40"
            )

    def test_r8_end_customer_never_reads_commission(self):
        self.assertEqual(self.order.waas_commission_amount, 600.0)
        for text in (self._print(self.order), self._show_in_portal(self.order)):
            self.assertNotIn("ommission", text)
            self.assertNotIn("600.00", text)

    def test_ordinary_order_reads_as_before(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.product_a.id})],
            }
        )
        with_waas = self._print(order), self._show_in_portal(order)
        for view in OWN_VIEWS:
            self.env.ref(view).active = False
        self.assertEqual((self._print(order), self._show_in_portal(order)), with_waas)
