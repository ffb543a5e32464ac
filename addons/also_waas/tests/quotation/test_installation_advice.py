from odoo import Command
from odoo.tests import Form, tagged, users

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestInstallationAdvice(QuotationCommon):
    """R4: partners are advised to offer configuration and installation."""

    def test_r4_the_advice_is_given_while_quoting(self):
        order = self._create_order(quantity=1)
        self.assertIn(
            "We strongly advise Partner One to offer configuration and installation",
            order.waas_installation_advice,
        )
        order.action_quotation_sent()
        self.assertTrue(order.waas_installation_advice)
        order.waas_reseller_id = False
        self.assertIn("advise the partner to offer", order.waas_installation_advice)

    def test_r4_afterwards_and_elsewhere_it_is_not(self):
        order = self._create_order(quantity=1)
        self._confirm(order)
        self.assertFalse(order.waas_installation_advice)
        cancelled = self._create_order()
        cancelled._action_cancel()
        self.assertFalse(cancelled.waas_installation_advice)
        ordinary = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertFalse(ordinary.waas_installation_advice)

    @users("waas_seller")
    def test_r4_the_form_shows_it(self):
        form = Form(self._create_order().with_user(self.env.user))
        self.assertIn("strongly advise Partner One", form.waas_installation_advice)
        self.assertFalse(form._get_modifier("waas_installation_advice", "invisible"))


@tagged("post_install", "-at_install")
class TestPartnerServices(QuotationCommon):
    """R6: the partner offers and invoices services of its own; ALSO shows them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.services = [
            Command.create({"name": "Installation", "price": 150.0}),
            Command.create({"name": "Support", "price": 9.0, "period": "month"}),
        ]

    def test_r6_partner_services_are_no_amount_of_also(self):
        order = self._create_order(quantity=1)
        untouched = order.read(["amount_untaxed", "amount_total", "waas_total_amount"])
        fingerprint = order._waas_get_fingerprint()
        order.waas_reseller_service_ids = self.services
        self.assertEqual(
            order.read(["amount_untaxed", "amount_total", "waas_total_amount"]),
            untouched,
        )
        self._assert_amounts(order, 45.99, 60.0)
        self.assertEqual(order._waas_get_fingerprint(), fingerprint)

    def test_r6_also_never_invoices_partner_services(self):
        order = self._create_order(quantity=1, waas_reseller_service_ids=self.services)
        self._put_in_stock(self.laptop, 1)
        self._confirm(order)
        self._deliver(order)
        contract = order.waas_contract_ids
        self.assertEqual(contract.contract_line_ids.product_id, self.bundle)
        self.assertAlmostEqual(contract.waas_total_amount, 45.99 * 36, 2)
        invoice = contract.waas_installment_ids.move_id
        self.assertAlmostEqual(invoice.amount_untaxed, 45.99, 2)
        self.assertEqual(len(invoice.invoice_line_ids), 1)

    def test_r6_partner_services_are_shown_and_are_not_order_lines(self):
        order = self._create_order(quantity=1, waas_reseller_service_ids=self.services)
        names = order._get_order_lines_to_report().mapped("product_id.name")
        self.assertEqual(names, ["Workplace"])
        report = (
            self.env["ir.actions.report"]
            ._render_qweb_html("sale.report_saleorder", order.ids)[0]
            .decode()
        )
        self.assertIn("Installation", report)
        self.assertIn("150.00", report)

    def test_r6_what_also_does_not_rent_out_is_refused(self):
        chair = self._create_waas_product("Chair", False)
        refusal = (
            "Chair cannot be on a WaaS quotation: only bundles are rented out, with "
            "their upgrades and options. List what the partner offers and invoices "
            "under Partner Services"
        )
        with self._assert_refuses(refusal):
            self._create_order(order_line=[Command.create({"product_id": chair.id})])
        order = self._create_order(quantity=1)
        with self._assert_refuses(refusal):
            order.order_line = [Command.create({"product_id": chair.id})]
        with self._assert_refuses(refusal):
            self._get_bundle_line(order).product_id = chair

    def test_r6_a_component_alone_is_not_rented_out(self):
        for product in (self.laptop, self.office_basic, self.helpdesk):
            with self._assert_refuses(f"{product.name} cannot be on a WaaS quotation"):
                self._create_order(
                    order_line=[Command.create({"product_id": product.id})]
                )

    def test_r6_sections_and_notes_are_welcome(self):
        order = self._create_order(quantity=1)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Utrecht"}),
            Command.create({"display_type": "line_note", "name": "Thank you"}),
        ]
        self._assert_amounts(order, 45.99, 60.0)

    def test_r6_the_price_of_a_service_is_not_negative(self):
        with self._assert_violates():
            self._create_order(
                waas_reseller_service_ids=[
                    Command.create({"name": "Discount", "price": -5.0})
                ]
            )

    def test_r6_a_copy_has_the_services_too(self):
        order = self._create_order(waas_reseller_service_ids=self.services)
        self.assertEqual(
            order.copy().waas_reseller_service_ids.mapped("name"),
            ["Installation", "Support"],
        )

    def test_r6_no_default_template_fills_a_quotation_with_what_is_sold(self):
        chair = self._create_waas_product("Chair", False)
        self.also.sale_order_template_id = self.env["sale.order.template"].create(
            {
                "name": "Chairs",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": chair.id})
                ],
            }
        )
        self.assertFalse(self._create_order().sale_order_template_id)
        form = Form(
            self.env["sale.order"]
            .with_user(self.seller)
            .with_context(default_is_waas=True)
        )
        form.partner_id = self.customer
        self.assertEqual(len(form.order_line), 0)
        ordinary = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertEqual(ordinary.sale_order_template_id.name, "Chairs")
