from unittest.mock import patch

from odoo.tests import tagged

from .common_devices import DevicesCommon


@tagged("post_install", "-at_install")
class TestReservation(DevicesCommon):
    """A delivery takes the first free serial numbers, however many there are."""

    def _reserve(self, picking):
        picking.action_assign()
        return picking.move_line_ids.lot_id

    def _count_read(self, picking):
        """How many quants are read to reserve a delivery."""
        quants = type(self.env["stock.quant"])
        gather, numbers = quants._gather, []

        def count(*args, **kwargs):
            found = gather(*args, **kwargs)
            numbers.append(len(found))
            return found

        picking.do_unreserve()
        with patch.object(quants, "_gather", count):
            self._reserve(picking)
        return max(numbers)

    def test_more_free_devices_are_not_read_for_a_delivery(self):
        self._put_in_stock(self.laptop, 4)
        picking = self._rent(2).picking_ids
        few = self._count_read(picking)
        self._put_in_stock(self.laptop, 20, first=100)
        self.assertEqual(self._count_read(picking), few)
        self.assertEqual(few, 2)

    def test_the_same_devices_are_taken_as_by_odoo(self):
        lots = self._put_in_stock(self.laptop, 6)
        # What comes first is not what was entered first, and some are taken.
        quants = self.env["stock.quant"].search([("lot_id", "in", lots.ids)])
        for day, quant in enumerate(quants.sorted("id", reverse=True)):
            quant.in_date = f"2026-01-{day + 1:02}"
        self._reserve(self._rent(2).picking_ids)
        moves = type(self.env["stock.move"])
        for quantity in (1, 3, 4, 5):  # of four that are free
            with self.subTest(quantity=quantity):
                picking = self._rent(
                    quantity, partner_id=self.other_customer.id
                ).picking_ids
                quick = self._reserve(picking)
                picking.do_unreserve()
                with patch.object(moves, "_waas_takes_first", lambda move: False):
                    self.assertEqual(self._reserve(picking), quick)
                picking.do_unreserve()
                self.assertEqual(len(quick), min(quantity, 4))

    def test_devices_of_several_lines_are_looked_up_once(self):
        self._put_in_stock(self.laptop, 8)
        order = self._create_order(quantity=1)
        for quantity in (2, 1):
            order._waas_add_bundle(self.bundle, quantity)
        picking = self._confirm(order).picking_ids
        picking.do_unreserve()
        quants = type(self.env["stock.quant"])
        search, limits = quants._waas_search_free, []

        def count(quant, domain, order, limit):
            limits.append(limit)
            return search(quant, domain, order, limit)

        with patch.object(quants, "_waas_search_free", count):
            quick = self._reserve(picking)
        # Four for all; then of these what each line takes. Odoo asks twice for each.
        self.assertEqual(limits, [4, 1, 2, 2, 1, 1])
        picking.do_unreserve()
        with patch.object(
            type(self.env["stock.move"]), "_waas_takes_first", lambda move: False
        ):
            self.assertEqual(self._reserve(picking), quick)
        self.assertEqual(len(quick), 4)
