from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_depreciation import DELIVERED, FleetAccountsCommon


@tagged("post_install", "-at_install")
class TestDepreciation(FleetAccountsCommon):
    """R13: rented devices as rental equipment; the accounts always tell the same as the
    stock."""

    def test_r13_a_delivery_moves_the_cost_from_stock_to_equipment(self):
        self.assertEqual(self._get_balance("equipment"), 3000.0)
        self.assertEqual(self._get_balance("stock"), -3000.0)
        assets = self.devices.waas_asset_ids
        self.assertEqual(set(assets.mapped("date_start")), {DELIVERED})
        self.assertEqual(len(assets.move_id), 1)
        self.assertEqual(set(assets.mapped("residual")), {100.0})

    def test_r13_the_closing_does_not_count_devices_twice(self):
        self.assertTrue(self._close())
        self.assertEqual(self._get_balance("stock"), 0.0)
        self.assertEqual(self._get_balance("stock", "equipment"), 3000.0)
        self.assertFalse(self._close())
        # In the quantity they stay.
        self.assertEqual(self.laptop.total_value, 3000.0)

    def test_r13_a_month_is_one_entry_and_a_row_for_each_device(self):
        self._depreciate(date(2026, 2, 1))
        rows = self.devices.waas_asset_ids.depreciation_ids
        self.assertEqual(set(rows.mapped("month")), {date(2026, 1, 31)})
        self.assertEqual(set(rows.mapped("amount")), {25.0})
        self.assertEqual(len(rows.move_id), 1)
        self.assertEqual(rows.move_id.date, date(2026, 1, 31))
        self.assertEqual(len(rows.move_id.line_ids), 2)
        self.assertEqual(self._get_balance("depreciation"), 75.0)
        self.assertEqual(self._get_balance("accumulated"), -75.0)

    def test_r13_a_month_is_depreciated_once_whatever_runs_twice(self):
        for _attempt in range(3):
            self._depreciate(date(2026, 2, 15))
        self.assertEqual(self._get_balance("depreciation"), 75.0)
        asset = self.devices[0].waas_asset_ids
        with self._assert_violates():
            self.env["waas.depreciation"].sudo().create(
                {"asset_id": asset.id, "month": date(2026, 1, 31), "amount": 1.0}
            )

    def test_r13_a_run_that_was_left_out_is_caught_up(self):
        self._depreciate(date(2026, 5, 3))
        rows = self.devices[0].waas_asset_ids.depreciation_ids.sorted("month")
        self.assertEqual(
            rows.mapped("month"),
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
            ],
        )
        self.assertEqual(rows.move_id.mapped("date"), rows.mapped("month"))
        self.assertEqual(self._get_balance("depreciation"), 300.0)

    def test_r13_a_run_that_is_killed_leaves_nothing_half_done(self):
        with (
            patch.object(
                type(self.env["waas.depreciation"]),
                "create",
                side_effect=KeyboardInterrupt,
            ),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
        ):
            self._depreciate(date(2026, 2, 1))
        self.env.invalidate_all()
        self.assertEqual(self._get_balance("depreciation"), 0.0)
        self._depreciate(date(2026, 2, 1))
        self.assertEqual(self._get_balance("depreciation"), 75.0)

    def test_r13_at_the_end_of_its_life_the_residual_value_is_left(self):
        self._depreciate(date(2035, 1, 1))
        assets = self.devices.waas_asset_ids
        self.assertEqual(assets.mapped("book_value"), [100.0] * 3)
        self.assertEqual(len(assets[0].depreciation_ids), 36)

    def test_r13_the_book_value_comes_back_to_stock(self):
        self._close()
        self._depreciate(date(2026, 4, 10))
        with freeze_time("2026-05-10"):
            record = self._create_return(self.devices)
            self._receive(record, self.devices)
        # January to April, 25.00 each; not May.
        self.assertEqual(self._get_balance("depreciation"), 300.0)
        self.assertEqual(self._get_balance("equipment", "accumulated"), 0.0)
        self.assertEqual(self._get_balance("stock"), 2700.0)
        self.assertEqual(self.devices.waas_asset_ids.mapped("state"), ["returned"] * 3)
        self.assertEqual(self.devices[0]._waas_get_book_value(), 900.0)
        self.assertFalse(self._close())

    def test_r13_a_used_device_is_capitalised_at_what_is_left_of_it(self):
        self._close()
        with freeze_time("2026-05-10"):
            self._receive(self._create_return(self.devices), self.devices)
            self._certify(self.devices)
            self._grade(self.devices)
        order = self._confirm(self._create_order(12, quantity=1))
        self._deliver(order, date(2026, 6, 1))
        again = order.sudo().waas_contract_ids.waas_device_ids
        asset = again.waas_asset_ids.filtered(lambda asset: asset.state == "running")
        self.assertEqual(asset.cost, 900.0)
        self.assertEqual(self._get_balance("equipment"), 900.0)
        self.assertFalse(self._close())

    def test_r13_a_lost_device_is_written_off_at_its_book_value(self):
        self._close()
        self._depreciate(date(2026, 2, 10))
        with freeze_time("2026-02-20"):
            record = self._create_return(self.devices)
            self._receive(record, self.devices[:2])
            record.action_report_missing()
            record.action_claim()
        claim = record.line_ids[2].sudo().claim_move_id
        self.assertEqual(claim.amount_untaxed, 975.0)
        self.assertEqual(self._get_balance("write_off"), 975.0)
        self.assertEqual(self._get_balance("equipment", "accumulated"), 0.0)
        self.assertEqual(self._get_balance("stock"), 1950.0)
        self.assertFalse(self._close())

    def test_r13_what_is_sold_or_scrapped_leaves_the_books(self):
        self._close()
        self._depreciate(date(2026, 2, 10))
        with freeze_time("2026-02-20"):
            self._receive(self._create_return(self.devices), self.devices)
            self._certify(self.devices)
            self._grade(self.devices, "scrap", "d")
        self.assertEqual(self._get_balance("stock"), 2925.0)
        self.assertTrue(self._close())
        self.assertEqual(self._get_balance("stock"), 0.0)
        self.assertFalse(self._close())

    def test_r13_what_vanished_from_quarantine_leaves_the_books(self):
        self._close()
        self._depreciate(date(2026, 2, 10))
        with freeze_time("2026-02-20"):
            self._receive(self._create_return(self.devices), self.devices)
            self.devices[0]._waas_write_off("Not found")
        asset = self.devices[0].waas_asset_ids
        self.assertRecordValues(
            asset, [{"state": "written_off", "date_disposed": date(2026, 2, 20)}]
        )
        self.assertTrue(self._close())
        self.assertEqual(self._get_balance("stock"), 1950.0)
        self.assertEqual(self._get_balance("equipment", "accumulated"), 0.0)
        self.assertFalse(self._close())

    def test_r13_a_closing_of_an_earlier_day_counts_what_was_then(self):
        value = self.also.stock_value(at_date=date(2026, 1, 19))
        self.assertEqual(
            value[self.accounts["stock"]]
            - self.also.stock_value(at_date=date(2026, 1, 20))[self.accounts["stock"]],
            3000.0,
        )

    def test_r13_fleet_and_claims_tell_the_book_value(self):
        self._depreciate(date(2026, 2, 10))
        self.env.flush_all()
        rows = self.env["waas.fleet.report"].search([("company_id", "=", self.also.id)])
        self.assertEqual(rows.mapped("book_value"), [975.0] * 3)
        self.assertEqual(rows.mapped("is_capitalised"), [True] * 3)

    def test_r13_off_by_default_nothing_changes(self):
        self.also.waas_capitalise = False
        more = self._rent_out(1, self.other_customer, first=50)
        self.assertFalse(more.waas_asset_ids)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertFalse(other.waas_capitalise)

    def test_capitalising_needs_its_accounts(self):
        with self._assert_refuses("Choose the accounts", ValidationError):
            self.also.waas_write_off_account_id = False

    def test_only_the_flow_books(self):
        asset = self.devices[0].waas_asset_ids
        for user in self.accountant, self.manager:
            asset.with_user(user).read(["book_value"])
            with self.assertRaises(AccessError):
                asset.with_user(user).write({"cost": 1.0})
        with self.assertRaises(AccessError):
            asset.with_user(self.seller).read(["cost"])
