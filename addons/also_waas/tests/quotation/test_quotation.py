from odoo import Command
from odoo.tests import Form, tagged, users

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestDeliveryRoute(QuotationCommon):
    """R2: via the partner or directly to the end customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_site, cls.reseller_dock = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "street": f"{name} Road 5",
                    "type": "delivery",
                    "parent_id": parent.id,
                }
                for name, parent in (("Site", cls.customer), ("Dock", cls.reseller))
            ]
        )

    def test_r2_direct_delivery_goes_to_the_end_customer(self):
        order = self._create_order(waas_delivery_route="customer")
        self.assertEqual(order.partner_shipping_id, self.customer_site)

    def test_r2_delivery_via_the_partner_goes_to_the_partner(self):
        order = self._create_order(waas_delivery_route="reseller")
        self.assertEqual(order.partner_shipping_id, self.reseller_dock)
        self.assertEqual(order.partner_invoice_id, self.customer, "R13 stays")

    def test_r2_the_address_follows_a_change_of_route_or_partner(self):
        order = self._create_order()
        self.assertEqual(order.waas_delivery_route, "customer", "by default")
        order.waas_delivery_route = "reseller"
        self.assertEqual(order.partner_shipping_id, self.reseller_dock)
        order.waas_reseller_id = self.other_reseller
        self.assertEqual(order.partner_shipping_id, self.other_reseller)
        order.waas_delivery_route = "customer"
        self.assertEqual(order.partner_shipping_id, self.customer_site)
        order.partner_id = self.other_customer
        self.assertEqual(order.partner_shipping_id, self.other_customer)

    @users("waas_seller")
    def test_r2_the_screen_shows_the_address_before_saving(self):
        form = Form(self._create_order().with_user(self.env.user))
        form.waas_delivery_route = "reseller"
        self.assertEqual(form.partner_shipping_id, self.reseller_dock)
        form.waas_delivery_route = "customer"
        self.assertEqual(form.partner_shipping_id, self.customer_site)
        form.save()

    def test_r2_another_address_of_the_receiver_may_be_chosen(self):
        order = self._create_order()
        order.partner_shipping_id = self.customer.child_ids[0]
        order.write(
            {"waas_delivery_route": "reseller", "partner_shipping_id": self.reseller.id}
        )
        self.assertEqual(order.partner_shipping_id, self.reseller)

    def test_r2_an_address_that_contradicts_the_route_is_refused(self):
        order = self._create_order()
        with self._assert_refuses(
            "Delivery is chosen as 'Directly to the end customer', but .*Dock is not "
            "an address of Customer One: choose one that is, or the other way"
        ):
            order.partner_shipping_id = self.reseller_dock
        with self._assert_refuses("chosen as 'Via the partner'.*Partner One"):
            order.write(
                {
                    "waas_delivery_route": "reseller",
                    "partner_shipping_id": self.customer_site.id,
                }
            )

    def test_r2_without_a_route_the_deal_is_not_ready(self):
        order = self._create_order(quantity=1)
        order.waas_delivery_route = False
        self.assertIn("route", self._get_codes(order))

    def test_r2_both_are_told_where_the_devices_go(self):
        for route, address in (
            ("customer", self.customer_site),
            ("reseller", self.reseller_dock),
        ):
            order = self._create_order(quantity=1, waas_delivery_route=route)
            self._confirm(order)
            mails = self.env["mail.mail"].search(
                [
                    ("model", "=", "sale.order"),
                    ("res_id", "=", order.id),
                    ("subject", "=", f"Delivery of {order.name}"),
                ]
            )
            self.assertEqual(mails.recipient_ids, self.customer + self.reseller)
            self.assertEqual(len(mails), 2)
            for mail in mails:
                self.assertIn(f"Dear {mail.recipient_ids.name}", mail.body_html)
                self.assertIn(address.street, mail.body_html)
                self.assertIn("free of", mail.body_html)
            self.assertEqual(order.picking_ids.partner_id, address)

    def test_r2_the_route_stays_after_confirmation(self):
        order = self._create_order(quantity=1)
        self._confirm(order)
        with self._assert_refuses("is confirmed and signed: .* delivery route"):
            order.waas_delivery_route = "reseller"


@tagged("post_install", "-at_install")
class TestFreeDelivery(QuotationCommon):
    """R3: no freight on a quotation, contract or invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.freight = cls.env["product.product"].create(
            {
                "name": "Freight",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 12.0,
                "taxes_id": cls.tax_sale_a.ids,
            }
        )
        cls.estimated, cls.real = cls.env["delivery.carrier"].create(
            [
                {
                    "name": f"Carrier {policy}",
                    "delivery_type": "fixed",
                    "fixed_price": 12.0,
                    "product_id": cls.freight.id,
                    "invoice_policy": policy,
                }
                for policy in ("estimated", "real")
            ]
        )

    def _assert_free(self, order, message=None):
        delivery_lines = order.order_line.filtered("is_delivery")
        self.assertTrue(delivery_lines)
        for line in delivery_lines:
            self.assertEqual(
                (line.price_unit, line.price_subtotal, line.price_total),
                (0.0, 0.0, 0.0),
                message,
            )
            self.assertNotIn("12", line.name)
            self.assertNotIn("15", line.name)
        self._assert_amounts(order, 45.99, 60.0)
        self.assertAlmostEqual(order.amount_untaxed, 45.99, 2)
        self.assertAlmostEqual(order.amount_total, 52.89, 2)

    def test_r3_whatever_delivery_method_is_added_it_is_free(self):
        for carrier in (self.estimated, self.real):
            order = self._create_order(quantity=1)
            order.set_delivery_line(carrier, 12.0)
            self._assert_free(order, carrier.name)
            self.assertEqual(order.carrier_id, carrier)

    def test_r3_the_delivery_window_adds_it_for_free(self):
        order = self._create_order(quantity=1)
        action = order.action_open_delivery_wizard()
        window = Form(
            self.env["choose.delivery.carrier"].with_context(
                **{**action["context"], "default_carrier_id": self.estimated.id}
            )
        ).save()
        window.button_confirm()
        self._assert_free(order)

    def test_r3_freight_that_is_typed_is_free(self):
        order = self._create_order(quantity=1)
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.freight.id,
                "price_unit": 12.0,
                "is_delivery": True,
            }
        )
        self._assert_free(order)
        line.price_unit = 12.0
        self._assert_free(order)
        order.order_line = [Command.update(line.id, {"price_unit": 15.0})]
        self._assert_free(order)
        order.order_line.filtered("is_delivery").write(
            {"price_unit": 12.0, "product_uom_qty": 3}
        )
        self._assert_free(order)

    def test_r3_freight_that_comes_with_a_new_order_is_free(self):
        order = self._create_order(
            order_line=[
                Command.create({"product_id": self.bundle.id}),
                Command.create(
                    {
                        "product_id": self.freight.id,
                        "price_unit": 12.0,
                        "is_delivery": True,
                    }
                ),
            ]
        )
        self._assert_free(order)

    def test_r3_a_fixed_tax_on_freight_is_no_amount_either(self):
        self.freight.taxes_id = self.env["account.tax"].create(
            {"name": "Per parcel", "amount_type": "fixed", "amount": 5.0}
        )
        order = self._create_order(quantity=1)
        order.set_delivery_line(self.estimated, 12.0)
        self._assert_free(order)
        line = order.order_line.filtered("is_delivery")
        line.tax_ids = self.freight.taxes_id
        self._assert_free(order)

    def test_r3_freight_as_an_ordinary_line_is_refused(self):
        with self._assert_refuses("Freight cannot be on a WaaS quotation"):
            self._create_order(
                order_line=[Command.create({"product_id": self.freight.id})]
            )

    def test_r3_a_device_is_not_smuggled_in_as_delivery(self):
        for product in (self.laptop, self.bundle):
            with self._assert_refuses("cannot be on a WaaS quotation"):
                self._create_order(
                    order_line=[
                        Command.create({"product_id": product.id, "is_delivery": True})
                    ]
                )
        order = self._create_order(quantity=1)
        with self._assert_refuses("cannot be on a WaaS quotation"):
            self._get_bundle_line(order).is_delivery = True

    def test_r3_real_cost_at_delivery_stays_with_also(self):
        order = self._create_order(quantity=1)
        order.set_delivery_line(self.real, 12.0)
        self._put_in_stock(self.laptop, 1)
        self._confirm(order)
        self.assertEqual(order.picking_ids.carrier_id, self.real)
        self._deliver(order)
        self.assertEqual(order.picking_ids.carrier_price, 12.0, "ALSO knows the cost")
        self._assert_free(order)
        order.picking_ids.carrier_price = 15.0
        order.picking_ids._add_delivery_cost_to_so()
        self._assert_free(order)

        contract = order.waas_contract_ids
        self.assertEqual(contract.contract_line_ids.product_id, self.bundle)
        self.assertAlmostEqual(contract.waas_monthly_amount, 45.99, 2)
        invoice = contract.waas_installment_ids.move_id
        self.assertEqual(invoice.invoice_line_ids.product_id, self.bundle)
        self.assertAlmostEqual(invoice.amount_untaxed, 45.99, 2)

    def test_r3_cost_that_appears_only_at_delivery_stays_with_also(self):
        order = self._create_order(quantity=1)
        self._put_in_stock(self.laptop, 1)
        self._confirm(order)
        picking = order.picking_ids
        picking.carrier_id = self.real
        self._deliver(order)
        self.assertTrue(order.order_line.filtered("is_delivery"))
        self._assert_free(order)

    def test_r3_removing_the_delivery_method_leaves_the_rest(self):
        order = self._create_order(quantity=1)
        order.set_delivery_line(self.estimated, 12.0)
        order.order_line.filtered("is_delivery").unlink()
        self.assertFalse(order.carrier_id)
        self._assert_amounts(order, 45.99, 60.0)

    def test_ordinary_orders_pay_for_delivery(self):
        product = self._create_waas_product("Chair", False)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 10.0})
                ],
            }
        )
        order.set_delivery_line(self.estimated, 12.0)
        self.assertAlmostEqual(order.amount_untaxed, 22.0, 2)
        order.set_delivery_line(self.real, 12.0)
        self.assertIn("Estimated Cost", order.order_line[-1].name)
        order.order_line[-1].price_unit = 15.0
        self.assertAlmostEqual(order.amount_untaxed, 25.0, 2)
