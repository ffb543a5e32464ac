from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_devices import GuardCommon


@tagged("post_install", "-at_install")
class TestDeliveryGuard(GuardCommon):
    """What does not get to a customer."""

    def test_what_is_not_in_stock_is_not_delivered(self):
        order = self._rent(1, partner_id=self.other_customer.id)
        picking = order.picking_ids
        unknown = self.env["stock.lot"].create(
            {
                "product_id": self.laptop.id,
                "name": "Unknown",
                "company_id": self.also.id,
            }
        )
        picking.with_user(self.warehouse).move_ids.lot_ids = unknown
        with self._assert_refuses("Receive the device", ValidationError):
            self._validate(picking)

    def test_nothing_else_gets_to_a_customer(self):
        free = self._put_in_stock(self.laptop, 1, first=2)
        mouse = self.env["product.product"].create(
            {"name": "Mouse", "type": "consu", "is_storable": False}
        )
        with self._assert_refuses("only the devices of a WaaS order"):
            self._move(free, self.shelf, self.at_customer)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.stock.int_type_id.id,
                "location_id": self.shelf.id,
                "location_dest_id": self.at_customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": mouse.id,
                            "product_uom_qty": 1,
                            "quantity": 1,
                            "location_id": self.shelf.id,
                            "location_dest_id": self.at_customer.id,
                        }
                    )
                ],
            }
        )
        with self._assert_refuses("only the devices of a WaaS order"):
            self._validate(picking)
        with self._assert_refuses("only the devices|who has the device"):
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": self.laptop.id,
                    "lot_id": free.id,
                    "location_id": self.at_customer.id,
                    "inventory_quantity": 1,
                }
            ).action_apply_inventory()

    def test_nothing_slips_into_the_delivery_of_an_order(self):
        order = self._rent(1, partner_id=self.other_customer.id)
        extra = self._put_in_stock(self.monitor, 1)
        picking = order.picking_ids.with_user(self.warehouse)
        picking.move_ids = [
            Command.create(
                {
                    "product_id": self.monitor.id,
                    "product_uom_qty": 1,
                    "location_id": self.shelf.id,
                    "location_dest_id": self.at_customer.id,
                }
            )
        ]
        picking.move_ids.filtered(
            lambda move: move.product_id == self.monitor
        ).lot_ids = extra
        with self._assert_refuses("Monitor.*only the devices of a WaaS order"):
            self._validate(picking)

    def test_physical_inventory_leaves_customers_out(self):
        Quant = self.env["stock.quant"].with_user(self.store_manager)
        self._put_in_stock(self.laptop, 1, first=2)
        counted = Quant.search(Quant.action_view_inventory()["domain"])
        self.assertIn(self.shelf, counted.location_id)
        self.assertNotIn(self.at_customer, counted.location_id)

    def test_a_warehouse_reserves_nothing_at_customers(self):
        picking = (
            self.env["stock.picking"]
            .with_user(self.warehouse)
            .create(
                {
                    "picking_type_id": self.stock.int_type_id.id,
                    "location_id": self.at_customer.id,
                    "location_dest_id": self.shelf.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.laptop.id,
                                "product_uom_qty": 1,
                                "location_id": self.at_customer.id,
                                "location_dest_id": self.shelf.id,
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertFalse(picking.move_line_ids)

    def test_nobody_gives_a_device_a_contract_by_hand(self):
        free = self._put_in_stock(self.laptop, 1, first=2)
        for user in (self.warehouse, self.store_manager, self.manager):
            with self._assert_refuses("follows from its delivery", AccessError):
                free.with_user(user).waas_contract_id = self.contract
            with self._assert_refuses("follows from its delivery", AccessError):
                self.lot.with_user(user).waas_contract_id = False
            with self._assert_refuses("follows from its delivery", AccessError):
                self.env["stock.lot"].with_user(user).create(
                    {
                        "product_id": self.laptop.id,
                        "name": "Mine",
                        "waas_contract_id": self.contract.id,
                    }
                )
        with self._assert_refuses("ask a WaaS user", AccessError):
            self.lot.with_user(self.warehouse).waas_warranty_max_end = "2099-01-01"
        self.lot.with_user(self.seller).waas_warranty_max_end = "2099-01-01"

    def test_the_location_at_customer_stays_what_it_is(self):
        with self._assert_refuses("has contents"):
            self.at_customer.is_waas = False
        with self._assert_refuses("cannot lie within", ValidationError):
            self.shelf.copy({"name": "Sub", "location_id": self.at_customer.id})
        with self._assert_violates(), self.env.cr.savepoint():
            self.env["stock.location"].create(
                {"name": "Nowhere", "usage": "customer", "is_waas": True}
            )
            self.env.flush_all()
