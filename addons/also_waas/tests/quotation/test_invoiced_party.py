from datetime import date

from odoo import Command
from odoo.tests import Form, tagged, users

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestInvoicedParty(QuotationCommon):
    """R13: the end customer rents and is invoiced; nothing is the partner's."""

    def test_r13_the_end_customer_is_invoiced(self):
        order = self._create_order(waas_delivery_route="reseller")
        self.assertEqual(order.partner_invoice_id, self.customer)

    def test_r13_an_invoice_address_of_the_end_customer_may_be_chosen(self):
        accounts = self.env["res.partner"].create(
            {"name": "Accounts", "type": "invoice", "parent_id": self.customer.id}
        )
        self.assertEqual(self._create_order().partner_invoice_id, accounts)

    def test_r13_the_partner_is_not_invoiced(self):
        refusal = (
            r"WaaS is invoiced to the end customer: choose an invoice address "
            "of Customer One instead of Partner One"
        )
        with self._assert_refuses(refusal):
            self._create_order(partner_invoice_id=self.reseller.id)
        order = self._create_order()
        with self._assert_refuses(refusal):
            order.partner_invoice_id = self.reseller
        with self._assert_refuses("instead of Partner One, Partner One Signatory"):
            order.partner_invoice_id = self.reseller.child_ids

    def test_r13_a_third_party_is_not_invoiced(self):
        with self._assert_refuses("instead of Customer Two"):
            self._create_order(partner_invoice_id=self.other_customer.id)

    def test_r13_a_contact_of_the_partner_is_no_end_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Bakery", "parent_id": self.reseller.id}
        )
        refusal = (
            "belongs to partner Partner One. The end customer rents and pays itself"
        )
        with self._assert_refuses(f"Bakery {refusal}"):
            self._create_order(partner_id=contact.id)
        # The partner itself: it does not belong to itself.
        with self._assert_refuses("Partner One brings this deal as the partner, so"):
            self._create_order(partner_id=self.reseller.id)
        order = self._create_order()
        with self._assert_refuses(refusal):
            order.partner_id = contact

    def test_r13_only_a_waas_partner_brings_deals(self):
        with self._assert_refuses("Customer Two is not a WaaS partner: tick"):
            self._create_order(waas_reseller_id=self.other_customer.id)

    def test_r13_a_partner_may_rent_for_itself_through_another(self):
        order = self._create_order(
            partner_id=self.reseller.id, waas_reseller_id=self.other_reseller.id
        )
        self.assertEqual(order.partner_invoice_id, self.reseller)

    def test_r13_nothing_counts_against_the_credit_of_the_partner(self):
        self.also.account_use_credit_limit = True
        reseller = self.reseller.with_company(self.also)
        customer = self.customer.with_company(self.also)
        reseller.credit_limit = 100.0
        order = self._create_full_order(10, 20, waas_delivery_route="reseller")
        self._put_in_stock(self.laptop, 10)
        self._put_in_stock(self.monitor, 20)
        self._confirm(order)

        def read(partner):
            partner.invalidate_recordset()
            return partner.credit, partner.credit_to_invoice

        self.assertEqual(read(reseller), (0.0, 0.0))
        self.assertEqual(read(customer), (0.0, 0.0), "the contract is not invoiced yet")
        self._deliver(order)
        self.assertEqual(read(reseller), (0.0, 0.0))
        credit, to_invoice = read(customer)
        self.assertAlmostEqual(credit, 638.14, 2)
        self.assertEqual(to_invoice, 0.0)

    def test_r13_sale_itself_has_nothing_to_invoice(self):
        order = self._create_full_order(10, 20)
        self._put_in_stock(self.laptop, 10)
        self._put_in_stock(self.monitor, 20)
        self._confirm(order)
        for moment in ("confirmed", "delivered"):
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(order.invoice_status, "no", moment)
            self.assertEqual(order.amount_to_invoice, 0.0, moment)
            for line in order.order_line:
                self.assertRecordValues(
                    line,
                    [
                        {
                            "qty_to_invoice": 0.0,
                            "invoice_status": "no",
                            "amount_to_invoice": 0.0,
                            "untaxed_amount_to_invoice": 0.0,
                        }
                    ],
                )
            if moment == "confirmed":
                self._deliver(order)
        laptops = self._get_lines(order, self.laptop)
        self.assertEqual(laptops.qty_delivered, 10.0)
        with self._assert_refuses("is invoiced every month from its contract"):
            order._create_invoices()
        self.assertFalse(order._get_invoiceable_lines())

    def test_r13_nothing_is_paid_down(self):
        order = self._create_order(quantity=1)
        for state in ("draft", "sale"):
            window = (
                self.env["sale.advance.payment.inv"]
                .with_context(active_model="sale.order", active_ids=order.ids)
                .create({"advance_payment_method": "percentage", "amount": 10.0})
            )
            with self._assert_refuses("cannot be typed|is confirmed and signed"):
                window.create_invoices()
            self.assertFalse(order.invoice_ids)
            if state == "draft":
                self._confirm(order)

    def test_r13_vat_follows_the_end_customer_who_rents(self):
        self.reseller.country_id = self.env.ref("base.be")
        position = self.env["account.fiscal.position"].create(
            {
                "name": "Belgium",
                "auto_apply": True,
                "country_id": self.env.ref("base.be").id,
            }
        )
        order = self._create_order(quantity=1, waas_delivery_route="reseller")
        self.assertNotEqual(order.fiscal_position_id, position)
        self.customer.country_id = self.env.ref("base.be")
        order = self._create_order(quantity=1, waas_delivery_route="reseller")
        self.assertEqual(order.fiscal_position_id, position)

    @users("waas_seller")
    def test_r13_vat_of_another_end_customer_shows_on_the_screen(self):
        free = self.env["account.fiscal.position"].sudo().create({"name": "No VAT"})
        self.env["account.tax"].sudo().create(
            {
                "name": "None",
                "amount": 0.0,
                "fiscal_position_ids": [Command.link(free.id)],
                "original_tax_ids": [Command.link(self.tax_sale_a.id)],
            }
        )
        self.other_customer.with_company(
            self.also
        ).sudo().property_account_position_id = free
        order = self._create_order(quantity=1).with_user(self.env.user)
        self.assertAlmostEqual(order.amount_total, 52.89, 2)
        with Form(order) as form:
            form.partner_id = self.other_customer
            total = form.tax_totals["total_amount_currency"]
            self.assertAlmostEqual(total, 45.99, 2)
        self.assertAlmostEqual(order.amount_total, 45.99, 2)

    def test_r13_nothing_is_signed_or_paid_on_the_quotation_itself(self):
        self.also.portal_confirmation_sign = True
        self.also.portal_confirmation_pay = True
        self.also.prepayment_percent = 1.0
        order = self._create_order()
        self.assertFalse(order.require_signature)
        self.assertFalse(order.require_payment)
        ordinary = self.env["sale.order"].create({"partner_id": self.customer.id})
        self.assertTrue(ordinary.require_signature)
        self.assertTrue(ordinary.require_payment)


