from odoo import Command
from odoo.tests import tagged

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestUpgrade(QuotationCommon):
    """R7, R8: one upgrade for a slot, at a surcharge and a higher commission."""

    def test_r7_a_bundle_contains_what_is_included(self):
        order = self._create_order(36, quantity=2)
        self.assertEqual(
            self._read_lines(order),
            {
                "Workplace": (2.0, 45.99),
                "Laptop": (2.0, 0.0),
                "Office Basic": (2.0, 0.0),
                "Helpdesk": (2.0, 0.0),
            },
        )
        self._assert_amounts(order, 91.98, 120.0)

    def test_r7_an_upgrade_takes_the_place_of_what_is_included(self):
        order = self._create_order()
        order._waas_add_bundle(
            self.bundle, 2, upgrades={self.office_slot: self.premium_upgrade}
        )
        self.assertEqual(
            self._read_lines(order),
            {
                "Workplace": (2.0, 45.99),
                "Laptop": (2.0, 0.0),
                "Office Premium": (2.0, 0.0),
                "Premium instead of Basic": (2.0, 4.5),
                "Helpdesk": (2.0, 0.0),
            },
        )
        self._assert_amounts(order, 2 * (45.99 + 4.5), 2 * (60.0 + 3.0))

    def test_r7_r8_the_surcharge_and_its_commission_follow_the_term(self):
        for months, surcharge, commission in ((12, 6.5, 1), (24, 5.5, 2), (36, 4.5, 3)):
            order = self._create_order(months)
            order._waas_add_bundle(
                self.bundle, 1, upgrades={self.office_slot: self.premium_upgrade}
            )
            line = self._get_lines(order, self.premium_upgrade)
            self.assertEqual(line.price_unit, surcharge)
            self.assertEqual(line.waas_commission_amount, commission)

    def test_r7_an_upgrade_can_be_chosen_later_and_taken_back(self):
        order = self._create_order(quantity=3)
        line = self._get_bundle_line(order)
        before = self._read_lines(order)
        line._waas_set_configuration({self.office_slot: self.premium_upgrade}, {})
        self.assertNotIn("Office Basic", self._read_lines(order))
        self.assertEqual(self._read_lines(order)["Office Premium"], (3.0, 0.0))
        self._assert_amounts(order, 3 * 50.49, 3 * 63.0)
        self.assertIn("- 1 × Office Premium", line.name)
        line._waas_set_configuration({}, {})
        self.assertEqual(self._read_lines(order), before)
        self._assert_amounts(order, 3 * 45.99, 3 * 60.0)
        self.assertIn("- 1 × Office Basic", line.name)

    def test_r7_choosing_the_same_again_changes_nothing(self):
        order = self._create_full_order()
        before = order.order_line.ids
        self._get_bundle_line(order)._waas_set_configuration(
            {self.office_slot: self.premium_upgrade}, {self.monitor_option: 20}
        )
        self.assertEqual(order.order_line.ids, before)

    def test_r7_an_upgrade_the_bundle_does_not_offer_is_refused(self):
        stranger = self._create_waas_product(
            "Stranger", "upgrade", waas_component_id=self.office_premium.id
        )
        self._create_price(stranger, 36, 1.0)
        order = self._create_order(quantity=1)
        line = self._get_bundle_line(order)
        refusal = (
            "Workplace does not offer Stranger: choose another upgrade or option, or "
            "allow it on the bundle"
        )
        with self._assert_refuses(refusal):
            line._waas_set_configuration({self.office_slot: stranger}, {})
        with self._assert_refuses("Workplace does not offer Premium"):
            line._waas_set_configuration({self.laptop_slot: self.premium_upgrade}, {})
        with self._assert_refuses(refusal.replace("Stranger", "Other")):
            other = self._create_waas_product("Other", "option")
            self._create_price(other, 36, 1.0)
            line._waas_set_configuration({}, {other: 1})

    def test_r7_the_slot_of_another_bundle_is_refused(self):
        other = self._create_waas_product(
            "Other Workplace",
            "bundle",
            waas_slot_ids=[
                Command.create(
                    {"name": "Laptop", "component_id": self.laptop.id, "quantity": 1}
                )
            ],
        )
        self._create_price(other, 36, 30.0)
        order = self._create_order()
        with self._assert_refuses("Other Workplace does not offer Premium"):
            order._waas_add_bundle(
                other, 1, upgrades={self.office_slot: self.premium_upgrade}
            )

    def test_r7_a_second_upgrade_in_a_slot_is_refused(self):
        gold = self._create_waas_product(
            "Gold", "upgrade", waas_component_id=self.office_premium.id
        )
        self.office_slot.upgrade_ids += gold
        self._create_price(gold, 36, 7.0, 4.0)
        order = self._create_full_order(1, 1)
        values = {
            "order_id": order.id,
            "waas_parent_line_id": self._get_bundle_line(order).id,
            "waas_slot_id": self.office_slot.id,
            "waas_qty_per_parent": 1,
            "product_id": gold.id,
        }
        with self._assert_violates():
            self.env["sale.order.line"].create(values)
        self._get_bundle_line(order)._waas_set_configuration(
            {self.office_slot: gold}, {}
        )
        self._assert_amounts(order, 45.99 + 7.0, 64.0)

    def test_r7_what_is_delivered_and_what_is_paid_go_together(self):
        order = self._create_order(quantity=1)
        basic = self._get_lines(order, self.office_basic)
        with self._assert_refuses("Workplace does not offer Office Premium"):
            basic.product_id = self.office_premium
        with self._assert_refuses("Workplace does not offer Premium instead of Basic"):
            basic.copy(
                {
                    "order_id": order.id,
                    "product_id": self.premium_upgrade.id,
                    "waas_parent_line_id": basic.waas_parent_line_id.id,
                    "waas_slot_id": self.office_slot.id,
                    "waas_qty_per_parent": 1,
                }
            )

    def test_r7_a_slot_may_hold_several(self):
        self.office_slot.quantity = 2
        order = self._create_order()
        order._waas_add_bundle(
            self.bundle, 3, upgrades={self.office_slot: self.premium_upgrade}
        )
        self.assertEqual(self._read_lines(order)["Office Premium"], (6.0, 0.0))
        self._assert_amounts(order, 3 * 45.99 + 6 * 4.5, 3 * 60.0 + 6 * 3.0)
        self.assertIn("- 2 × Office Premium", self._get_bundle_line(order).name)

    def test_r7_the_same_upgrade_may_fill_two_slots(self):
        second = self.office_slot.copy({"name": "Second office"})
        order = self._create_order()
        order._waas_add_bundle(
            self.bundle,
            1,
            upgrades={
                self.office_slot: self.premium_upgrade,
                second: self.premium_upgrade,
            },
        )
        self._assert_amounts(order, 45.99 + 2 * 4.5, 60.0 + 2 * 3.0)
        self.assertEqual(len(self._get_lines(order, self.office_premium)), 2)
