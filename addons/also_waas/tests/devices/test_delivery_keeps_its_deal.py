from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_devices import DevicesCommon, GuardCommon


@tagged("post_install", "-at_install")
class TestDeliveryKeepsItsDeal(DevicesCommon):
    """Who moves goods changes neither where a deal delivers nor for what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put_in_stock(cls.laptop, 1)
        cls.order = cls._rent()
        cls.picking = cls.order.picking_ids
        cls.picking.action_assign()

    def test_r2_a_delivery_goes_to_an_address_of_the_deal(self):
        delivery = self.picking.with_user(self.warehouse)
        branch = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id, "type": "delivery"}
        )
        delivery.partner_id = branch
        for stranger in (self.reseller, self.other_customer):
            with self._assert_refuses("is not an address of Customer One"):
                delivery.partner_id = stranger
        self.assertEqual(delivery.partner_id, branch)

    def test_r13_a_delivery_reaches_where_rented_devices_are(self):
        for place in (
            self.env.ref("stock.stock_location_customers"),
            self.env.ref("stock.stock_location_suppliers"),
            self.laptop.property_stock_inventory,
        ):
            with self.subTest(place.display_name):
                delivery = self.picking.with_user(self.warehouse)
                delivery.location_dest_id = place
                delivery.move_line_ids.location_dest_id = place
                with self._assert_refuses("goes to the location of rented devices"):
                    self._validate(self.picking)
                self.assertNotEqual(self.picking.state, "done")
        self.assertFalse(self.order.sudo().waas_contract_ids.waas_device_ids)

    def test_a4_a_delivery_stays_on_its_order(self):
        move = self.picking.move_ids.with_user(self.warehouse)
        other = self._rent().order_line._waas_get_device_lines()
        for line in (self.env["sale.order.line"], other):
            with self._assert_refuses("stays on its order", AccessError):
                move.sale_line_id = line
        move.sale_line_id = move.sale_line_id
        with self._assert_refuses("stays on its order", AccessError):
            move.copy({"sale_line_id": False}).sale_line_id = other
        with self._assert_refuses("stays on its order", AccessError):
            self.picking.with_user(self.warehouse).sale_id = False
        self._validate(self.picking)
        self.assertEqual(self.order.sudo().waas_contract_ids.waas_state, "running")

    def test_ordinary_deliveries_go_where_they_are_sent(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.other_customer.id,
                "order_line": [Command.create({"product_id": self.laptop.id})],
            }
        )
        sale.action_confirm()
        delivery = sale.picking_ids.with_user(self.warehouse)
        delivery.partner_id = self.reseller
        delivery.move_ids.sale_line_id = False
        self.assertEqual(delivery.partner_id, self.reseller)


@tagged("post_install", "-at_install")
class TestGuard(GuardCommon):
    """R13: whoever tries, a rented device stays ALSO's and its contract's."""

    def test_r13_a_rented_device_goes_nowhere_else(self):
        for target in (self.customers, self.suppliers, self.losses, self.shelf):
            for user in (self.warehouse, self.store_manager, self.env.user):
                with (
                    self.subTest(target=target.display_name, user=user.login),
                    self._assert_refuses("is rented out to Customer One"),
                ):
                    self._move(self.lot, self.at_customer, target, user=user)

    def test_r13_a_rented_device_cannot_be_sold(self):
        for source in (self.shelf, self.at_customer):
            with self._assert_refuses("is rented out to Customer One"):
                self._move(
                    self.lot,
                    source,
                    self.customers,
                    picking_type=self.stock.out_type_id,
                )
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.other_customer.id,
                "order_line": [Command.create({"product_id": self.laptop.id})],
            }
        )
        sale.action_confirm()
        sale.picking_ids.action_assign()
        self.assertFalse(sale.picking_ids.move_line_ids, "reserved for somebody else")
        with self._assert_refuses("is rented out to Customer One"):
            sale.picking_ids.with_user(self.warehouse).move_ids.lot_ids = self.lot

    def test_r13_a_return_brings_a_device_to_own_stock_only(self):
        receipt = self._plan_return(self.order.picking_ids, 1)
        for target in (self.suppliers, self.losses):
            with self._assert_refuses("stays .* property"):
                receipt.move_line_ids.location_dest_id = target

    def test_r13_a_rented_device_cannot_be_scrapped(self):
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.store_manager)
            .create(
                {
                    "product_id": self.laptop.id,
                    "lot_id": self.lot.id,
                    "scrap_qty": 1,
                    "location_id": self.at_customer.id,
                }
            )
        )
        with self._assert_refuses("scrapped"):
            scrap.do_scrap()

    def test_r13_a_rented_device_cannot_be_counted_away(self):
        quant = self.lot.quant_ids.filtered(
            lambda quant: quant.location_id == self.at_customer
        ).with_user(self.store_manager)
        with self._assert_refuses("counted"):
            quant.with_context(inventory_mode=True).inventory_quantity = 0
            quant.action_apply_inventory()
        with self._assert_refuses("who has the device"):
            quant.sudo().unlink()
        for vals in (
            {"quantity": 0},
            {"quantity": 2},
            {"location_id": self.shelf.id},
        ):
            with self._assert_refuses("who has the device", ValidationError):
                quant.write(vals)
        with self._assert_refuses("is rented out"):
            quant.action_stock_quant_relocate()
            quant.move_quants(location_dest_id=self.shelf)
        with self._assert_refuses("is rented out"):
            self.lot.with_user(self.store_manager).location_id = self.shelf

    def test_r13_a_rented_device_is_not_found_in_stock(self):
        Quant = self.env["stock.quant"].with_user(self.store_manager)
        with self._assert_refuses("is rented out"):
            Quant.with_context(inventory_mode=True).create(
                {
                    "product_id": self.laptop.id,
                    "lot_id": self.lot.id,
                    "location_id": self.shelf.id,
                    "inventory_quantity": 1,
                }
            ).action_apply_inventory()
        with self._assert_refuses("who has the device", ValidationError):
            Quant.create(
                {
                    "product_id": self.laptop.id,
                    "lot_id": self.lot.id,
                    "location_id": self.shelf.id,
                    "quantity": 1,
                }
            )
        # Nor received a second time.
        receipt = self._plan_receipt(self.laptop, 1).with_user(self.warehouse)
        receipt.move_line_ids.lot_name = self.lot.name
        with self._assert_refuses("is rented out"):
            self._validate(receipt)

    def test_the_delivery_that_was_made_stays_as_it_was(self):
        other = self._put_in_stock(self.laptop, 1, first=2)
        line = self.order.picking_ids.move_line_ids.with_user(self.store_manager)
        for vals in ({"lot_id": other.id}, {"quantity": 0}):
            with self._assert_refuses("who has the device|already been assigned"):
                line.write(vals)

    def test_a_device_does_not_leave_on_another_contracts_papers(self):
        other_order, _other, _lots = self._rent_and_deliver(
            first=2, partner_id=self.other_customer.id
        )
        receipt = self._plan_return(other_order.picking_ids, 1)
        with self._assert_refuses("is rented out to Customer One"):
            receipt.move_line_ids.lot_id = self.lot

    def test_a_device_is_not_delivered_twice(self):
        order = self._rent(partner_id=self.other_customer.id)
        with self._assert_refuses("is rented out to Customer One"):
            order.picking_ids.with_user(self.warehouse).move_ids.lot_ids = self.lot

    def test_no_more_is_delivered_than_was_rented(self):
        self._put_in_stock(self.laptop, 2, first=2)
        order = self._rent(1, partner_id=self.other_customer.id)
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.quantity = 2
        with self._assert_refuses("waits for 1 of them, not for 2"):
            self._validate(picking)
        self.assertFalse(order.waas_contract_ids.waas_device_ids)
