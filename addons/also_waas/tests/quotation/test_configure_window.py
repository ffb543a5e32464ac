from odoo.tests import Form, tagged

from .common_quotation import QuotationCommon


@tagged("post_install", "-at_install")
class TestConfigureWindow(QuotationCommon):
    """R8: price and commission are seen before they are booked, and are the same."""

    def _open(self, order, line=None):
        if line:
            action = line.action_waas_configure()
        else:
            action = order.action_waas_add_bundle()
        return Form(
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
        )

    def _assert_booked(self, order, form):
        self._assert_amounts(order, form.monthly_amount, form.commission_amount)
        self.assertEqual(order.waas_total_amount, form.total_amount)

    def test_r8_what_is_shown_is_what_is_booked(self):
        for months in (12, 24, 36):
            order = self._create_order(months)
            form = self._open(order)
            self.assertFalse(form.monthly_amount)
            form.bundle_id = self.bundle
            form.quantity = 10
            price, commission = self.prices[self.bundle][months]
            self.assertAlmostEqual(form.monthly_amount, 10 * price, 2)
            self.assertAlmostEqual(form.commission_amount, 10 * commission, 2)
            with form.slot_ids.edit(1) as slot:
                self.assertEqual(slot.slot_id, self.office_slot)
                self.assertEqual(slot.component_id, self.office_basic)
                slot.upgrade_id = self.premium_upgrade
            with form.option_ids.edit(0) as option:
                option.quantity = 20
            form.save().action_apply()
            self._assert_booked(order, form)
        self.assertAlmostEqual(form.monthly_amount, 554.9, 2)
        self.assertAlmostEqual(form.commission_amount, 690.0, 2)
        self.assertAlmostEqual(form.total_amount, 19976.4, 2)

    def test_the_window_shows_the_choice_and_changes_it(self):
        order = self._create_full_order(10, 20)
        form = self._open(order, self._get_bundle_line(order))
        self.assertEqual(form.quantity, 10)
        self._assert_booked(order, form)
        with form.slot_ids.edit(1) as slot:
            self.assertEqual(slot.upgrade_id, self.premium_upgrade)
            slot.upgrade_id = self.env["product.product"]
        with form.option_ids.edit(0) as option:
            self.assertEqual(option.quantity, 20)
            option.quantity = 0
        form.quantity = 3
        form.save().action_apply()
        self._assert_booked(order, form)
        self.assertEqual(
            self._read_lines(order),
            {
                "Workplace": (3.0, 45.99),
                "Laptop": (3.0, 0.0),
                "Office Basic": (3.0, 0.0),
                "Helpdesk": (3.0, 0.0),
            },
        )

    def test_an_option_for_each_workplace_stays_one_for_each(self):
        order = self._create_full_order(10, 10)
        form = self._open(order, self._get_bundle_line(order))
        form.quantity = 12
        form.save().action_apply()
        self.assertEqual(self._read_lines(order)["Second Monitor"], (12.0, 2.5))
        self._assert_booked(order, form)
        form = self._open(order, self._get_bundle_line(order))
        with form.option_ids.edit(0) as option:
            option.quantity = 5
        form.quantity = 20
        form.save().action_apply()
        self.assertEqual(self._read_lines(order)["Second Monitor"], (5.0, 2.5))
        self._assert_booked(order, form)

    def test_the_same_upgrade_in_two_slots_is_counted_twice(self):
        self.office_slot.copy({"name": "Second office"})
        order = self._create_order()
        form = self._open(order)
        form.bundle_id = self.bundle
        for index, row in enumerate(self.bundle.waas_slot_ids):
            if row.upgrade_ids:
                with form.slot_ids.edit(index) as slot:
                    slot.upgrade_id = self.premium_upgrade
        self.assertAlmostEqual(form.monthly_amount, 54.99, 2)
        form.save().action_apply()
        self._assert_booked(order, form)

    def test_r10_the_window_says_what_has_no_price(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.monitor_option.product_tmpl_id
        ).unlink()
        form = self._open(self._create_order())
        form.bundle_id = self.bundle
        self.assertFalse(form.missing_prices)
        with form.option_ids.edit(0) as option:
            option.quantity = 1
        self.assertEqual(form.missing_prices, "Second Monitor")
        with self._assert_refuses("Second Monitor has no price for 36 months"):
            form.save().action_apply()

    def test_prices_with_tax_in_them_are_shown_without(self):
        tax = self.env["account.tax"].create(
            {
                "name": "21% in the price",
                "amount": 21.0,
                "price_include_override": "tax_included",
            }
        )
        self.bundle.taxes_id = tax
        order = self._create_order()
        form = self._open(order)
        form.bundle_id = self.bundle
        form.quantity = 3
        self.assertAlmostEqual(form.monthly_amount, 114.02, 2)  # 137.97 / 1.21
        form.save().action_apply()
        self._assert_booked(order, form)

    def test_the_window_does_not_change_the_order_by_looking(self):
        order = self._create_full_order(10, 20)
        lines, amount = order.order_line, order.amount_total
        form = self._open(order, self._get_bundle_line(order))
        form.quantity = 99
        self.assertEqual((order.order_line, order.amount_total), (lines, amount))

    def test_a_confirmed_deal_is_not_configured(self):
        order = self._create_order(quantity=1)
        self._confirm(order)
        with self._assert_refuses("is not an open WaaS quotation"):
            order.action_waas_add_bundle()
        with self._assert_refuses("is not an open WaaS quotation"):
            self._get_bundle_line(order).action_waas_configure()

    def test_one_workplace_at_least(self):
        form = self._open(self._create_order())
        form.bundle_id = self.bundle
        form.quantity = 0
        with self._assert_violates():
            form.save()

    def test_the_bundle_of_a_line_is_not_exchanged(self):
        other = self._create_waas_product("Other Workplace", "bundle")
        order = self._create_order(quantity=1)
        window = self._open(order, self._get_bundle_line(order)).save()
        window.bundle_id = other
        with self._assert_refuses("Remove the line to choose another bundle"):
            window.action_apply()
