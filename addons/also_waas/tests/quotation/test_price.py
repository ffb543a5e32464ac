from odoo import Command
from odoo.tests import Form, tagged, users

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestPrice(QuotationCommon):
    """R8, R10: the price list decides, per term, and what was quoted stays."""

    def _create_cheaper_list(self, percent=10.0):
        cheaper = self._create_list("Partner One")
        self._follow(cheaper, self.pricelist, percent)
        return cheaper

    def test_r8_r10_prices_follow_the_term(self):
        order = self._create_full_order(10, 20, months=36)
        self._assert_amounts(order, 554.9, 690.0)
        order.waas_term_id = self.terms[24]
        self._assert_amounts(order, 10 * 60.5 + 20 * 3.0, 10 * 42.0 + 20 * 2.0)
        self.assertAlmostEqual(order.waas_total_amount, 665.0 * 24, 2)
        order.waas_term_id = self.terms[12]
        self._assert_amounts(order, 10 * 85.5 + 20 * 4.0, 10 * 21.0 + 20 * 1.0)
        self.assertEqual(order.order_line.waas_term_id, self.terms[12])

    @users("waas_seller")
    def test_r10_the_screen_shows_the_same_before_saving(self):
        order = self._create_full_order(10, 20).with_user(self.env.user)
        with Form(order) as form:
            form.waas_term_id = self.terms[24]
            self.assertAlmostEqual(form.waas_monthly_amount, 665.0, 2)
            self.assertAlmostEqual(form.waas_total_amount, 15960.0, 2)
            self.assertAlmostEqual(form.waas_commission_amount, 460.0, 2)
            prices = [line["price_unit"] for line in form.order_line._records]
            self.assertEqual(
                sorted(prices, reverse=True)[:3], [55.0, 5.5, 3.0], "line by line"
            )
        self._assert_amounts(order, 665.0, 460.0)

    @users("waas_seller")
    def test_r8_another_number_is_priced_on_the_screen_too(self):
        order = self._create_full_order(10, 20).with_user(self.env.user)
        with Form(order) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 4
            self.assertAlmostEqual(form.waas_monthly_amount, 4 * 50.49 + 50.0, 2)
        self._assert_amounts(order, 4 * 50.49 + 50.0, 4 * 63.0 + 60.0)

    def test_r8_prices_follow_another_price_list(self):
        cheaper = self._create_cheaper_list()
        order = self._create_full_order(10, 20)
        order.pricelist_id = cheaper
        # 41.39 + 4.05, and 2.25 for each monitor
        self._assert_amounts(order, 10 * 45.44 + 20 * 2.25, 690.0)

    @users("waas_seller")
    def test_r8_another_price_list_shows_on_the_screen(self):
        cheaper = self._create_cheaper_list()
        order = self._create_full_order(10, 20).with_user(self.env.user)
        with Form(order) as form:
            form.pricelist_id = cheaper
            self.assertAlmostEqual(form.waas_monthly_amount, 499.4, 2)
        self._assert_amounts(order, 499.4, 690.0)

    def test_r8_a_discount_that_a_list_shows_is_given_once(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.env["res.config.settings"].create(
            {"group_discount_per_so_line": True}
        ).execute()
        order = self._create_order(pricelist_id=self._create_cheaper_list().id)
        order._waas_add_bundle(self.bundle, 1)
        self._assert_amounts(order, 41.39, 60.0)
        self.assertFalse(any(order.order_line.mapped("discount")))

    def test_r8_the_list_is_that_of_the_partner(self):
        self.other_reseller.with_company(
            self.also
        ).waas_pricelist_id = self._create_cheaper_list()
        order = self._create_order(quantity=1)
        self.assertEqual(order.pricelist_id, self.pricelist)
        order.waas_reseller_id = self.other_reseller
        self._assert_amounts(order, 41.39, 60.0)

    def test_r8_a_sent_quotation_follows_its_partner_too(self):
        self.other_reseller.with_company(
            self.also
        ).waas_pricelist_id = self._create_cheaper_list()
        order = self._create_order(quantity=1)
        order.action_quotation_sent()
        order.waas_reseller_id = self.other_reseller
        self._assert_amounts(order, 41.39, 60.0)

    def test_r8_a_sent_quotation_is_priced_again_when_its_list_changes(self):
        order = self._create_order(quantity=1)
        order.action_quotation_sent()
        order.pricelist_id = self._create_cheaper_list()
        self._assert_amounts(order, 41.39, 60.0)
        order.waas_term_id = self.terms[12]
        self._assert_amounts(order, 71.1, 20.0)

    def test_r8_what_was_quoted_stays_when_the_list_changes(self):
        order = self._create_order(quantity=1)
        self.pricelist.item_ids.filtered(lambda rule: rule.fixed_price == 45.99).write(
            {"fixed_price": 49.99, "waas_commission_unit": 70.0}
        )
        self.env.invalidate_all()
        self._assert_amounts(order, 45.99, 60.0)
        order.client_order_ref = "Their number"
        self._assert_amounts(order, 45.99, 60.0)
        order.action_update_prices()
        self._assert_amounts(order, 49.99, 70.0)

    def test_r8_a_new_number_takes_the_new_price(self):
        order = self._create_order(quantity=1)
        self.pricelist.item_ids.filtered(
            lambda rule: rule.fixed_price == 45.99
        ).fixed_price = 49.99
        self.env.invalidate_all()
        self._get_bundle_line(order).product_uom_qty = 2
        self._assert_amounts(order, 99.98, 120.0)

    def test_r1_r8_confirmed_prices_and_commission_stay(self):
        order = self._create_full_order(10, 20)
        self._confirm(order)
        self.assertEqual(order.state, "sale")
        self.pricelist.item_ids.write(
            {"fixed_price": 1.0, "waas_commission_unit": 99.0}
        )
        self.bundle.taxes_id = False
        self.env.invalidate_all()
        order.action_update_prices()
        order.action_update_taxes()
        order.order_line._compute_price_unit()
        order.order_line._compute_waas_commission_unit()
        self.env.flush_all()
        self.env.invalidate_all()
        self._assert_amounts(order, 554.9, 690.0)
        self.assertAlmostEqual(order.amount_total, 638.14, 2)

    def test_r8_nothing_of_a_confirmed_deal_is_written(self):
        order = self._create_full_order(10, 20)
        self._confirm(order)
        line = self._get_bundle_line(order)
        refusal = "is confirmed and signed"
        for values in (
            {"product_uom_qty": 11},
            {"price_unit": 1.0},
            {"discount": 5.0},
            {"product_id": self.monitor_option.id},
            {"waas_commission_unit": 1.0},
            {"waas_commission_unit": 1.0},
            {"waas_term_id": self.terms[12].id},
            {"waas_role": "component"},
            {"is_delivery": True},
            {"order_id": self._create_order().id},
        ):
            with self._assert_refuses(refusal):
                line.write(values)
        for values in (
            {"waas_term_id": self.terms[12].id},
            {"partner_id": self.other_customer.id},
            {"waas_reseller_id": self.other_reseller.id},
            {"pricelist_id": self._create_cheaper_list().id},
            {"is_waas": False},
        ):
            with self._assert_refuses(refusal):
                order.write(values)
        with self._assert_refuses(refusal):
            order.order_line = [Command.create({"product_id": self.bundle.id})]
        # What stays equal, and what is not agreed, passes.
        line.write({"product_uom_qty": 10, "name": "Ten workplaces"})
        order.write({"waas_term_id": self.terms[36].id, "client_order_ref": "PO 1"})

    def test_r8_a_price_is_not_typed(self):
        order = self._create_order(quantity=1)
        line = self._get_bundle_line(order)
        refusal = (
            r"The monthly price of Workplace is \$.*45.99: it comes from the price "
            "list and cannot be typed"
        )
        for values in ({"price_unit": 40.0}, {"discount": 10.0}):
            with self._assert_refuses(refusal):
                line.write(values)
            with self._assert_refuses(refusal):
                order.order_line = [Command.update(line.id, values)]
            with self._assert_refuses(refusal):
                self._create_order(
                    order_line=[
                        Command.create({"product_id": self.bundle.id, **values})
                    ]
                )
        with self._assert_refuses("The monthly price of Laptop is"):
            self._get_lines(order, self.laptop).price_unit = 1.0
        line.price_unit = 45.99  # it is that already
