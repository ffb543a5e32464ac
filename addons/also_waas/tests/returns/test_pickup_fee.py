from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_pickup_fee import PickupFeeCommon


@tagged("post_install", "-at_install")
class TestPickupFee(PickupFeeCommon):
    """R15: a secure pick-up is for a fee: by pick-up, by device and by site. Zero asks
    for a reason."""

    # === ZERO ASKS FOR A REASON ===#

    def test_r15_zero_asks_for_a_reason(self):
        self.fee_rule.fixed_price = 0.0
        record = self._create_pickup(self.devices)
        self.assertTrue(record.fee_waits)
        self.assertIn("The fee of this pick-up is", record.announce_problem)
        with self._assert_refuses(
            "of this pick-up is .*0.00.*write why under Reason for Zero"
        ):
            record.action_announce()
        record.fee_zero_reason = "  "
        with self._assert_refuses("write why under Reason for Zero"):
            record.action_announce()
        record.fee_zero_reason = "Their devices came late"
        self.assertFalse(record.fee_waits)
        self.assertFalse(record.announce_problem)
        self._confirm_pickup(record)
        self.assertEqual(record.fee_zero_reason, "Their devices came late")
        self.assertFalse(record.sudo().fee_move_id)
        with self._assert_refuses("was confirmed with its place and its fee"):
            record.fee_zero_reason = "Another one"

    def test_r15_zero_is_refused_at_the_confirmation_as_well(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        self.fee_rule.fixed_price = 0.0
        with self._assert_refuses("have a WaaS manager correct price list WaaS"):
            record.action_confirm_pickup()
        self.assertEqual(record.state, "announced")
        record.fee_zero_reason = "Agreed"
        record.action_confirm_pickup()
        self.assertEqual((record.state, record.fee_amount), ("confirmed", 0.0))

    def test_r15_the_reason_of_the_price_list_holds_for_every_pickup(self):
        self.fee_rule.fixed_price = 0.0
        self.assertIn("No fee for a pick-up", self.fee_rule.waas_zero_warning)
        self.fee_rule.waas_zero_reason = "Included in the rent"
        self.assertFalse(self.fee_rule.waas_zero_warning)
        for device in self.devices[:2]:
            record = self._confirm_pickup(self._create_pickup(device))
            self.assertFalse(record.fee_zero_reason)
            self.assertEqual(record.state, "confirmed")

    def test_r15_the_reason_of_a_list_that_is_followed(self):
        base = self._create_list("Base")
        self.fee_rule.write(
            {
                "compute_price": "percentage",
                "base": "pricelist",
                "base_pricelist_id": base.id,
            }
        )
        rule = self._price(self.also.waas_pickup_product_id, 0.0, pricelist_id=base.id)
        record = self._create_pickup(self.devices)
        self.assertTrue(record.fee_waits)
        rule.waas_zero_reason = "Included"
        record.invalidate_recordset()
        self.assertFalse(record.fee_waits)

    def test_r15_ordinary_prices_need_no_reason(self):
        rule = self._price(self.mouse_pad, 0.0)
        self.assertFalse(rule.waas_zero_warning)
        self.assertFalse(self.fee_rule.waas_zero_warning)

    def test_r15_the_reason_is_entered_by_waas_users(self):
        self.fee_rule.fixed_price = 0.0
        record = self._create_pickup(self.devices)
        for user in self.warehouse, self.accountant:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                record.with_user(user).fee_zero_reason = "Mine"
        with Form(record.with_user(self.seller)) as form:
            form.fee_zero_reason = "Agreed"
        self.assertFalse(record.fee_waits)

    # === BY PICK-UP, DEVICE AND SITE ===#

    def test_r15_the_fee_counts_devices_and_sites(self):
        self._price_all()
        record = self._create_pickup(self.devices)
        self.assertEqual((record.fee_amount, record.site_count), (82.5, 1))
        record.line_ids[0].pickup_address_id = self.site
        self.assertEqual((record.fee_amount, record.site_count), (108.0, 2))
        explanation = record.fee_explanation.replace("\N{NO-BREAK SPACE}", " ")
        for part in "45.00 for the pick-up", "3 × ", "4.00 per device", "2 × ":
            self.assertIn(part, explanation)
        self.assertIn("25.50 per site", explanation)
        self._confirm_pickup(record)
        self.assertEqual(
            [
                (line.product_id, line.quantity, line.price_unit, line.price_subtotal)
                for line in record.sudo().fee_move_id.invoice_line_ids
            ],
            [
                (self.also.waas_pickup_product_id, 1, 45.0, 45.0),
                (self.also.waas_pickup_device_product_id, 3, 4.0, 12.0),
                (self.also.waas_pickup_site_product_id, 2, 25.5, 51.0),
            ],
        )
        self.assertEqual(record.sudo().fee_move_id.amount_untaxed, 108.0)
        self.assertEqual(record.sudo().fee_move_id.state, "posted")

    def test_r15_quantity_breaks_of_the_price_list_count(self):
        self._price_all(device=4.0, site=0.0)
        self._price(self.also.waas_pickup_device_product_id, 2.99, min_quantity=3)
        self.assertEqual(self._create_pickup(self.devices[:2]).fee_amount, 53.0)
        self.env["waas.return"].search([]).action_cancel()
        self.assertEqual(self._create_pickup(self.devices).fee_amount, 53.97)

    def test_r15_two_contacts_of_one_address_are_one_site(self):
        self._price_all()
        twin = self.site.copy({"name": "Reception", "street": "QUAY  9"})
        record = self._create_pickup(self.devices)
        first, second, third = record.line_ids
        first.pickup_address_id = self.site
        second.pickup_address_id = twin
        self.assertEqual(record.site_count, 2)
        third.pickup_address_id = twin
        self.assertEqual(record.site_count, 1)

    def test_r15_one_kind_of_fee_will_do(self):
        self.fee_rule.unlink()
        self._price(self.also.waas_pickup_device_product_id, 7.25)
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertEqual(record.fee_amount, 21.75)
        self.assertEqual(len(record.sudo().fee_move_id.invoice_line_ids), 1)

    def test_r15_a_company_does_without_a_kind_of_fee(self):
        self._price_all()
        self.also.waas_pickup_site_product_id = False
        self.assertEqual(self._create_pickup(self.devices).fee_amount, 57.0)

    def test_r15_what_costs_nothing_beside_a_fee_needs_no_reason(self):
        self._price_all(device=0.0, site=0.0)
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertEqual(record.fee_amount, 45.0)
        self.assertFalse(record.fee_explanation)
        self.assertEqual(len(record.sudo().fee_move_id.invoice_line_ids), 1)

    def test_r15_what_was_confirmed_is_frozen(self):
        self._price_all()
        record = self._create_pickup(self.devices)
        self._confirm_pickup(record)
        explanation = record.fee_explanation
        self.pricelist.item_ids.filtered(
            lambda rule: not rule.waas_term_id
        ).fixed_price = 99.0
        record.invalidate_recordset()
        self.assertEqual(record.fee_amount, 82.5)
        self.assertEqual(record.fee_explanation, explanation)
        line = record.line_ids[0]
        with self._assert_refuses("confirmed with its sites and its fee"):
            line.with_user(self.seller).pickup_address_id = self.site
        with self._assert_refuses("confirmed with its place and its fee"):
            record.with_user(self.seller).pickup_address_id = self.site
        for name in "fee_parts", "fee_frozen":
            with self._assert_refuses("its status cannot be edited", AccessError):
                record.with_user(self.manager)[name] = False

    def test_r15_a_device_removed_after_the_confirmation_leaves_the_fee_and_a_to_do(
        self,
    ):
        self._price_all()
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertFalse(self._get_todos(record, "return_fee_changed"))
        record.line_ids[0].action_remove()
        self.assertEqual(record.fee_amount, 82.5)
        [todo] = self._get_todos(record, "return_fee_changed")
        self.assertIn("now there are 2 devices at 1 sites", todo.note)
        self.assertIn("credit or invoice the difference", todo.note)

    def test_r15_a_flat_fee_does_not_mind_a_device_less(self):
        record = self._confirm_pickup(self._create_pickup(self.devices))
        record.line_ids[0].action_remove()
        self.assertFalse(self._get_todos(record, "return_fee_changed"))

    def test_r15_the_fee_does_not_hang_on_the_order_of_the_devices(self):
        others = self._rent_out(1, self.customer, 50)
        other_list = self._create_list("Other List")
        self._price(self.also.waas_pickup_product_id, 99.0, pricelist_id=other_list.id)
        others.waas_contract_id.sudo().pricelist_id = other_list
        for devices in self.devices | others, others | self.devices:
            record = self._create_pickup(devices)
            self.assertEqual(record.fee_amount, 45.0)
            record.unlink()
            offered = self.env["waas.return"].sudo()._get_booking_fee(devices)
            self.assertEqual(offered, 45.0)
