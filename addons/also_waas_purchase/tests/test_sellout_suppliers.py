from unittest.mock import patch

from odoo.tests import tagged

from .common_sellout_suppliers import SuppliersCommon


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
        self.assertEqual(self._tell(self._open_compared(supplier)), [("A-1", -1)])
        self.assertEqual(self._tell(self._open_compared(other)), [("A-1", 1)])

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
        report = self._open_compared()
        self.assertEqual(report.unnotified_count, 1)
        with self._assert_refuses("1 serial numbers or licenses"):
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
