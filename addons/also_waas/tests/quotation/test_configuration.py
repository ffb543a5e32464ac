from odoo import Command
from odoo.tests import Form, tagged

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestConfiguration(QuotationCommon):
    """What hangs on a bundle line hangs together."""

    def test_the_number_of_bundles_scales_what_goes_with_each(self):
        order = self._create_full_order(10, 20)
        self._get_bundle_line(order).product_uom_qty = 4
        self.assertEqual(
            self._read_lines(order),
            {
                "Workplace": (4.0, 45.99),
                "Laptop": (4.0, 0.0),
                "Office Premium": (4.0, 0.0),
                "Premium instead of Basic": (4.0, 4.5),
                "Helpdesk": (4.0, 0.0),
                # a number of its own, with the monitors it delivers
                "Second Monitor": (20.0, 2.5),
                "Monitor": (20.0, 0.0),
            },
        )
        self._assert_amounts(order, 4 * 50.49 + 50.0, 4 * 63.0 + 60.0)

    def test_an_option_for_each_bundle_grows_with_them(self):
        order = self._create_full_order(10, 10)
        self._get_bundle_line(order).product_uom_qty = 12
        self.assertEqual(self._read_lines(order)["Second Monitor"], (12.0, 2.5))
        self.assertEqual(self._read_lines(order)["Monitor"], (12.0, 0.0))

    def test_an_option_of_its_own_number_keeps_it_though_numbers_meet(self):
        order = self._create_full_order(10, 5)
        line = self._get_bundle_line(order)
        line.product_uom_qty = 5
        line._waas_set_configuration({}, {self.monitor_option: 5})
        line.product_uom_qty = 8
        self.assertEqual(self._read_lines(order)["Second Monitor"], (5.0, 2.5))

    def test_the_number_of_an_option_can_be_changed_on_its_line(self):
        order = self._create_full_order(10, 20)
        self._get_lines(order, self.monitor_option).product_uom_qty = 15
        self.assertEqual(self._read_lines(order)["Monitor"], (15.0, 0.0))
        self._assert_amounts(order, 504.9 + 37.5, 630.0 + 45.0)

    def test_what_follows_the_bundles_has_no_number_of_its_own(self):
        order = self._create_full_order(10, 20)
        for product in (self.laptop, self.premium_upgrade, self.monitor):
            with self._assert_refuses(
                f"The number of {product.name} follows .*: change that number instead"
            ):
                self._get_lines(order, product).product_uom_qty = 1
        with self._assert_refuses("does not offer"):
            self._get_lines(order, self.laptop).write(
                {"waas_qty_per_parent": 2, "product_uom_qty": 20}
            )
        with self._assert_refuses("does not offer"):
            self._get_lines(order, self.premium_upgrade).write(
                {"waas_qty_per_parent": 0, "product_uom_qty": 1}
            )

    def test_whole_workplaces_are_rented(self):
        order = self._create_full_order(10, 20)
        for product in (self.bundle, self.monitor_option):
            for quantity in (0, -1, 1.5):
                with self._assert_refuses(f"Rent a whole number of {product.name}"):
                    self._get_lines(order, product).product_uom_qty = quantity

    def test_workplaces_are_not_counted_by_the_dozen(self):
        """Twelve workplaces with one laptop."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.bundle.uom_ids = dozen
        order = self._create_order(quantity=1)
        with self._assert_refuses("Workplace is counted in Units"):
            self._get_bundle_line(order).product_uom_id = dozen

    def test_a_bundle_added_by_hand_gets_its_components(self):
        with Form(self._create_order()) as form:
            with form.order_line.new() as line:
                line.product_id = self.bundle
                line.product_uom_qty = 2
        order = form.record
        self.assertEqual(self._read_lines(order)["Laptop"], (2.0, 0.0))
        self._assert_amounts(order, 91.98, 120.0)

    def test_bundles_added_together_stay_together(self):
        order = self._create_order(
            order_line=[
                Command.create({"product_id": self.bundle.id, "product_uom_qty": 1}),
                Command.create({"display_type": "line_note", "name": "And"}),
                Command.create({"product_id": self.bundle.id, "product_uom_qty": 2}),
            ]
        )
        order.invalidate_recordset()
        self.assertEqual(
            [
                (line.product_id.name or line.name, line.product_uom_qty)
                for line in order.order_line
            ],
            [
                ("Workplace", 1.0),
                ("Laptop", 1.0),
                ("Office Basic", 1.0),
                ("Helpdesk", 1.0),
                ("And", 0.0),
                ("Workplace", 2.0),
                ("Laptop", 2.0),
                ("Office Basic", 2.0),
                ("Helpdesk", 2.0),
            ],
        )

    def test_another_bundle_on_the_line_brings_other_components(self):
        other = self._create_waas_product(
            "Other Workplace",
            "bundle",
            waas_slot_ids=[
                Command.create({"name": "Screen", "component_id": self.monitor.id})
            ],
        )
        self._create_price(other, 36, 30.0, 15.0)
        order = self._create_full_order(2, 1)
        self._get_bundle_line(order).product_id = other
        self.assertEqual(
            self._read_lines(order),
            {"Other Workplace": (2.0, 30.0), "Monitor": (2.0, 0.0)},
        )
        self._assert_amounts(order, 60.0, 30.0)

    def test_removing_a_bundle_removes_what_hangs_on_it(self):
        order = self._create_full_order()
        second = order._waas_add_bundle(self.bundle, 1)
        (self._get_bundle_line(order) - second).unlink()
        self.assertEqual(
            set(self._read_lines(order)),
            {"Workplace", "Laptop", "Office Basic", "Helpdesk"},
        )
        self._assert_amounts(order, 45.99, 60.0)

    def test_removing_a_bundle_in_the_form_removes_what_hangs_on_it(self):
        order = self._create_full_order()
        with Form(order) as form:
            form.order_line.remove(0)
        self.assertFalse(order.order_line)
        self._assert_amounts(order, 0.0, 0.0)

    def test_a_part_alone_is_not_removed(self):
        order = self._create_full_order()
        for product in (self.laptop, self.office_premium, self.premium_upgrade):
            with self._assert_refuses(
                f"{product.name} is part of Workplace: use Configure on the bundle line"
            ):
                self._get_lines(order, product).unlink()
        with self._assert_refuses("is part of Second Monitor"):
            self._get_lines(order, self.monitor).unlink()

    def test_nobody_gets_round_it_with_a_context(self):
        order = self._create_full_order()
        line = self._get_lines(order, self.laptop)
        for value in (True, 1, "waas_configuring"):
            with self._assert_refuses("is part of Workplace"):
                line.with_context(waas_configuring=value).unlink()

    def test_an_option_is_removed_with_what_it_delivers(self):
        order = self._create_full_order()
        self._get_lines(order, self.monitor_option).unlink()
        self.assertNotIn("Monitor", self._read_lines(order))
        self._assert_amounts(order, 504.9, 630.0)
