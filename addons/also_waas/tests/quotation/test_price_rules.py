from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestPriceRules(QuotationCommon):
    """Prices and commissions are the list's, or the line is refused."""

    def test_r8_a_price_is_not_typed_on_a_cancelled_order_either(self):
        order = self._create_order(quantity=1)
        order._action_cancel()
        with self._assert_refuses("cannot be typed"):
            self._get_bundle_line(order).price_unit = 1.0
        order.action_draft()
        self._assert_amounts(order, 45.99, 60.0)

    def test_r8_a_discount_for_the_whole_order_is_refused(self):
        order = self._create_order(quantity=1)
        for values in (
            {"discount_type": "sol_discount", "discount_percentage": 0.1},
            {"discount_type": "so_discount", "discount_percentage": 0.1},
            {"discount_type": "amount", "discount_amount": 5.0},
        ):
            window = self.env["sale.order.discount"].create(
                {"sale_order_id": order.id, **values}
            )
            with self._assert_refuses("cannot be typed|cannot be on a WaaS quotation"):
                window.action_apply_discount()
        self._assert_amounts(order, 45.99, 60.0)

    def test_r8_a_commission_is_not_typed(self):
        order = self._create_order(quantity=1)
        with self._assert_refuses(
            r"The commission on Workplace is \$.*60.00: it comes from the price list"
        ):
            self._get_bundle_line(order).sudo().waas_commission_unit = 600.0

    def test_r10_without_a_price_for_the_term_nothing_is_quoted(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.waas_term_id == self.terms[12]
        ).unlink()
        refusal = (
            r"Workplace has no price for 12 months in price list WaaS \(USD\) on .*: "
            "choose another term or price list, or add the price"
        )
        with self._assert_refuses(refusal):
            self._create_order(12, quantity=1)
        order = self._create_order(36, quantity=1)
        with self._assert_refuses(refusal):
            order.waas_term_id = self.terms[12]
        self._assert_amounts(order, 45.99, 60.0)

    def test_r10_without_a_price_in_the_list_nothing_is_quoted(self):
        empty = self._create_list("Empty")
        order = self._create_order(36, quantity=1)
        with self._assert_refuses("has no price for 36 months in price list Empty"):
            order.pricelist_id = empty
        with self._assert_refuses("has no price for 36 months in price list –"):
            order.pricelist_id = False

    def test_r10_a_quotation_needs_a_term(self):
        order = self._create_order(36)
        order.waas_term_id = False
        self.assertIn("term", self._get_codes(order))
        with self._assert_refuses(f"Choose a term for {order.name}: the price of"):
            order._waas_add_bundle(self.bundle, 1)

    def test_r10_the_term_of_the_company_is_the_first_choice(self):
        self.also.waas_term_id = self.terms[24]
        order = self.env["sale.order"].create(
            {"is_waas": True, "partner_id": self.customer.id}
        )
        self.assertEqual(order.waas_term_id, self.terms[24])

    def test_r10_a_quotation_has_one_term(self):
        order = self._create_order(36, quantity=1)
        with self._assert_refuses(
            "A WaaS quotation has one term. .* is for 36 months: make another "
            "quotation for what is rented for 12 months"
        ):
            self._get_bundle_line(order).waas_term_id = self.terms[12]
        with self._assert_refuses("A WaaS quotation has one term"):
            order.order_line = [
                Command.create(
                    {
                        "product_id": self.bundle.id,
                        "waas_term_id": self.terms[24].id,
                    }
                )
            ]

    def test_r8_prices_are_those_of_the_order_date(self):
        rule = self.pricelist.item_ids.filtered(lambda item: item.fixed_price == 45.99)
        rule.date_end = datetime(2026, 12, 31, 23, 59, 59)
        self._create_price(
            self.bundle, 36, 47.99, 65.0, date_start=datetime(2027, 1, 1)
        )
        order = self._create_order(quantity=1, date_order=datetime(2026, 12, 1))
        self._assert_amounts(order, 45.99, 60.0)
        order.date_order = datetime(2027, 1, 2)
        self._assert_amounts(order, 47.99, 65.0)
        order.date_order = datetime(2026, 12, 2)
        self._assert_amounts(order, 45.99, 60.0)
        with self._assert_refuses("has no price for 36 months .* on "):
            rule.date_start = datetime(2026, 1, 1)
            order.date_order = datetime(2025, 6, 1)

    def test_r1_r8_confirming_later_keeps_the_price_of_the_order_date(self):
        """Core moves the order date to the moment of confirmation."""
        now = fields.Datetime.now()
        rule = self.pricelist.item_ids.filtered(lambda item: item.fixed_price == 45.99)
        rule.date_end = now - timedelta(days=5)
        self._create_price(
            self.bundle, 36, 47.99, 65.0, date_start=now - timedelta(days=4)
        )
        quoted = (now - timedelta(days=10)).replace(microsecond=0)
        order = self._create_order(quantity=1, date_order=quoted)
        self._confirm(order)
        self.assertEqual(order.state, "sale")
        self.assertGreater(order.date_order, quoted)
        self._assert_amounts(order, 45.99, 60.0)
        self.assertAlmostEqual(order.waas_contract_ids.waas_monthly_amount, 45.99, 2)

    def test_r8_a_price_may_begin_with_a_number(self):
        self._create_price(self.bundle, 36, 43.0, 62.0, min_quantity=10)
        order = self._create_order(quantity=9)
        self._assert_amounts(order, 9 * 45.99, 540.0)
        self._get_bundle_line(order).product_uom_qty = 10
        self._assert_amounts(order, 430.0, 620.0)

    def test_r8_another_currency_has_a_list_of_its_own(self):
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        swiss = self._create_list("Swiss", currency)
        self._follow(swiss, self.pricelist)
        order = self._create_order(quantity=1)
        order.pricelist_id = swiss
        self.assertEqual(order.currency_id, currency)
        self._assert_amounts(order, 91.98, 120.0)

    def test_r8_a_price_list_with_tax_in_it_is_mapped_for_the_customer(self):
        """A price that includes one tax becomes one that includes the other."""
        tax_in, tax_out = self.env["account.tax"].create(
            [
                {
                    "name": name,
                    "amount": amount,
                    "price_include_override": "tax_included",
                }
                for name, amount in (("In", 15.0), ("Out", 0.0))
            ]
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        tax_out.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(tax_in.id)],
            }
        )
        self.bundle.taxes_id = tax_in
        order = self._create_order(quantity=1)
        net = order.waas_monthly_amount
        self.assertAlmostEqual(net, 39.99, 2)
        order.fiscal_position_id = position
        self.assertAlmostEqual(order.amount_untaxed, net, 2)
        self.assertAlmostEqual(order.amount_total, net, 2)
        self._get_bundle_line(order).product_uom_qty = 2  # no "typed" price

    def test_the_monthly_amount_is_rounded_to_the_cent(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.fixed_price == 45.99
        ).unlink()
        third = self._create_list("Third")
        self._create_price(self.bundle, 36, 100.0, 10.0)
        self._follow(third, self.pricelist, percent=100 / 3)
        order = self._create_order()
        order.pricelist_id = third
        order._waas_add_bundle(self.bundle, 3)
        self._assert_amounts(order, 3 * 66.67, 30.0)

    def test_r8_a_portal_user_does_not_read_commission(self):
        order = self._create_order(quantity=1)
        portal_user = self._create_portal_user("portal_reader", self.signatory)
        line = self._get_bundle_line(order).with_user(portal_user)
        for name in (
            "waas_commission_amount",
            "waas_commission_unit",
            "waas_list_commission",
        ):
            with self.assertRaises(AccessError):
                line.read([name])
