from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common.replayed import replayed
from .marketplace_common import MarketplaceCommon


@tagged("post_install", "-at_install")
class TestLicense(MarketplaceCommon):
    """R9: licenses come through the marketplace unless their line says otherwise, and
    come and go with their contract."""

    def _get_license_line(self, order):
        return order.order_line.filtered(lambda line: line._waas_is_license())

    @replayed
    def _create_confirmed(self, quantity=3, **values):
        return self._confirm(self._create_order(12, quantity=quantity, **values))

    # === FROM THE ORDER ===#

    def test_r9_license_lines_come_through_the_marketplace_by_default(self):
        order = self._create_order(12, quantity=3)
        channels = {
            line.product_id: line.waas_license_channel for line in order.order_line
        }
        self.assertEqual(channels.pop(self.office_basic), "marketplace")
        self.assertEqual(set(channels.values()), {False})

    def test_r9_a_line_may_state_another_channel(self):
        order = self._create_order(12, quantity=3)
        self._get_license_line(order).waas_license_channel = "other"
        order._waas_add_bundle(self.bundle, 1)
        self.assertEqual(
            self._get_license_line(order).mapped("waas_license_channel"),
            ["other", "marketplace"],
        )
        self._confirm(order)
        self.assertEqual(
            order.waas_contract_ids.waas_license_ids.mapped("channel"),
            ["other", "marketplace"],
        )

    def test_r9_a_license_line_needs_a_channel(self):
        line = self._get_license_line(self._create_order(12, quantity=3))
        with self._assert_refuses("Choose the channel of"):
            line.waas_license_channel = False

    def test_r9_the_channel_stays_once_the_order_is_confirmed(self):
        line = self._get_license_line(self._create_confirmed())
        with self._assert_refuses("the channel of Office Basic stays"):
            line.waas_license_channel = "other"

    def test_r9_nothing_is_shipped_for_a_license(self):
        order = self._create_confirmed()
        self.assertEqual(order.picking_ids.move_ids.product_id, self.laptop)

    def test_r9_a_confirmed_order_has_licenses_that_wait_for_its_start(self):
        order = self._create_confirmed()
        self.assertRecordValues(
            order.waas_contract_ids.waas_license_ids,
            [
                {
                    "product_id": self.office_basic.id,
                    "order_line_id": self._get_license_line(order).id,
                    "contract_line_id": order.waas_contract_ids.contract_line_ids.id,
                    "seats": 3,
                    "provisioned_seats": 0,
                    "state": "to_provision",
                }
            ],
        )
        self.assertFalse(self._get_messages("pending"))

    def test_r9_delivery_orders_the_licenses(self):
        self._put_in_stock(self.laptop, 3)
        order = self._create_confirmed()
        self._deliver(order)
        license_ = order.waas_contract_ids.waas_license_ids
        self.assertEqual(license_.date_start, fields.Date.context_today(order))
        self.assertEqual(license_.state, "provisioning")
        self._send()
        self.assertEqual(license_.state, "active")
        self.assertEqual(self.server.get_seats(license_.reference), 3)

    def test_r9_full_months_do_not_make_people_wait_for_their_mailbox(self):
        self.also.waas_billing_start = "next_month"
        self._put_in_stock(self.laptop, 3)
        order = self._create_confirmed()
        with freeze_time("2026-05-12 10:00:00"):
            self._deliver(order)
            license_ = order.waas_contract_ids.waas_license_ids
            self.assertEqual(license_.date_start, self._day("2026-05-12"))
            self.assertEqual(
                order.waas_contract_ids.date_start, self._day("2026-06-01")
            )

    def test_r9_an_upgrade_orders_what_it_delivers_instead(self):
        order = self._create_order(12)
        order._waas_add_bundle(
            self.bundle, 2, upgrades={self.office_slot: self.premium_upgrade}
        )
        self._confirm(order)
        self.assertEqual(
            order.waas_contract_ids.waas_license_ids.product_id, self.office_premium
        )

    def test_r9_seats_can_be_ordered_before_the_delivery(self):
        license_ = self._create_confirmed().waas_contract_ids.waas_license_ids
        license_.with_user(self.seller).action_order_now()
        self._send()
        self.assertEqual(license_.state, "active")
        with self._assert_refuses("ordered already"):
            license_.with_user(self.seller).action_order_now()

    # === CHANGES ===#

    def test_r9_added_seats_are_asked_for(self):
        license_ = self._create_licensed(5).waas_license_ids
        self._send()
        license_._change_by(2, fields.Date.context_today(license_), "Two new people")
        self.assertRecordValues(license_, [{"seats": 7, "state": "changing"}])
        self._send()
        self.assertRecordValues(license_, [{"provisioned_seats": 7, "state": "active"}])
        self._assert_same_seats(license_)

    @freeze_time("2026-03-10 09:00:00")
    def test_r9_a_change_waits_for_its_day(self):
        license_ = self._create_licensed(5).waas_license_ids
        self._send()
        license_._change_seats(9, self._day("2026-04-01"))
        license_._change_by(1, self._day("2026-03-10"))
        self.assertEqual(license_.seats, 6)
        # The agreed nine, and the one that came before them stays on top.
        with freeze_time("2026-04-01 09:00:00"):
            self._apply()
            self.assertEqual(license_.seats, 10)
            self._send_all()
            self._assert_same_seats(license_)

    def test_r9_there_are_never_fewer_than_no_seats(self):
        license_ = self._create_licensed(5).waas_license_ids
        today = fields.Date.context_today(license_)
        license_._change_by(-4, today + timedelta(days=30))
        with self._assert_refuses("would have -1 seats"):
            license_._change_by(-2, today)

    def test_r7_an_upgrade_switches_some_seats_without_a_gap(self):
        contract = self._create_licensed(10)
        self._send()
        old = contract.waas_license_ids
        today = fields.Date.context_today(contract)
        new = contract._waas_switch_license(
            self.office_basic, self.office_premium, 4, today
        )
        self.assertRecordValues(old | new, [{"seats": 6}, {"seats": 4}])
        # While the new ones are not there, the old ones stay.
        self.server.mishaps.extend(["503"])
        self._send()
        self.assertEqual(self.server.get_seats(old.reference), 10)
        self._send_all()
        self._assert_same_seats(old | new)

        again = contract._waas_switch_license(
            old.order_line_id, self.office_premium, 6, today
        )
        self.assertEqual(again, new)
        self._send_all()
        self.assertRecordValues(
            old | new,
            [{"seats": 0, "state": "ended"}, {"seats": 10, "state": "active"}],
        )

    def test_r7_no_more_seats_are_switched_than_there_are(self):
        contract = self._create_licensed(3)
        today = fields.Date.context_today(contract)
        with self._assert_refuses("fewer than 4 seats"):
            contract._waas_switch_license(
                self.office_basic, self.office_premium, 4, today
            )

    # === THE END ===#

    def test_r9_the_end_of_the_contract_cancels_its_licenses(self):
        contract = self._create_licensed(5)
        self._send()
        contract._waas_end()
        license_ = contract.waas_license_ids
        self.assertEqual(license_.state, "cancelling")
        self._send()
        self.assertRecordValues(license_, [{"state": "ended", "provisioned_seats": 0}])
        self.assertEqual(self.server.get_seats(license_.reference), 0)
        with self._assert_refuses("is cancelled from"):
            license_._change_by(1, fields.Date.context_today(license_))

    def test_r9_a_cancelled_order_asks_the_marketplace_for_nothing(self):
        order = self._create_confirmed()
        self._cancel(order)
        self.assertEqual(order.waas_contract_ids.waas_license_ids.state, "ended")
        self._send()
        self.assertFalse(self.server.requests)

    # === ANOTHER CHANNEL, NO MARKETPLACE ===#

    def test_r9_another_channel_is_a_to_do_for_a_person(self):
        contract = self._create_licensed(5)
        license_ = contract.waas_license_ids
        self._get_messages("pending").sudo()._drop()
        license_.write({"channel": "other"})
        license_._sync()
        self.assertEqual(license_.state, "provisioning")
        self.assertIn("from 0 to 5 seats", license_.activity_ids.summary)
        license_.with_user(self.seller).action_note_provisioned()
        self.assertEqual(license_.state, "active")
        self.assertFalse(license_.activity_ids)
        self._send()
        self.assertFalse(self.server.requests)

    def test_r9_nobody_notes_by_hand_what_the_marketplace_says(self):
        license_ = self._create_licensed(5).waas_license_ids
        with self._assert_refuses("which reports what it provisioned"):
            license_.with_user(self.seller).action_note_provisioned()

    def test_r9_licenses_wait_for_a_marketplace_and_say_so(self):
        self.marketplace.active = False
        license_ = self._create_licensed(5).waas_license_ids
        self.assertEqual(license_.state, "to_provision")
        self.assertIn("has no marketplace", license_.problem)
        self.marketplace.active = True
        self._apply()
        self._send()
        self.assertEqual(license_.state, "active")
        self.assertFalse(license_.problem)

    def test_r9_a_license_without_sku_says_what_to_do(self):
        self.office_basic.waas_marketplace_sku = False
        license_ = self._create_licensed(5).waas_license_ids
        self.assertIn("has no marketplace SKU", license_.problem)
        self.office_basic.waas_marketplace_sku = "BASIC"
        self._apply()
        self._send()
        self.assertEqual(license_.state, "active")

    # === RIGHTS ===#

    def test_nobody_writes_licenses_by_hand(self):
        license_ = self._create_licensed(5).waas_license_ids
        for user in self.seller, self.manager, self.accountant:
            self.assertEqual(license_.with_user(user).seats, 5)
            with self.assertRaises(AccessError):
                license_.with_user(user).agreed_seats = 1
            with self.assertRaises(AccessError):
                license_.with_user(user).unlink()
        with self.assertRaises(AccessError):
            license_.with_user(self.accountant).action_order_now()

    def test_people_outside_see_nothing_of_licenses(self):
        contract = self._create_licensed(5)
        outsiders = (
            self._create_portal_user("outside_customer", self.signatory),
            self._create_portal_user(
                "outside_reseller",
                self.reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        )
        for user in outsiders:
            for model in (
                "waas.license",
                "waas.license.step",
                "waas.license.check",
                "waas.marketplace",
                "waas.marketplace.message",
            ):
                with self.subTest(user=user.login, model=model):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                contract.with_user(user).read(["waas_license_ids"])

    def test_an_officer_and_an_accountant_read_licenses(self):
        license_ = self._create_licensed(5).waas_license_ids
        for user in self.officer, self.accountant:
            names = set(license_.with_user(user).fields_get())
            self.assertNotIn("outbox_ids", names)
            self.assertTrue(license_.with_user(user).read(names))

    def test_another_company_sees_no_license(self):
        self._create_licensed(5)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.manager.copy(
            {"login": "other_manager", "company_id": other.id, "company_ids": other.ids}
        )
        for model in "waas.license", "waas.marketplace.message":
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_a_started_license_is_not_deleted(self):
        license_ = self._create_licensed(5).waas_license_ids
        with self.assertRaises(UserError):
            license_.unlink()
