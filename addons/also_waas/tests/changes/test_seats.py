from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.replayed import replayed
from .test_upgrade import START, ChangeCommon


@tagged("post_install", "-at_install")
class TestSeats(ChangeCommon):
    """More workplaces: their rent begins when their devices are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        devices = cls._put_in_stock(cls.laptop, 5)
        devices.sudo()._waas_arrive(cls.contract, START)
        cls.new_devices = cls._put_in_stock(cls.laptop, 3, first=6)
        # The first five are with the customer: none of them can be sent again.
        cls.env["stock.quant"].search([("lot_id", "in", devices.ids)]).sudo().unlink()

    @replayed
    def _add(self, number=2, **values):
        return self._create_change(self.contract, "seats", seat_count=number, **values)

    @replayed
    def _deliver(self, change):
        picking = change.sudo().picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_user(self.warehouse).button_validate()
        return picking

    def test_r3_devices_are_delivered_and_rent_begins_then(self):
        self._invoice_up_to(self.contract, date(2026, 4, 15))
        change = self._agree(self._add(effective_date=date(2026, 4, 20)))
        self.assertEqual(change.state, "delivering")
        self.assertEqual(self.contract.waas_total_amount, 4740.0)
        picking = change.sudo().picking_ids
        self.assertEqual(picking.waas_contract_id, self.contract)
        self.assertEqual(picking.location_dest_id, self.also.waas_location_id)
        self.assertEqual(picking.partner_id, self.customer)
        with freeze_time("2026-04-25"):
            self._deliver(change)
        self.assertEqual(picking.state, "done")
        self.assertEqual(change.state, "applied")
        # 25 to 29 April: 5 of 30 days, with the next invoice.
        self.assertEqual(change.effective_date, date(2026, 4, 25))
        self.assertAlmostEqual(change.part_amount, 26.33, 2)
        self.assertEqual(self.contract.waas_monthly_amount, 7 * 79.0)
        self.assertEqual(self._get_amounts()[2:5], [395.0, 579.33, 553.0])
        self.assertEqual(len(self.contract.waas_device_ids), 7)
        self._assert_ledger()

    def test_devices_that_come_early_are_paid_from_the_agreed_day(self):
        change = self._agree(self._add(effective_date=date(2026, 4, 30)))
        self._deliver(change)
        self.assertEqual(change.effective_date, date(2026, 4, 30))
        self.assertEqual(self._get_amounts(), [395.0] * 3 + [553.0] * 9)

    def test_r7_more_workplaces_have_the_upgrades_of_the_others(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        change = self._add(effective_date=date(2026, 4, 30))
        self.assertEqual(
            [(line.product_id, line.quantity) for line in change.line_ids],
            [(self.bundle, 2), (self.premium_upgrade, 2)],
        )
        self.assertEqual(change.commission_amount, 2 * 20 + 2 * 1)
        self._agree(change)
        self._deliver(change)
        self.assertEqual(self.contract.waas_monthly_amount, 7 * 85.5)
        new = self.contract.contract_line_ids[-2:]
        upgrade = new.filtered(lambda line: line.product_id == self.premium_upgrade)
        self.assertEqual(upgrade.waas_parent_line_id.quantity, 2)

    def test_a_cancelled_change_calls_its_devices_back(self):
        change = self._agree(self._add())
        change.action_cancel()
        self.assertEqual(change.state, "cancelled")
        self.assertEqual(change.sudo().picking_ids.state, "cancel")
        self.assertEqual(self.contract._waas_get_missing_count(), 0)

    def test_what_is_delivered_is_not_cancelled(self):
        change = self._agree(self._add())
        picking = change.sudo().picking_ids
        picking.action_assign()
        picking.move_line_ids[0].picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(change.state, "delivering")
        with self._assert_refuses("cannot be cancelled while the customer has"):
            change.action_cancel()
        self._deliver(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(len(self.contract.waas_device_ids), 7)

    def test_r12_a_device_that_does_not_last_is_not_delivered(self):
        change = self._agree(self._add(1))
        self.new_devices.waas_warranty_end = date(2026, 12, 1)
        self.new_devices.waas_warranty_max_end = date(2026, 12, 1)
        with self._assert_refuses("can be kept under warranty until 12/01/2026"):
            self._deliver(change)
        self.assertEqual(change.state, "delivering")

    def test_delivered_and_not_possible_any_more_is_told(self):
        change = self._agree(self._add(effective_date=date(2026, 4, 30)))
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        self._deliver(change)
        self.assertEqual(change.state, "delivering")
        self.assertIn("could not begin", change.activity_ids.summary)
        with self._assert_refuses("is invoiced already: extend the contract first"):
            change.action_apply()

    def test_r8_an_option_with_a_device_waits_for_it(self):
        self._put_in_stock(self.monitor, 2)
        change = self._agree(
            self._upgrade(
                self.contract, date(2026, 4, 30), self.monitor_option, quantity=2
            )
        )
        self.assertEqual(change.state, "delivering")
        self._deliver(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.contract.waas_monthly_amount, 403.0)

    def test_nobody_sends_devices_for_a_change_by_hand(self):
        change = self._add()
        warehouse = self.contract.waas_order_id.warehouse_id
        with self._assert_refuses("created by the change", AccessError):
            self.env["stock.picking"].with_user(self.warehouse).create(
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "waas_change_id": change.id,
                }
            )

    def test_add_at_least_one(self):
        with self._assert_violates():
            self._add(0)
