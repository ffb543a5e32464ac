from datetime import timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.also_waas.tests.common.replayed import replayed
from odoo.addons.also_waas.tests.sellout.common_sellout import (
    SelloutCommon,
    few_examples,
)


class SuppliersCommon(SelloutCommon):
    """Laptops of one maker, bought from two vendors, and what the warehouse does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls._create_party("Big Supply")
        cls.other_vendor = cls._create_party("Small Supply")
        cls.rows = cls.env["waas.sellout.unnotified"]

    @classmethod
    @replayed
    def _set_up_supplier(cls, vendor, **values):
        return cls.env["waas.manufacturer"].create(
            {
                "name": vendor.name,
                "partner_id": vendor.id,
                "sellout": True,
                "sellout_start": cls.start,
                "sellout_as_vendor": True,
                "sellout_email": "sellout@supply.test",
                **values,
            }
        )

    @classmethod
    @replayed
    def _buy(cls, vendor, names, product=None):
        """Order devices from a vendor, and receive them.

        :param names: their serial numbers, or the devices themselves
        :return: the devices
        """
        product = product or cls.laptop
        order = (
            cls.env["purchase.order"]
            .sudo()
            .create(
                {
                    "partner_id": vendor.child_ids[:1].id,
                    "company_id": cls.also.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": len(names),
                                "price_unit": 900.0,
                            }
                        )
                    ],
                }
            )
        )
        order.button_confirm()
        move = order.picking_ids.move_ids
        move.move_line_ids.unlink()
        move.write(
            {
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_id": product.uom_id.id,
                            "quantity": 1,
                            "picking_id": move.picking_id.id,
                            "location_id": move.location_id.id,
                            "location_dest_id": move.location_dest_id.id,
                            **(
                                {"lot_name": name}
                                if isinstance(name, str)
                                else {"lot_id": name.id}
                            ),
                        }
                    )
                    for name in names
                ],
                "picked": True,
            }
        )
        order.picking_ids.button_validate()
        return move.move_line_ids.lot_id.with_env(cls.env)

    @classmethod
    def _send_back(cls, lot):
        """Back to the vendor it came from last."""
        receipt = cls._get_receipts(lot)[-1:].picking_id
        wizard = (
            cls.env["stock.return.picking"]
            .sudo()
            .with_context(active_id=receipt.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = 1
        picking = cls.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        picking.sudo().move_ids.lot_ids = lot
        picking.sudo().move_ids.picked = True
        picking.sudo().with_context(skip_backorder=True).button_validate()

    @classmethod
    def _get_receipts(cls, lot):
        return (
            cls.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", lot.id),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                ],
                order="date, id",
            )
        )

    @classmethod
    @replayed
    def _rent_out(cls, day, quantity=1):
        order = cls._confirm(cls._create_order(quantity=quantity))
        cls._hand_over(order, day)
        return order.sudo().waas_contract_ids.waas_device_ids.with_env(cls.env)

    def _find(self):
        rows = self.rows.search([("why", "!=", "before"), ("role", "=", "supplier")])
        return [(row.serial, row.vendor_id, row.why) for row in rows]


@tagged("post_install", "-at_install")
class TestSelloutSuppliers(SuppliersCommon):
    """A supplier gets exactly what it delivered (R5)."""

    def test_r5_a_supplier_is_told_of_what_it_delivered_and_not_of_what_it_could(self):
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.other_vendor.id,
                "product_tmpl_id": self.laptop.product_tmpl_id.id,
            }
        )
        bought = self._buy(self.vendor, ["A-1", "A-2"])
        self.assertEqual(self._rent_out(self._day(0), 2), bought)
        report = self._close(self._open(supplier))
        self.assertEqual(self._tell(report), [("A-1", 1), ("A-2", 1)])
        self.assertEqual(set(report.line_ids.mapped("role")), {"supplier"})
        self.assertEqual(
            report.line_ids.sudo().receipt_line_id.picking_id.partner_id,
            self.vendor.child_ids,
        )
        self.assertFalse(self._open(other).line_ids, "it is only on its price list")
        self.assertEqual(
            self._tell(self._open()), [("A-1", 1), ("A-2", 1)], "its maker as well"
        )
        self.assertFalse(self._find())

    def test_r5_the_latest_receipt_before_the_delivery_counts(self):
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        lot = self._buy(self.vendor, ["A-1"])
        self._send_back(lot)
        self.assertEqual(self._buy(self.other_vendor, [lot]), lot)
        self._rent_out(self._day(0))
        self.assertFalse(self._close(self._open(supplier)).line_ids)
        self.assertEqual(self._tell(self._close(self._open(other))), [("A-1", 1)])

    def test_r5_a_receipt_after_the_delivery_changes_nothing(self):
        """Repaired by somebody else, for example."""
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        lot = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self._close(self._open(supplier))
        self._take_back(lot, self._day(2))
        self._refurbish(lot)
        self._send_back(lot)
        self._buy(self.other_vendor, [lot])
        self.assertFalse(self._close(self._open(supplier)).line_ids)
        self.assertFalse(self._close(self._open(other)).line_ids)
        self.assertFalse(self._find())

    def test_r5_a_corrected_receipt_moves_the_sell_out(self):
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        first = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        second = self._buy(self.other_vendor, ["B-1"])
        self._close(self._open(supplier))
        self._close(self._open(other))
        mine, theirs = self._get_receipts(first), self._get_receipts(second)
        self.env.flush_all()
        # The labels were mixed up: what was scanned is the other one.
        self.env.cr.execute(
            "UPDATE stock_move_line SET lot_id = CASE id WHEN %s THEN %s ELSE %s END "
            "WHERE id IN %s",
            [mine.id, second.id, first.id, (mine.id, theirs.id)],
        )
        self.env.invalidate_all()
        self.assertEqual(self._tell(self._open(supplier)), [("A-1", -1)])
        self.assertEqual(self._tell(self._open(other)), [("A-1", 1)])

    def test_r5_a_corrected_delivery_moves_the_sell_out(self):
        """Another device was in the box than the delivery said."""
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        first = self._buy(self.vendor, ["A-1"])
        second = self._buy(self.other_vendor, ["B-1"])
        rented = self._rent_out(self._day(0))
        self.assertEqual(rented, first)
        self._close(self._open(supplier))
        first.with_user(self.warehouse)._waas_correct_delivery(second, "Label")
        self.assertEqual(self._tell(self._open(supplier)), [("A-1", -1)])
        self.assertEqual(self._tell(self._open(other)), [("B-1", 1)])

    def test_r5_what_was_told_by_price_list_is_not_taken_back_nor_told_twice(self):
        supplier = self._set_up_supplier(self.vendor)
        other = self._set_up_supplier(self.other_vendor)
        self._buy(self.other_vendor, ["B-1"])
        self._rent_out(self._day(0))
        report_class = self.registry["waas.sellout.report"]
        with patch.object(
            report_class,
            "_find_told",
            lambda report, passages: {passage.lot: False for passage in passages},
        ):
            told = self._close(self._open(supplier))
        self.assertEqual(self._tell(told), [("B-1", 1)])
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(1))
        self.assertEqual(self._tell(self._close(self._open(supplier))), [("A-1", 1)])
        self.assertEqual(self._tell(self._close(self._open(other))), [("B-1", 1)])

    def test_r5_licenses_have_no_receipt_so_the_price_list_tells(self):
        supplier = self._set_up_supplier(self.vendor)
        self.office_basic.waas_mpn = "OFF-B"
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.vendor.id,
                "product_tmpl_id": self.office_basic.product_tmpl_id.id,
            }
        )
        order = self._confirm(self._create_order(quantity=3))
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(self._day(0))
        license_sudo._note_seats(3)
        line = self._open(supplier).line_ids
        self.assertEqual((line.mpn, line.quantity), ("OFF-B", 3))

    def test_r5_a_supplier_nobody_knew_is_added_in_one_click(self):
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self.assertEqual(self._find(), [("A-1", self.vendor, "unknown")])
        report = self._open()
        self.assertEqual(report.unnotified_count, 1)
        with self._assert_refuses("Nobody was notified of 1"):
            self._close(report)
        self.rows.search([]).with_user(self.manager).action_notify()
        supplier = self.env["waas.manufacturer"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        self.assertTrue(supplier.sellout and supplier.sellout_as_vendor)
        self.assertFalse(supplier.approved)
        self.assertEqual(supplier.sellout_start, self._day(0))
        self.assertFalse(self._find())
        self.assertEqual(self._close(report).state, "closed")
        self.assertEqual(self._tell(self._open(supplier)), [("A-1", 1)])

    def test_r5_or_is_left_out_with_a_reason(self):
        self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        action = self.rows.search([]).with_user(self.manager).action_leave_out()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "Wants none"})
        )
        self.assertEqual(wizard.vendor_ids, self.vendor)
        wizard.action_leave_out()
        supplier = self.env["waas.manufacturer"].search(
            [("partner_id", "=", self.vendor.id)]
        )
        self.assertEqual(supplier.sellout_off_reason, "Wants none")
        self.assertFalse(self._find())
        self._run_cron()
        self.assertFalse(supplier.sellout)

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
        report = self._open(supplier)
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
