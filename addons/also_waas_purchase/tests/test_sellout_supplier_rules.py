from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.also_waas.tests.sellout.common_sellout import (
    few_examples,
)

from .common_sellout_suppliers import SuppliersCommon


@tagged("post_install", "-at_install")
class TestSelloutSupplierRules(SuppliersCommon):
    """Who is told as maker, who as supplier."""

    def test_r5_a_manufacturer_of_the_suppliers_name_is_meant(self):
        maker = self.env["waas.manufacturer"].create({"name": "BIG supply"})
        taken = self.env["waas.manufacturer"].create(
            {"name": "Small Supply", "partner_id": self.customer.id}
        )
        self._buy(self.vendor, ["A-1"])
        self._buy(self.other_vendor, ["B-1"])
        self._rent_out(self._day(0), 2)
        self.rows.search([]).with_user(self.manager).action_notify()
        self.assertEqual(maker.partner_id, self.vendor)
        self.assertEqual(taken.partner_id, self.customer)
        self.assertFalse(self._find())

    def test_r5_the_daily_job_turns_a_known_supplier_on(self):
        supplier = self.env["waas.manufacturer"].create(
            {"name": "Big Supply", "partner_id": self.vendor.id}
        )
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(1))
        self.assertEqual(self._find(), [("A-1", self.vendor, "off")])
        self._run_cron()
        self.assertTrue(supplier.sellout and supplier.sellout_as_vendor)
        self.assertEqual(supplier.sellout_start, self._day(1))
        self.assertEqual(self._tell(supplier.sellout_report_ids), [("A-1", 1)])

    def test_r5_a_maker_that_supplies_others_is_told_of_that_or_says_why_not(self):
        maker = self._set_up_supplier(self.vendor, sellout_as_vendor=False)
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self.assertEqual(self._find(), [("A-1", self.vendor, "vendor")])
        maker.sellout_vendor_off_reason = "Its products only"
        self.assertFalse(self._find())
        self._run_cron()
        self.assertFalse(maker.sellout_as_vendor)
        maker.sellout_vendor_off_reason = False
        self._run_cron()
        self.assertTrue(maker.sellout_as_vendor)
        self.assertEqual(maker.sellout_start, self.start)

    def test_r5_who_makes_and_supplies_is_told_once(self):
        self.manufacturer.partner_id = self.vendor
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self.assertFalse(self._find())
        self.manufacturer.sellout_as_vendor = True
        line = self._close().line_ids
        self.assertEqual((line.serial, line.quantity, line.role), ("A-1", 1, "maker"))
        self.assertFalse(self._find())

    def test_r5_what_was_not_bought_was_supplied_by_nobody(self):
        supplier = self._set_up_supplier(self.vendor)
        self._rent(self._day(0))
        self.assertFalse(self._open(supplier).line_ids)
        self.assertFalse(self._find())

    def test_r5_a_replacement_swaps_with_the_supplier_of_both(self):
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        first = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self._close(self._open(supplier))
        self._close(self._open(other))
        second = self._buy(self.vendor, ["A-2"])
        self._replace(first, second, self._day(1))
        report = self._close(self._open(supplier))
        self.assertEqual(sorted(self._tell(report)), [("A-1", -1), ("A-2", 1)])
        third = self._buy(self.other_vendor, ["B-1"])
        self._replace(second, third, self._day(2))
        self.assertEqual(self._tell(self._close(self._open(supplier))), [("A-2", -1)])
        self._close(self._open(other))
        report = self._close(self._open(other))
        self.assertEqual(self._tell(report), [("B-1", 1)])
        self.assertFalse(self._find())

    def test_r5_a_report_ties_back_to_what_a_supplier_delivered(self):
        supplier = self._set_up_supplier(self.vendor)
        self._buy(self.vendor, ["A-1"])
        self._buy(self.other_vendor, ["B-1"])
        self._rent_out(self._day(0), 2)
        report = self._open_compared(supplier)
        self.assertEqual(
            (
                report.reported_count,
                report.contract_serial_count,
                report.difference_count,
            ),
            (1, 1, 0),
        )

    def test_r5_receipts_of_another_company_are_not_ours(self):
        supplier = self._set_up_supplier(self.vendor)
        lot = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        other = self.env["res.company"].create({"name": "Other"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET company_id = %s WHERE id = %s",
            [other.id, self._get_receipts(lot).move_id.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self._open(supplier).line_ids)
        self.assertFalse(self._find())

    def test_r5_people_of_another_company_see_no_supplier_of_ours(self):
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        row = self.rows.search([])
        other = self.env["res.company"].create({"name": "Other"})
        boss = self.manager.copy({"login": "boss_elsewhere", "email": "b@else.test"})
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        there = row.with_user(boss).with_company(other)
        self.assertFalse(there.search([]))
        with self.assertRaises(AccessError):
            there.read(["vendor_id"])
        with self.assertRaises(AccessError):
            there.action_notify()

    def test_r5_more_devices_cost_no_more_queries(self):
        supplier = self._set_up_supplier(self.vendor)

        def count(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            return self.env.cr.sql_log_count - before

        def count_all():
            return [
                count(report._prepare_lines),
                count(report._check),
                count(lambda: self.rows.search([]).read()),
            ]

        report = self._open(supplier).sudo()
        self._buy(self.vendor, ["A-1", "A-2"])
        self._buy(self.other_vendor, ["B-1", "B-2"])
        self._rent_out(self._day(0), 4)
        few = count_all()
        for index in range(3):
            self._buy(self.vendor, [f"A-{index}-{number}" for number in range(3)])
            self._buy(self.other_vendor, [f"C-{index}"])
            self._rent_out(self._day(0), 4)
        for one, other in zip(few, count_all(), strict=True):
            self.assertLessEqual(other, one + 1)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("buy", "send back", "rent out", "replace", "close")),
        st.integers(0, 1),  # which vendor
        st.integers(0, 3),  # which device
    ),
    min_size=4,
    max_size=9,
)