@tagged("post_install", "-at_install")
class TestHardware(QuotationCommon):
    """R14: on a quotation, and again at the gate."""

    def _approve_request(self, **values):
        request = self.env["waas.hardware.request"].create(
            {
                "company_id": self.also.id,
                "reseller_id": self.reseller.id,
                "manufacturer_name": "Goodmake",
                "description": "Laptop",
                "product_id": self.laptop.id,
                **values,
            }
        )
        request.action_submit()
        request.with_user(self.manager).action_approve()
        return request

    def test_r14_hardware_of_a_suspended_manufacturer_is_not_quoted(self):
        self.manufacturer.approved = False
        with self._assert_refuses("Goodmake, who makes Laptop, is not an approved"):
            self._create_order(quantity=1)

    def test_r14_too_short_a_warranty_is_not_quoted(self):
        self.laptop.waas_warranty_months = 24
        with self._assert_refuses("Laptop has 24 months of warranty"):
            self._create_order(quantity=1)

    def test_r14_what_an_option_delivers_is_looked_at_too(self):
        self.monitor.waas_warranty_months = 24
        order = self._create_order(quantity=1)
        with self._assert_refuses("Monitor has 24 months of warranty"):
            self._get_bundle_line(order)._waas_set_configuration(
                {}, {self.monitor_option: 1}
            )

    def test_r14_an_approved_exception_is_quoted_for_its_partner(self):
        self.manufacturer.approved = False
        self._approve_request()
        order = self._create_order()
        order._waas_add_bundle(self.bundle, 1)
        self.assertNotIn("hardware", self._get_codes(order))
        with self._assert_refuses("is not an approved manufacturer"):
            self._create_order(quantity=1, waas_reseller_id=self.other_reseller.id)

    def test_r14_the_gate_looks_again_when_the_partner_changes(self):
        self.manufacturer.approved = False
        self._approve_request()
        order = self._create_order(quantity=1)
        order.waas_reseller_id = self.other_reseller
        self.assertIn("hardware", self._get_codes(order))

    def test_r14_an_exception_that_ended_does_not_count(self):
        self.manufacturer.approved = False
        request = self._approve_request()
        order = self._create_order(quantity=1)
        request.with_user(self.manager).valid_until = date(2020, 1, 1)
        self.assertIn("hardware", self._get_codes(order))
        with self._assert_refuses("is not an approved manufacturer"):
            order._waas_add_bundle(self.bundle, 1)

    def test_r14_the_gate_looks_again_when_a_manufacturer_is_suspended(self):
        self.also.waas_auto_confirm = False
        order = self._create_order(quantity=1)
        self._approve_credit(order)
        self._sign(order)
        self.assertEqual(self._get_codes(order), [])
        self.manufacturer.approved = False
        self.assertEqual(self._get_codes(order), ["hardware"])
        refusal = "Goodmake, who makes Laptop, is not an approved manufacturer"
        with self._assert_refuses(refusal):
            order.action_confirm()
        with self._assert_refuses(refusal):
            order.write({"state": "sale"})
        self.manufacturer.approved = True
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_r14_licenses_and_services_have_no_manufacturer(self):
        self.assertFalse(self.office_basic._waas_get_hardware_problem())
        self.assertFalse(self.helpdesk._waas_get_hardware_problem())
