from odoo import Command
from odoo.tests import tagged

from .common_sellout_suppliers import SuppliersCommon


@tagged("post_install", "-at_install")
class TestSelloutSuppliersFacts(SuppliersCommon):
    """What happens to receipts, vendors and their contacts, and what suppliers are
    told then (R5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls._set_up_supplier(cls.vendor)

    def _report(self, *suppliers):
        """What each is told now."""
        return [self._tell(self._close(self._open(one))) for one in suppliers]

    def _merge(self, partner, other):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((partner | other).ids, partner)
        self.env.invalidate_all()

    def _receive(self, picking, name):
        """Take in one serial number of a receipt; the rest comes later."""
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.write(
            {
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": self.laptop.id,
                            "quantity": 1,
                            "picking_id": picking.id,
                            "location_id": move.location_id.id,
                            "location_dest_id": move.location_dest_id.id,
                            "lot_name": name,
                        }
                    )
                ],
                "picked": True,
            }
        )
        picking.move_ids._action_done()

    def _drop_ship(self, lot):
        """As if the vendor had sent it to the end customer at once."""
        receipt = self._get_receipts(lot)
        arrival = lot.sudo().waas_history_ids.filtered("location_dest_id.is_waas")
        self.env.flush_all()
        for table, record in (
            ("stock_move", arrival.move_id),
            ("stock_move_line", arrival),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET location_id = %s WHERE id = %s",
                [receipt.location_id.id, record.id],
            )
        self.env.cr.execute(
            "UPDATE stock_move SET purchase_line_id = %s WHERE id = %s",
            [receipt.move_id.purchase_line_id.id, arrival.move_id.id],
        )
        self.env.cr.execute(
            "UPDATE stock_move_line SET state = 'cancel' WHERE id = %s", [receipt.id]
        )
        self.env.invalidate_all()

    # === RECEIPTS ===#

    def test_r5_a_receipt_in_parts(self):
        order = (
            self.env["purchase.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.vendor.id,
                    "company_id": self.also.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.laptop.id,
                                "product_qty": 2,
                                "price_unit": 900.0,
                            }
                        )
                    ],
                }
            )
        )
        order.button_confirm()
        for name in ("P-1", "P-2"):
            waiting = order.picking_ids.filtered(lambda one: one.state != "done")
            self._receive(waiting, name)
        self.assertEqual(len(order.picking_ids), 2)
        self._rent_out(self._day(0), 2)
        self.assertEqual(self._report(self.supplier), [[("P-1", 1), ("P-2", 1)]])
        self.assertFalse(self._find())

    def test_r5_what_was_drop_shipped_and_came_back(self):
        lot = self._buy(self.vendor, ["D-1"])
        self._rent_out(self._day(0))
        self._drop_ship(lot)
        self.assertEqual(self._report(self.supplier), [[("D-1", 1)]])
        self.assertEqual(self._tell(self._close()), [("D-1", 1)])
        self.assertFalse(self._find())
        self._take_back(lot, self._day(0, 20))
        self.assertEqual(self._report(self.supplier), [[("D-1", -1)]])

    def test_r5_what_a_vendor_sent_for_a_broken_one(self):
        lot = self._buy(self.vendor, ["E-1"])
        receipt = self._get_receipts(lot).picking_id
        wizard = (
            self.env["stock.return.picking"]
            .sudo()
            .with_context(active_id=receipt.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = 1
        wizard.action_create_exchanges()
        pickings = self.env["stock.picking"].sudo().search([("id", ">", receipt.id)])
        back = pickings.filtered(lambda one: one.location_dest_id.usage == "supplier")
        back.move_ids.lot_ids = lot
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()
        self._receive(pickings - back, "E-2")
        self.assertEqual(self._rent_out(self._day(0)).name, "E-2")
        self.assertEqual(self._report(self.supplier), [[("E-2", 1)]])
        self.assertFalse(self._find())

    def test_r5_a_delivery_is_corrected_and_corrected_back(self):
        other = self._set_up_supplier(self.other_vendor)
        first = self._buy(self.vendor, ["A-1"])
        second = self._buy(self.other_vendor, ["B-1"])
        self._rent_out(self._day(0))
        first.with_user(self.warehouse)._waas_correct_delivery(second, "Label")
        second.with_user(self.warehouse)._waas_correct_delivery(first, "No, right")
        self.assertEqual(self._report(self.supplier, other), [[("A-1", 1)], []])
        first.with_user(self.warehouse)._waas_correct_delivery(second, "Label")
        self.assertEqual(
            self._report(self.supplier, other), [[("A-1", -1)], [("B-1", 1)]]
        )
        second.with_user(self.warehouse)._waas_correct_delivery(first, "No, right")
        self.assertEqual(
            self._report(self.supplier, other), [[("A-1", 1)], [("B-1", -1)]]
        )
        self.assertFalse(self._find())

    def test_r5_bought_again_from_another_and_sold_out_once_more(self):
        other = self._set_up_supplier(self.other_vendor)
        lot = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self.assertEqual(self._report(self.supplier, other), [[("A-1", 1)], []])
        self._take_back(lot, self._day(0, 20))
        self._refurbish(lot)
        self._send_back(lot)
        self._buy(self.other_vendor, [lot])
        self._rent_out(self._day(1))
        self.assertEqual(
            self._report(self.supplier, other), [[("A-1", -1)], [("A-1", 1)]]
        )
        self.assertFalse(self._find())

    # === VENDORS ===#

    def test_r5_the_vendor_of_an_order_is_corrected(self):
        other = self._set_up_supplier(self.other_vendor)
        lot = self._buy(self.vendor, ["A-1"])
        self._rent_out(self._day(0))
        self.assertEqual(self._report(self.supplier, other), [[("A-1", 1)], []])
        order = self._get_receipts(lot).move_id.purchase_line_id.order_id
        order.partner_id = self.other_vendor
        self.assertEqual(
            self._report(self.supplier, other), [[("A-1", -1)], [("A-1", 1)]]
        )
        self.assertFalse(self._find())

    def test_r5_an_archived_vendor_is_told(self):
        self._buy(self.vendor, ["V-1"])
        self._buy(self.other_vendor, ["V-2"])
        self._rent_out(self._day(0), 2)
        vendors = self.vendor | self.other_vendor
        (vendors | vendors.child_ids).sudo().active = False
        self.assertEqual(self._find(), [("V-2", self.other_vendor, "unknown")])
        self.rows.search([]).with_user(self.manager).action_notify()
        self.assertEqual(self._report(self.supplier), [[("V-1", 1)]])
        self.assertFalse(self._find())

    def test_r5_a_vendor_that_was_merged_into_a_known_one(self):
        self._buy(self.vendor, ["M-1"])
        self._buy(self.other_vendor, ["M-2"])
        self._rent_out(self._day(0), 2)
        report = self._open(self.supplier)
        self.assertEqual(self._tell(report), [("M-1", 1)])
        self.assertEqual(self._find(), [("M-2", self.other_vendor, "unknown")])
        self._merge(self.vendor, self.other_vendor)
        self._close(report)
        self.assertEqual(self._tell(report), [("M-1", 1), ("M-2", 1)])
        self.assertFalse(self._find())

    def test_r5_one_company_is_told_once_however_many_stand_for_it(self):
        """Two suppliers were set up, then their contacts were found to be one."""
        other = self._set_up_supplier(self.other_vendor)
        self._buy(self.vendor, ["M-1"])
        self._buy(self.other_vendor, ["M-2"])
        self._rent_out(self._day(0), 2)
        self.assertEqual(
            self._report(self.supplier, other), [[("M-1", 1)], [("M-2", 1)]]
        )
        self._merge(self.vendor, self.other_vendor)
        self.assertEqual(other.partner_id, self.vendor)
        self.assertEqual(
            self._report(self.supplier, other), [[("M-2", 1)], [("M-2", -1)]]
        )
        self.assertEqual(self._report(self.supplier, other), [[], []])
        self.assertFalse(self._find())