@tagged("post_install", "-at_install")
class TestSelloutSuppliersInvariants(SuppliersCommon):
    """Whatever is bought, sent back, bought again and rented out: each device is told
    to its maker once, and once to the supplier of its latest receipt before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendors = [cls.vendor, cls.other_vendor]
        cls.suppliers = [cls._set_up_supplier(vendor) for vendor in cls.vendors]

    @few_examples(4)
    @given(STEPS)
    def test_r5_every_serial_is_told_to_its_maker_and_its_supplier_once(self, steps):
        with self._undone():
            self._play(steps)

    def _play(self, steps):
        self.lots, self.came_from, self.rented = [], {}, []
        closings = 0
        day = self.start
        for number, (step, vendor, device) in enumerate(steps):
            day = min(day + timedelta(days=7), self._day(6))
            if step == "close":
                closings += 1
                if closings <= 3:  # there are eight months
                    self._close_all()
            else:
                self._step(step, vendor, device, number, day)
        for _month in range(2):
            self._close_all()
        while self._close_all() < day:
            pass
        self._assert_told()
        self.assertFalse(self.rows.search([]))

    def _close_all(self):
        for addressee in [self.manufacturer, *self.suppliers]:
            report = self._close(self._open(addressee))
            self.assertEqual(report.difference_count, 0)
        return report.date_to

    def _step(self, step, vendor, device, number, day):
        free = [lot for lot in self.lots if lot in self.came_from]
        free = [lot for lot in free if lot not in self.rented]
        if step == "buy":
            gone = [lot for lot in self.lots if lot not in self.came_from]
            lot = self._buy(self.vendors[vendor], gone[:1] or [f"N-{number}"])
            self.lots += [lot] if lot not in self.lots else []
            self.came_from[lot] = vendor
        elif step == "send back" and free:
            lot = free[device % len(free)]
            self._send_back(lot)
            del self.came_from[lot]
        elif step == "rent out" and free:
            self.rented.append(self._rent_out(day))
        elif step == "replace" and free and self.rented:
            # The one that comes is counted in the place of the one that goes.
            old = self.rented.pop(device % len(self.rented))
            self._replace(old, free[0], day)
            self.rented.append(free[0])
            self.came_from.pop(old)
            self.lots.remove(old)

    def _assert_told(self):
        wanted = [(self.manufacturer, lot.name) for lot in self.rented]
        wanted += [
            (self.suppliers[self.came_from[lot]], lot.name) for lot in self.rented
        ]
        told = {}
        lines = self.env["waas.sellout.line"].search([])
        for line in lines:
            key = line.manufacturer_id, line.serial
            told[key] = told.get(key, 0) + line.quantity
        self.assertLessEqual(set(told.values()), {0, 1})
        self.assertEqual(
            sorted((one.name, serial) for (one, serial), n in told.items() if n),
            sorted((one.name, serial) for one, serial in wanted),
        )
