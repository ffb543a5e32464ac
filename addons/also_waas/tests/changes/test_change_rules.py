from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.replayed import replayed
from .common_change_rules import ChangesToTheLetterCommon
from .test_upgrade import START


@tagged("post_install", "-at_install")
class TestChangesToTheLetter(ChangesToTheLetterCommon):
    """What the FAQ says of running contracts, read strictly."""

    def _get_rule(self, product):
        return self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == product.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        )

    def _assert_asks(self, change, message):
        """It asks for the reason, and goes on with it."""
        self.assertIn("zero", self._get_codes(change))
        with self._assert_refuses(f"(?s)needs a reason.*{message}.*Reason for Zero"):
            change.action_submit()
        self.assertEqual(change.state, "draft")
        change.waas_zero_reason = "Action of May"
        self.assertNotIn("zero", self._get_codes(change))
        self._agree(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.waas_zero_reason, "Action of May")
        self.assertTrue(change._fields["waas_zero_reason"].tracking)

    def _draft(self, kind="upgrade", **values):
        return self._create_change(
            self.contract, kind, waas_zero_reason=False, **values
        )

    @replayed
    def _draft_upgrade(self, product=None):
        return self._draft(
            effective_date=date(2026, 4, 30),
            products={product or self.premium_upgrade: {}},
        )

    @replayed
    def _rent_devices(self):
        devices = self._put_in_stock(self.laptop, 2)
        # As the delivery does: other tests are about it.
        devices.sudo()._waas_arrive(self.contract, START)
        return devices

    def _shorten(self, device, day=date(2027, 3, 1)):
        device.sudo().write(
            {"waas_warranty_end": day, "waas_warranty_max_end": date(2029, 1, 30)}
        )

    @replayed
    def _sign_extension(self, months=15):
        change = self._create_change(self.contract, "extension", months=months)
        self._approve_credit(self._create_order(quantity=1))
        change.action_submit()
        self._customer_signs(change)
        self._also_signs(change)
        return change

    def _open_warranty(self, change, user=None, **values):
        action = change.with_user(user or self.seller).action_warranty()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.seller)
            .with_context(**action["context"])
            .create(values)
        )

    # === SURCHARGE AND COMMISSION (R7, R8) ===#

    def test_r7_an_upgrade_without_surcharge_asks_for_the_reason(self):
        self._get_rule(self.premium_upgrade).fixed_price = 0.0
        self._assert_asks(
            self._draft_upgrade(), "Premium instead of Basic: no surcharge"
        )

    def test_r8_an_upgrade_without_commission_asks_for_the_reason(self):
        self._get_rule(self.premium_upgrade).waas_commission_unit = 0.0
        self._assert_asks(
            self._draft_upgrade(), "Premium instead of Basic: no commission"
        )

    def test_r8_an_option_without_commission_asks_for_the_reason(self):
        self._get_rule(self.helpdesk_option).waas_commission_unit = 0.0
        self._assert_asks(
            self._draft_upgrade(self.helpdesk_option), "Long Hours: no commission"
        )

    def test_r8_an_extension_without_commission_asks_for_the_reason(self):
        self._assert_asks(
            self._draft("extension", months=15), "Workplace: no commission"
        )

    def test_r7_a_dearer_choice_for_the_same_price_asks_for_the_reason(self):
        """The surcharge is what it costs more; the commission what it earns more."""
        self._agree(self._draft_upgrade())
        self._get_rule(self.deluxe).write(
            {"fixed_price": 6.5, "waas_commission_unit": 1.0}
        )
        self._assert_asks(
            self._draft_upgrade(self.deluxe),
            "Deluxe instead of Basic: no surcharge, no commission",
        )

    def test_r8_higher_than_zero_needs_no_reason(self):
        self._agree(self._draft_upgrade())
        self.pricelist.item_ids.waas_extension_commission = 1.0
        change = self._draft("extension", months=15)
        self.assertNotIn("zero", self._get_codes(change))
        self._agree(change)
        self.assertEqual(change.state, "applied")

    def test_r8_the_reason_of_the_price_list_is_enough(self):
        rule = self._get_rule(self.premium_upgrade)
        rule.write({"waas_commission_unit": 0.0, "waas_zero_reason": "Action of May"})
        change = self._draft_upgrade()
        self.assertEqual(change.line_ids.list_reason, "Action of May")
        self._agree(change)
        # What was agreed keeps the reason that it had.
        rule.waas_zero_reason = False
        self.assertEqual(change.line_ids.list_reason, "Action of May")

    def test_r8_a_corrected_price_list_removes_the_question(self):
        rule = self._get_rule(self.premium_upgrade)
        rule.waas_commission_unit = 0.0
        change = self._draft_upgrade()
        rule.waas_commission_unit = 1.0
        self._agree(change)
        self.assertEqual(change.commission_amount, 5.0)

    # === A LONGER WARRANTY (R12) ===#

    def test_r12_an_extension_waits_for_the_warranty_that_it_needs(self):
        devices = self._rent_devices()
        self._shorten(devices[0])
        change = self._sign_extension()
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self._get_codes(change), ["warranty"])
        self.assertEqual(change.short_device_ids, devices[0])
        with self._assert_refuses(r"until 04/29/2027: buy .* Laptop-1 \(until 03/01"):
            change.action_apply()
        todo = self._get_todos(change, "warranty")
        self.assertEqual(todo.user_id, self.seller)
        self.assertIn("Laptop-1", todo.note)
        self.assertNotIn("Laptop-2", todo.note)
        wizard = self._open_warranty(change, reference="CARE-1")
        self.assertEqual(wizard.device_ids, devices[0])
        self.assertEqual(wizard.date_end, date(2027, 4, 29))
        wizard.action_enter()
        self.assertEqual(devices[0].waas_warranty_end, date(2027, 4, 29))
        self.assertEqual(change.state, "applied")
        self.assertFalse(self._get_todos(change, "warranty"))
        self.assertEqual(self.contract.date_end, date(2027, 4, 29))

    def test_r12_a_device_without_warranty_waits_for_it_as_well(self):
        devices = self._rent_devices()
        self._shorten(devices, False)
        change = self._sign_extension()
        self._open_warranty(
            change, reference="CARE-1", device_ids=devices[0].ids
        ).action_enter()
        self.assertEqual(change.state, "waiting")
        self.assertEqual(change.short_device_ids, devices[1])
        self.assertNotIn("Laptop-1", self._get_todos(change, "warranty").note)

    def test_r12_somebody_takes_the_risk_with_a_reason(self):
        self._shorten(self._rent_devices()[0])
        change = self._sign_extension()
        with self._assert_refuses("Only WaaS managers take the risk", AccessError):
            self._open_warranty(change, reason="Spare").action_take_risk()
        with self._assert_refuses("Write why"):
            self._open_warranty(change, self.manager, reason=" ").action_take_risk()
        self._open_warranty(change, self.manager, reason="Spare").action_take_risk()
        self.assertRecordValues(
            change,
            [
                {
                    "state": "applied",
                    "warranty_risk_reason": "Spare",
                    "warranty_risk_by_id": self.manager.id,
                }
            ],
        )
        self.assertFalse(self._get_todos(change, "warranty"))

    def test_r12_a_risk_is_taken_for_what_was_sent(self):
        self._shorten(self._rent_devices()[0])
        change = self._create_change(self.contract, "extension", months=15)
        change.action_submit()
        change.with_user(self.manager)._take_warranty_risk("Spare")
        self.assertNotIn("warranty", self._get_codes(change))
        change.action_renew()
        self.assertFalse(change.warranty_risk_on)
        self.assertIn("warranty", self._get_codes(change))
        self.assertFalse(self._get_todos(change, "warranty"))

    def test_r12_what_is_entered_is_checked(self):
        devices = self._rent_devices()
        self._shorten(devices[0])
        change = self._sign_extension()
        for values, message in (
            ({}, "Enter the last day of the warranty and the number"),
            ({"reference": "CARE", "date_end": False}, "Enter the last day"),
            ({"reference": "CARE", "date_end": "2027-02-01"}, "enter a later day"),
            ({"reference": "CARE", "date_end": "2029-02-01"}, "enter an earlier day"),
            ({"reference": "CARE", "device_ids": devices[1].ids}, "Choose devices"),
            ({"reference": "CARE", "device_ids": []}, "Choose devices"),
        ):
            with self.subTest(values=values), self._assert_refuses(message):
                self._open_warranty(change, **values).action_enter()
        self.assertEqual(devices[0].waas_warranty_end, date(2027, 3, 1))

    def test_r12_devices_with_their_warranty_wait_for_nothing(self):
        self._rent_devices()
        change = self._sign_extension(36)
        self.assertEqual(change.state, "applied")
        with self._assert_refuses("there is no risk to take"):
            change.with_user(self.manager)._take_warranty_risk("Spare")
