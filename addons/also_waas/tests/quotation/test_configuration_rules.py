from odoo import Command
from odoo.tests import tagged

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestConfigurationRules(QuotationCommon):
    """What a configuration refuses."""

    def _get_child_values(self, order, product, **values):
        return {
            "order_id": order.id,
            "waas_parent_line_id": self._get_bundle_line(order).id,
            "waas_qty_per_parent": 1,
            "product_id": product.id,
            **values,
        }

    def test_a_charge_needs_its_bundle(self):
        for product in (self.premium_upgrade, self.monitor_option):
            with self._assert_refuses(f"{product.name} goes with a bundle: add it"):
                self._create_order(
                    order_line=[Command.create({"product_id": product.id})]
                )

    def test_hardware_does_not_come_along_for_nothing(self):
        order = self._create_order(quantity=1)
        lines = self.env["sale.order.line"].with_user(self.seller)
        with self._assert_refuses("Workplace does not offer Monitor"):
            lines.create(self._get_child_values(order, self.monitor))
        with self._assert_refuses("Workplace does not offer Monitor"):
            self._get_lines(order, self.laptop).product_id = self.monitor

    def test_a_bundle_is_not_part_of_a_bundle(self):
        order = self._create_order(quantity=1)
        with self._assert_refuses(
            "Workplace is a bundle of its own: it cannot be part"
        ):
            self.env["sale.order.line"].create(
                self._get_child_values(order, self.bundle)
            )

    def test_a_part_hangs_on_a_bundle_of_its_own_order(self):
        order, other = self._create_order(quantity=1), self._create_order(quantity=1)
        with self._assert_refuses("Workplace does not offer Second Monitor"):
            self.env["sale.order.line"].create(
                self._get_child_values(
                    order,
                    self.monitor_option,
                    waas_parent_line_id=self._get_bundle_line(other).id,
                )
            )

    def test_a_bundle_does_not_leave_its_parts_behind(self):
        order, other = self._create_order(quantity=1), self._create_order()
        with self._assert_refuses("nor leave its parts on another order"):
            self._get_bundle_line(order).order_id = other

    def test_an_option_is_on_a_bundle_once(self):
        order = self._create_full_order(1, 1)
        with self._assert_refuses("Workplace does not offer Second Monitor"):
            self.env["sale.order.line"].create(
                self._get_child_values(order, self.monitor_option)
            )

    def test_the_part_a_line_plays_is_not_typed(self):
        order = self._create_order(quantity=1)
        with self._assert_refuses("The part Workplace plays in a bundle follows from"):
            self._get_bundle_line(order).sudo().waas_role = "component"

    def test_a_slot_that_left_the_bundle_leaves_with_the_next_choice(self):
        order = self._create_full_order(1, 1)
        self.office_slot.unlink()
        order.invalidate_recordset()
        line = self._get_bundle_line(order)
        self.assertEqual(line._waas_get_configuration(), ({}, {self.monitor_option: 1}))
        line._waas_set_configuration(*line._waas_get_configuration())
        self.assertEqual(
            set(self._read_lines(order)),
            {"Workplace", "Laptop", "Helpdesk", "Second Monitor", "Monitor"},
        )

    def test_a_copy_is_configured_alike(self):
        order = self._create_full_order(10, 20)
        copied = order.copy()
        self.assertEqual(self._read_lines(copied), self._read_lines(order))
        self._assert_amounts(copied, 554.9, 690.0)
        self.assertEqual(
            [
                (
                    line.product_id,
                    line.waas_parent_line_id.product_id,
                    line.waas_slot_id,
                )
                for line in copied.order_line
            ],
            [
                (
                    line.product_id,
                    line.waas_parent_line_id.product_id,
                    line.waas_slot_id,
                )
                for line in order.order_line
            ],
        )
        self.assertTrue(
            copied.order_line.waas_parent_line_id <= copied.order_line, "its own"
        )
        self._get_bundle_line(copied).product_uom_qty = 1
        self.assertEqual(self._read_lines(order)["Laptop"], (10.0, 0.0))

    def test_several_bundles_are_copied_each_with_its_own_choice(self):
        order = self._create_full_order(1, 1)
        order._waas_add_bundle(self.bundle, 2)
        order._waas_add_bundle(self.bundle, 3, options={self.monitor_option: 3})
        copied = order.copy()
        (order + copied).invalidate_recordset()
        self.assertEqual(
            [
                (line.product_id.name, line.product_uom_qty)
                for line in copied.order_line
            ],
            [(line.product_id.name, line.product_uom_qty) for line in order.order_line],
        )

    def test_a_copy_has_the_prices_of_its_own_day(self):
        order = self._create_order(quantity=1)
        self.pricelist.item_ids.filtered(
            lambda rule: rule.fixed_price == 45.99
        ).fixed_price = 49.99
        self._assert_amounts(order.copy(), 49.99, 60.0)
        self._assert_amounts(order, 45.99, 60.0)

    def test_a_copy_says_what_is_offered_no_more(self):
        order = self._create_full_order(1, 1)
        self.premium_upgrade.active = False
        self.bundle.waas_option_ids = False
        order.invalidate_recordset()
        copied = order.copy()
        self.assertEqual(
            set(self._read_lines(copied)),
            {"Workplace", "Laptop", "Office Basic", "Helpdesk"},
        )
        self.assertIn(
            "does not offer it any more: Premium instead of Basic, Second Monitor",
            copied.message_ids.mapped("body")[0],
        )

    def test_what_is_archived_stays_on_the_deals_that_have_it(self):
        order = self._create_full_order(10, 20)
        for product in (self.bundle, self.premium_upgrade, self.laptop):
            product.active = False
        order.waas_term_id = self.terms[24]
        self._assert_amounts(order, 10 * 60.5 + 60.0, 10 * 42.0 + 40.0)
        self.assertFalse({"hardware", "price", "bundle"} & set(self._get_codes(order)))
        self._confirm(order)
        self.assertEqual(order.state, "sale")

    def test_the_bundle_tells_what_is_in_it(self):
        order = self._create_full_order()
        line = self._get_bundle_line(order)
        self.assertEqual(
            line.name.splitlines(),
            ["Workplace", "- 1 × Laptop", "- 1 × Office Premium", "- 1 × Helpdesk"],
        )
        self.assertEqual(
            order._get_order_lines_to_report().mapped("product_id"),
            self.bundle + self.premium_upgrade + self.monitor_option,
        )

    def test_components_carry_no_tax_not_even_a_fixed_one(self):
        self.laptop.taxes_id = self.env["account.tax"].create(
            {"name": "Recycling", "amount_type": "fixed", "amount": 3.0}
        )
        order = self._create_order(quantity=10)
        self.assertFalse(self._get_lines(order, self.laptop).tax_ids)
        self.assertAlmostEqual(order.amount_total, 528.89, 2)
