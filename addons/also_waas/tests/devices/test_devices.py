import random
from collections import Counter
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..common.cases import WaasCommon
from ..common.replayed import replayed


class DevicesCommon(WaasCommon):
    """Contracts with laptops at the customer, and a warehouse that has more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_devices()

    @classmethod
    @replayed
    def _set_up_devices(cls):
        cls.stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.also.id)], limit=1
        )
        cls.shelf = cls.stock.lot_stock_id
        cls.at_customer = cls.also.waas_location_id
        # Nothing to erase, so that they may leave quarantine: erasure is chapter 8.
        cls.laptop.waas_holds_data = False
        cls.today = fields.Date.context_today(cls.env.user)

    # === WHAT THE WAREHOUSE DOES ===#

    @classmethod
    def _rent(cls, quantity=1, months=36, **values):
        """A confirmed order; its contract awaits the devices."""
        return cls._confirm(cls._create_order(months, quantity=quantity, **values))

    @classmethod
    def _rent_and_deliver(cls, quantity=1, first=1, months=36, **values):
        lots = cls._put_in_stock(cls.laptop, quantity, first=first)
        order = cls._rent(quantity, months, **values)
        cls._deliver(order)
        return order, order.waas_contract_ids, lots

    @classmethod
    @replayed
    def _validate(cls, pickings, user=None):
        pickings.move_ids.picked = True
        return (
            pickings.with_user(user or cls.warehouse)
            .with_context(skip_backorder=True)
            .button_validate()
        )

    @classmethod
    @replayed
    def _return(cls, picking, lots, user=None):
        """Odoo's own return of some devices of a delivery, received."""
        receipt = cls._plan_return(picking, len(lots), user)
        receipt.move_ids.lot_ids = lots
        cls._validate(receipt, user)
        return receipt

    @classmethod
    @replayed
    def _plan_return(cls, picking, quantity, user=None):
        wizard = (
            cls.env["stock.return.picking"]
            .with_user(user or cls.warehouse)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = quantity
        action = wizard.action_create_returns()
        return cls.env["stock.picking"].browse(action["res_id"])

    @classmethod
    @replayed
    def _move(cls, lot, source, target, picking_type=None, user=None):
        """An ordinary transfer of one device, validated."""
        picking = cls._plan_move(lot, source, target, picking_type, user)
        cls._validate(picking, user)
        return picking

    @classmethod
    def _plan_move(cls, lot, source, target, picking_type=None, user=None):
        picking_type = picking_type or cls.stock.int_type_id
        return (
            cls.env["stock.picking"]
            .with_user(user or cls.warehouse)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": lot.product_id.id,
                                "product_uom": lot.product_id.uom_id.id,
                                "product_uom_qty": 1,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                                "move_line_ids": [
                                    Command.create(
                                        {
                                            "product_id": lot.product_id.id,
                                            "lot_id": lot.id,
                                            "quantity": 1,
                                            "location_id": source.id,
                                            "location_dest_id": target.id,
                                        }
                                    )
                                ],
                            }
                        )
                    ],
                }
            )
        )

    @classmethod
    def _plan_receipt(cls, product, quantity):
        """Goods that a supplier sends; their serial numbers are still to be typed."""
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        receipt = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.stock.in_type_id.id,
                "location_id": suppliers.id,
                "location_dest_id": cls.shelf.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 1000.0,
                            "location_id": suppliers.id,
                            "location_dest_id": cls.shelf.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        return receipt

    @classmethod
    @replayed
    def _replace(cls, device, replacement, reason="Screen stays black", user=None):
        action = device.with_user(user or cls.seller).action_waas_replace()
        wizard = (
            cls.env["waas.device.replace"]
            .with_user(user or cls.seller)
            .with_context(**action["context"])
            .create({"replacement_id": replacement.id, "reason": reason})
        )
        wizard.action_replace()
        return device.env["waas.replacement"].search(
            [("device_id", "=", device.id)], limit=1
        )

    def _get_notes(self, contract):
        return " ".join(contract.sudo().message_ids.mapped("body"))

    def _get_value(self, product):
        self.env.invalidate_all()
        return product.with_company(self.also).total_value

    def _assert_at_customer(self, lots, contract):
        self.assertEqual(lots.location_id, self.at_customer)
        self.assertEqual(lots.waas_contract_id, contract)
        self.assertEqual(lots.waas_holder_id, contract.partner_id)

    def _assert_in_stock(self, lots, location=None):
        self.assertEqual(lots.location_id, location or self.shelf)
        self.assertFalse(lots.waas_contract_id)
        self.assertFalse(lots.waas_holder_id)

    def _assert_came_back(self, lots):
        """In ALSO's stock, where devices wait for their erasure (R15)."""
        self._assert_in_stock(lots, self.stock._waas_get_return_location())


@tagged("post_install", "-at_install")
class TestDelivery(DevicesCommon):
    """Devices go to the end customer, stay ALSO's, and know who has them."""

    def test_a_delivered_device_knows_its_contract_and_its_warranty(self):
        order, contract, lots = self._rent_and_deliver(2)
        self._assert_at_customer(lots, contract)
        start = self.today
        for lot in lots:
            self.assertRecordValues(
                lot,
                [
                    {
                        "waas_delivered_on": start,
                        "waas_manufacturer_id": self.manufacturer.id,
                        "waas_warranty_start": start,
                        "waas_warranty_end": start + relativedelta(months=36, days=-1),
                        "waas_warranty_max_end": start
                        + relativedelta(months=60, days=-1),
                    }
                ],
            )
        self.assertEqual(contract.waas_device_ids, lots)
        self.assertEqual(contract.waas_device_count, 2)
        self.assertEqual(contract.waas_device_expected_count, 2)
        self.assertEqual(order.picking_ids.waas_contract_id, contract)
        self.assertEqual(order.effective_date, order.picking_ids.date_done)

    def test_the_warranty_of_the_next_devices_leaves_the_delivered_ones_alone(self):
        lots = self._rent_and_deliver()[2]
        end = lots.waas_warranty_end
        self.laptop.waas_warranty_max_months = 72
        self.laptop.waas_warranty_months = 48
        self.assertEqual(lots.waas_warranty_end, end)

    def test_a_used_device_keeps_the_warranty_of_its_first_delivery(self):
        order, _contract, lots = self._rent_and_deliver()
        first = self.today - relativedelta(months=5)
        lots.waas_warranty_start = first
        self._return(order.picking_ids, lots)
        self.assertEqual(lots.waas_warranty_start, first)
        lots._waas_dispose("b", "refurbished")
        other = self._rent(months=12, partner_id=self.other_customer.id)
        self._deliver(other)
        self._assert_at_customer(lots, other.waas_contract_ids)
        self.assertEqual(lots.waas_warranty_start, first)
        self.assertEqual(
            lots.waas_warranty_end, first + relativedelta(months=36, days=-1)
        )

    def test_r12_a_used_device_is_not_rented_out_past_its_warranty(self):
        lots = self._put_in_stock(self.laptop, 1)
        lots.waas_warranty_start = self.today - relativedelta(months=30)
        order = self._rent()
        picking = order.picking_ids
        picking.action_assign()
        self.assertFalse(picking.move_line_ids, "What cannot be kept is not reserved.")
        picking.move_ids._waas_pick_device(lots)
        with self._assert_refuses("runs until .*choose a device"):
            picking.with_user(self.warehouse).button_validate()
        self._assert_in_stock(lots)
        shorter = self._rent(months=24, partner_id=self.other_customer.id)
        picking.move_ids.picked = False
        picking.do_unreserve()
        self._deliver(shorter)
        self._assert_at_customer(lots, shorter.waas_contract_ids)

    def test_r2_devices_go_to_the_address_of_the_route(self):
        for route, receiver in (
            ("reseller", self.reseller),
            ("customer", self.customer),
        ):
            with self.subTest(route=route):
                order = self._rent(waas_delivery_route=route)
                picking = order.picking_ids
                self.assertEqual(
                    picking.partner_id.commercial_partner_id,
                    receiver.commercial_partner_id,
                )
                self.assertEqual(picking.location_dest_id, self.at_customer)
                # Whoever receives them, the end customer holds them.
                self._put_in_stock(self.laptop, 1, first=picking.id)
                self._deliver(order)
                self.assertEqual(
                    order.waas_contract_ids.waas_device_ids.waas_holder_id,
                    self.customer,
                )

    def test_the_rest_comes_with_the_back_order(self):
        first = self._put_in_stock(self.laptop, 2)
        order = self._rent(3)
        contract = order.waas_contract_ids
        self._deliver(order)
        self._assert_at_customer(first, contract)
        self.assertEqual(contract.waas_state, "awaiting")
        self.assertEqual(contract.waas_device_count, 2)
        backorder = order.picking_ids.filtered("backorder_id")
        self.assertEqual(backorder.waas_contract_id, contract)
        delivered_on = order.effective_date

        last = self._put_in_stock(self.laptop, 1, first=3)
        self._deliver(order)
        self._assert_at_customer(last, contract)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.waas_device_count, 3)
        self.assertEqual(order.effective_date, delivered_on)

    def test_pick_pack_ship_reaches_the_customer_with_the_last_step(self):
        self.stock.delivery_steps = "pick_pack_ship"
        lots = self._put_in_stock(self.laptop, 1)
        order = self._rent()
        contract = order.waas_contract_ids
        for step in range(3):
            self.assertFalse(lots.waas_contract_id, f"held after {step} steps")
            self._deliver(order)
        self._assert_at_customer(lots, contract)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(len(order.picking_ids), 3)
        self.assertEqual(order.picking_ids.waas_contract_id, contract)
        self.assertTrue(order.effective_date)

    def test_two_contracts_hold_their_own_devices(self):
        _order, contract, lots = self._rent_and_deliver(2)
        _other_order, other, other_lots = self._rent_and_deliver(
            1, first=3, partner_id=self.other_customer.id
        )
        self._assert_at_customer(lots, contract)
        self._assert_at_customer(other_lots, other)

    def test_a_return_releases_the_device_and_tells_the_contract(self):
        order, contract, lots = self._rent_and_deliver(2)
        receipt = self._return(order.picking_ids, lots[1])
        self._assert_came_back(lots[1])
        self._assert_at_customer(lots[0], contract)
        self.assertIn(receipt.name, self._get_notes(contract))
        self.assertIn(lots[1].name, self._get_notes(contract))
        self.assertEqual(receipt.waas_contract_id, contract)
        self.assertEqual(contract.waas_device_count, 1)
        self.assertEqual(contract.waas_device_expected_count, 2)

    def test_a_return_takes_back_what_its_contract_holds_by_itself(self):
        first_order, contract, lots = self._rent_and_deliver(1)
        other_order, other, other_lots = self._rent_and_deliver(
            1, first=2, partner_id=self.other_customer.id
        )
        receipt = self._plan_return(other_order.picking_ids, 1)
        self.assertEqual(receipt.move_line_ids.lot_id, other_lots)
        self._validate(receipt)
        self._assert_came_back(other_lots)
        self._assert_at_customer(lots, contract)

    def test_what_came_back_is_missing_before_the_contract_starts(self):
        lots = self._put_in_stock(self.laptop, 1)
        order = self._rent(2)
        contract = order.waas_contract_ids
        self._deliver(order)
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=done.id, active_model="stock.picking")
            .create({})
        )
        # The order thinks it was delivered nevertheless.
        wizard.product_return_moves.write({"quantity": 1, "to_refund": False})
        receipt = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self._validate(receipt)
        self._assert_came_back(lots)
        self._put_in_stock(self.laptop, 1, first=2)
        backorder = order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        backorder.action_assign()
        self._validate(backorder)
        self.assertEqual(contract.waas_device_count, 1)
        self.assertEqual(contract.waas_state, "awaiting")

    def test_an_order_with_devices_at_the_customer_is_not_cancelled(self):
        lots = self._put_in_stock(self.laptop, 1)
        order = self._rent(2)
        self._deliver(order)
        with self._assert_refuses("1 of its devices are with the customer"):
            order.action_cancel()
        self._return(order.picking_ids.filtered("date_done"), lots)
        self._cancel(order)
        self.assertEqual(order.waas_contract_ids.waas_state, "cancelled")

    def test_the_history_of_a_device_tells_its_moves(self):
        order, contract, lots = self._rent_and_deliver()
        self._return(order.picking_ids, lots)
        there, back = lots.waas_history_ids.sorted("id")
        self.assertEqual(there.location_dest_id, self.at_customer)
        self.assertEqual(back.location_dest_id, self.stock._waas_get_return_location())
        self.assertEqual((there | back).waas_contract_id, contract)

    def test_r13_the_value_of_stock_does_not_change_by_delivery_or_return(self):
        for method in ("standard", "average", "fifo"):
            for by_lot in (False, True):
                with self.subTest(method=method, by_lot=by_lot):
                    self._assert_value_stays(method, by_lot)

    def _assert_value_stays(self, method, by_lot):
        category = self.env["product.category"].create(
            {"name": f"{method} {by_lot}", "property_cost_method": method}
        )
        self.laptop_slot.component_id = product = self._create_device(
            f"Valued {method} {by_lot}", categ_id=category.id, lot_valuated=by_lot
        )
        receipt = self._plan_receipt(product, 3)
        for number, line in enumerate(receipt.move_ids.move_line_ids):
            line.lot_name = f"{product.name}-{number}"
        self._validate(receipt)
        lots = receipt.move_line_ids.lot_id
        company_value = self._get_company_value()
        self.assertAlmostEqual(self._get_value(product), 3000.0, 2)

        order = self._rent(2)
        self._deliver(order)
        held = order.waas_contract_ids.waas_device_ids
        self.assertEqual(len(held), 2)
        self._assert_values(product, lots, company_value, by_lot)
        # ALSO has them, and can promise one only.
        self.assertEqual(product.qty_available, 1)
        self.assertEqual(product.free_qty, 1)

        self._return(order.picking_ids, held[:1])
        self._assert_values(product, lots, company_value, by_lot)

    def _assert_values(self, product, lots, company_value, by_lot):
        self.assertAlmostEqual(self._get_value(product), 3000.0, 2)
        self.assertAlmostEqual(self._get_company_value(), company_value, 2)
        quants = lots.quant_ids.filtered(lambda quant: quant.quantity > 0)
        for quant in quants.filtered(
            lambda quant: quant.location_id._should_be_valued()
        ):
            self.assertAlmostEqual(quant.value, 1000.0, 2)
        if by_lot:
            for lot in lots:
                self.assertAlmostEqual(lot.total_value, 1000.0, 2)

    def _get_company_value(self):
        self.env.invalidate_all()
        products = self.env["product.product"].search([("is_storable", "=", True)])
        return sum(products.with_company(self.also).mapped("total_value"))


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
class TestGuard(DevicesCommon):
    """R13: whoever tries, a rented device stays ALSO's and its contract's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.contract, cls.lot = cls._rent_and_deliver()
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.losses = cls.laptop.property_stock_inventory
        cls.store_manager = new_test_user(
            cls.env,
            "waas_store_manager",
            "stock.group_stock_manager",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    def tearDown(self):
        self._assert_at_customer(self.lot, self.contract)
        self.assertEqual(
            sum(
                self.lot.quant_ids.filtered(
                    lambda quant: quant.location_id.usage == "internal"
                ).mapped("quantity")
            ),
            1,
        )
        super().tearDown()

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
            with self._assert_refuses("by being delivered", AccessError):
                free.with_user(user).waas_contract_id = self.contract
            with self._assert_refuses("by being delivered", AccessError):
                self.lot.with_user(user).waas_contract_id = False
            with self._assert_refuses("by being delivered", AccessError):
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


@tagged("post_install", "-at_install")
class TestReplacement(DevicesCommon):
    """A defective device is replaced: the contract goes on, nothing of its history is
    lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.contract, cls.lots = cls._rent_and_deliver(2)
        cls.broken = cls.lots[0]
        cls.spare = cls._put_in_stock(cls.laptop, 1, first=9)

    def test_a_replacement_keeps_the_contract_and_the_history(self):
        installments = self.contract.waas_installment_ids.read(
            ["number", "date_start", "date_end", "amount", "state"]
        )
        value = self._get_value(self.laptop)
        replacement = self._replace(self.broken, self.spare)
        delivery, receipt = replacement.delivery_id, replacement.receipt_id
        self.assertEqual(delivery.partner_id, self.order.partner_shipping_id)
        self.assertEqual(delivery.picking_type_id, self.stock.out_type_id)
        self.assertEqual(receipt.picking_type_id, self.stock.in_type_id)
        self.assertEqual((delivery | receipt).waas_contract_id, self.contract)
        self.assertEqual(delivery.move_line_ids.lot_id, self.spare)
        self.assertEqual(receipt.move_line_ids.lot_id, self.broken)
        self.assertEqual(replacement.state, "open")

        self._validate(delivery)
        self.assertEqual(replacement.state, "delivered")
        self._assert_at_customer(self.lots | self.spare, self.contract)
        self._validate(receipt)
        self.assertEqual(replacement.state, "done")

        self._assert_came_back(self.broken)
        self._assert_at_customer(self.lots[1] | self.spare, self.contract)
        self.assertEqual(self.spare.waas_replaces_id, self.broken)
        self.assertEqual(self.broken.waas_replaced_by_id, self.spare)
        self.assertEqual(self.spare.waas_warranty_start, self.today)
        self.assertEqual(self.contract.waas_state, "running")
        self.assertEqual(
            self.contract.waas_installment_ids.read(
                ["number", "date_start", "date_end", "amount", "state"]
            ),
            installments,
        )
        self.assertEqual(
            self.order.order_line._waas_get_device_lines().qty_delivered, 2
        )
        self.assertAlmostEqual(self._get_value(self.laptop), value, 2)
        notes = self._get_notes(self.contract)
        self.assertIn("Screen stays black", notes)
        self.assertIn(f"was delivered for {self.broken.name}", notes)
        self.assertIn(f"Back from the customer with {receipt.name}", notes)

    def test_the_defective_device_may_come_back_first(self):
        replacement = self._replace(self.broken, self.spare)
        self._validate(replacement.receipt_id)
        self.assertEqual(replacement.state, "received")
        self._assert_came_back(self.broken)
        self.assertEqual(self.contract.waas_device_count, 1)
        self._validate(replacement.delivery_id)
        self._assert_at_customer(self.spare, self.contract)
        self.assertEqual(replacement.state, "done")

    def test_the_contract_shows_the_transfers_of_its_replacements(self):
        contract = self.contract.with_user(self.seller)
        action = contract.action_view_waas_deliveries()
        self.assertEqual(action["res_id"], self.order.picking_ids.id)
        replacement = self._replace(self.broken, self.spare)
        action = contract.action_view_waas_deliveries()
        self.assertEqual(
            self.env["stock.picking"].search(action["domain"]),
            self.order.picking_ids | replacement.delivery_id | replacement.receipt_id,
        )

    def test_cancelling_one_half_cancels_the_other(self):
        for half in ("delivery_id", "receipt_id"):
            with self.subTest(half=half):
                replacement = self._replace(self.broken, self.spare)
                replacement[half].with_user(self.warehouse).action_cancel()
                self.assertEqual(replacement.delivery_id.state, "cancel")
                self.assertEqual(replacement.receipt_id.state, "cancel")
                self.assertEqual(replacement.state, "cancelled")
                self._assert_at_customer(self.lots, self.contract)
                self._assert_in_stock(self.spare)
                self.assertIn("was cancelled", self._get_notes(self.contract))
                self.assertFalse(self.broken.waas_replaced_by_id)

    def test_what_was_moved_is_not_cancelled_half(self):
        replacement = self._replace(self.broken, self.spare)
        self._validate(replacement.delivery_id)
        with self._assert_refuses("has to come back"):
            replacement.receipt_id.with_user(self.warehouse).action_cancel()
        self._validate(replacement.receipt_id)

        self.broken._waas_dispose("b", "refurbished")
        replacement = self._replace(self.lots[1], self.broken)
        self._validate(replacement.receipt_id)
        with self._assert_refuses("has to get another device"):
            replacement.delivery_id.with_user(self.warehouse).action_cancel()

    def test_the_warehouse_may_deliver_another_spare(self):
        replacement = self._replace(self.broken, self.spare)
        better = self._put_in_stock(self.laptop, 1, first=10)
        replacement.delivery_id.with_user(self.warehouse).move_line_ids.lot_id = better
        self._validate(replacement.delivery_id)
        self.assertEqual(replacement.replacement_id, better)
        self._assert_at_customer(better, self.contract)
        self._assert_in_stock(self.spare)

    def test_the_receipt_takes_the_defective_device_and_no_other(self):
        replacement = self._replace(self.broken, self.spare)
        with self._assert_refuses("takes .* back, not"):
            replacement.receipt_id.move_line_ids.lot_id = self.lots[1]

    def test_reserving_again_finds_the_same_devices(self):
        self._put_in_stock(self.laptop, 3, first=20)
        replacement = self._replace(self.broken, self.spare)
        pickings = replacement.delivery_id | replacement.receipt_id
        for picking, lot in zip(pickings, self.spare | self.broken, strict=True):
            picking.do_unreserve()
            self.assertFalse(picking.move_line_ids)
            picking.action_assign()
            self.assertEqual(picking.move_line_ids.lot_id, lot)

    def test_another_device_product_may_replace_it(self):
        bigger = self._put_in_stock(self._create_device("Bigger Laptop"), 1)
        replacement = self._replace(self.broken, bigger)
        self._validate(replacement.delivery_id | replacement.receipt_id)
        self._assert_at_customer(self.lots[1] | bigger, self.contract)

    def test_r14_a_replacement_is_approved_hardware(self):
        unknown = self.env["waas.manufacturer"].create({"name": "Unknown"})
        lot = self._put_in_stock(
            self._create_device("Cheap Laptop", waas_manufacturer_id=unknown.id), 1
        )
        with self._assert_refuses("not an approved manufacturer"):
            self._replace(self.broken, lot)

    def test_r12_a_replacement_lasts_as_long_as_the_contract(self):
        self.spare.waas_warranty_start = self.today - relativedelta(months=60)
        self.assertLess(self.spare.waas_warranty_max_end, self.contract.date_end)
        with self._assert_refuses("runs until"):
            self._replace(self.broken, self.spare)
        self.spare.waas_warranty_max_end = self.contract.date_end
        self._replace(self.broken, self.spare)

    def test_r12_and_r14_hold_for_what_is_delivered_indeed(self):
        replacement = self._replace(self.broken, self.spare)
        old = self._put_in_stock(self.laptop, 1, first=10)
        old.waas_warranty_max_end = self.contract.date_end - timedelta(days=1)
        replacement.delivery_id.move_line_ids.lot_id = old
        with self._assert_refuses("runs until"):
            self._validate(replacement.delivery_id)

    def test_refusals_say_what_to_do(self):
        with self._assert_refuses("Write down why"):
            self._replace(self.broken, self.spare, reason="  ")
        with self._assert_refuses("not free in stock"):
            self._replace(self.broken, self.lots[1])
        with self._assert_refuses("nothing to replace"):
            self.spare.with_user(self.seller).action_waas_replace()
        other = self._put_in_stock(self.laptop, 1, first=10)
        self._replace(self.broken, self.spare)
        with self._assert_refuses("being replaced already"):
            self._replace(self.broken, other)
        with self._assert_refuses("not free in stock"):
            self._replace(self.lots[1], self.spare)

    def test_the_window_warns_before_the_click(self):
        action = self.contract.with_user(self.seller).action_waas_replace_device()
        form = Form(
            self.env["waas.device.replace"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        self.assertFalse(form.warning)
        form.device_id = self.broken
        self.assertFalse(form.warning)
        form.replacement_id = self.spare
        self.assertFalse(form.warning)
        self.spare.waas_warranty_max_end = self.today
        form.replacement_id = self.env["stock.lot"]
        form.replacement_id = self.spare
        self.assertIn("runs until", form.warning)

    def test_a_defective_device_before_the_start_does_not_start_the_contract(self):
        lots = self._put_in_stock(self.monitor, 1)
        order = self._create_order(36)
        order._waas_add_bundle(self.bundle, 1, options={self.monitor_option: 1})
        # The shelf has the monitor, and no laptop but the spare, which goes elsewhere.
        self._replace(self.broken, self.spare)
        self._confirm(order)
        contract = order.waas_contract_ids
        self._deliver(order)
        self._assert_at_customer(lots, contract)
        self.assertEqual(contract.waas_state, "awaiting")
        spare = self._put_in_stock(self.monitor, 1, first=2)
        replacement = self._replace(lots, spare)
        self._validate(replacement.delivery_id)
        self.assertEqual(contract.waas_state, "awaiting")
        self._validate(replacement.receipt_id)
        laptop = self._put_in_stock(self.laptop, 1, first=30)
        self._deliver(order)
        self._assert_at_customer(laptop | spare, contract)
        self.assertEqual(contract.waas_state, "running")

    def test_only_waas_users_replace(self):
        with self._assert_refuses("Workplace as a Service/User", AccessError):
            self._replace(self.broken, self.spare, user=self.warehouse)
        with self._assert_refuses("makes its own transfers", AccessError):
            self.env["stock.picking"].with_user(self.warehouse).create(
                {
                    "picking_type_id": self.stock.out_type_id.id,
                    "waas_replacement_id": self._replace(self.broken, self.spare).id,
                }
            )
        for user in (self.warehouse, self.manager):
            with self.assertRaises(AccessError):
                self.env["waas.replacement"].with_user(user).create(
                    {
                        "contract_id": self.contract.id,
                        "device_id": self.broken.id,
                        "replacement_id": self.spare.id,
                        "reason": "Because",
                    }
                )


@tagged("post_install", "-at_install")
class TestPapers(DevicesCommon):
    """The slip and the label say whose property it is (R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.write({"phone": "+31 30 1234567", "email": "returns@also.test"})
        cls.lots = cls._put_in_stock(cls.laptop, 2)
        cls.order = cls._rent(2)
        cls.contract = cls.order.waas_contract_ids
        cls.picking = cls.order.picking_ids
        cls.picking.action_assign()

    def _render(self, report, records, user=None):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.warehouse)
            ._render_qweb_html(report, records.ids)
        )
        return " ".join(html.decode().split())

    def test_r13_the_delivery_slip_says_whose_property_it_is(self):
        for _moment in ("before", "after"):
            html = self._render("stock.report_deliveryslip", self.picking)
            self.assertIn(f"Property of {self.also.name}", html)
            self.assertIn("not for sale", html)
            self.assertIn(self.contract.name, html)
            for lot in self.lots:
                self.assertEqual(html.count(lot.name), 1)
            if self.picking.state != "done":
                self._deliver(self.order)

    def test_an_ordinary_delivery_slip_stays_as_it_was(self):
        spare = self._put_in_stock(self.laptop, 1, first=5)
        picking = self._move(
            spare,
            self.shelf,
            self.env.ref("stock.stock_location_customers"),
            picking_type=self.stock.out_type_id,
        )
        html = self._render("stock.report_deliveryslip", picking)
        self.assertNotIn("Property of", html)
        self.assertNotIn(spare.name, html)

    def test_r13_the_label_names_the_owner_and_holds_a_qr_code(self):
        action = self.picking.with_user(self.warehouse).action_waas_print_labels()
        self.assertEqual(action["report_name"], "also_waas.report_device_label")
        for _moment in ("before", "after"):
            html = self._render("also_waas.report_device_label", self.lots)
            self.assertEqual(html.count("o_also_waas_label"), 2)
            self.assertEqual(html.count(f"Property of {self.also.name}"), 2)
            self.assertEqual(html.count(self.contract.name), 2)
            self.assertEqual(html.count("data:image/png;base64"), 2)
            self.assertIn("returns@also.test", html)
            self.assertIn("+31 30 1234567", html)
            self.assertNotIn(self.customer.name, html)
            if self.picking.state != "done":
                self._deliver(self.order)

    def test_labels_are_printed_from_the_contract_too(self):
        with self._assert_refuses("no device here"):
            self.contract.with_user(self.seller).action_waas_print_labels()
        self._deliver(self.order)
        action = self.contract.with_user(self.seller).action_waas_print_labels()
        self.assertEqual(action["context"]["active_ids"], self.lots.ids)


@tagged("post_install", "-at_install")
class TestDeviceAccess(DevicesCommon):
    """WaaS users read devices; the warehouse moves them; outsiders see nothing."""

    def test_who_sees_devices(self):
        order, contract, lots = self._rent_and_deliver()
        for user in (self.seller, self.manager, self.warehouse):
            values = lots.with_user(user).read()[0]
            self.assertEqual(values["waas_contract_id"][0], contract.id)
        for name in ("waas_device_ids", "waas_device_count", "waas_replacement_ids"):
            contract.with_user(self.seller).read([name])
        portal = self._create_portal_user("portal_devices", self.signatory)
        with self.assertRaises(AccessError):
            lots.with_user(portal).read(["name"])
        with self.assertRaises(AccessError):
            contract.with_user(portal).read(["waas_device_ids"])
        with self.assertRaises(AccessError):
            self.env["waas.replacement"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            order.picking_ids.with_user(portal).read(["waas_contract_id"])

    def test_screens_open_for_the_warehouse_and_for_waas_users(self):
        order, contract, lots = self._rent_and_deliver()
        for user in (self.seller, self.warehouse):
            Form(lots.with_user(user))
            Form(order.picking_ids.with_user(user))
        Form(
            contract.with_user(self.seller),
            "contract.contract_contract_customer_form_view",
        )
        action = contract.with_user(self.seller).action_view_waas_devices()
        self.assertEqual(self.env["stock.lot"].search(action["domain"]), lots)
        self.laptop_slot.unlink()
        software = self._rent().waas_contract_ids.with_user(self.seller)
        with self._assert_refuses("nothing to deliver"):
            software.action_view_waas_deliveries()

    def test_another_company_keeps_its_replacements_to_itself(self):
        _order, _contract, lots = self._rent_and_deliver()
        spare = self._put_in_stock(self.laptop, 1, first=2)
        replacement = self._replace(lots, spare)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "waas_elsewhere",
            "also_waas.group_waas_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        found = self.env["waas.replacement"].with_user(stranger).search([])
        self.assertNotIn(replacement, found)


@tagged("post_install", "-at_install")
class TestInvariant(DevicesCommon):
    """I7: devices at customers are in ALSO's stock value, and each belongs to exactly
    one contract that runs or awaits its start."""

    SEEDS = range(6)
    STEPS = 16

    def test_i7_whatever_happens_in_which_order(self):
        self.done = Counter()
        for seed in self.SEEDS:
            with self.subTest(seed=seed), self._undone():
                self._play(random.Random(seed))
        for step in self._get_steps():
            self.assertTrue(self.done[step.__name__], f"{step.__name__} never worked")

    def _get_steps(self):
        return (
            self._step_deliver,
            self._step_return,
            self._step_redeliver,
            self._step_replace,
            self._step_finish,
            self._step_cancel,
        )

    def _play(self, chance):
        self.pool = self._put_in_stock(self.laptop, 6, first=100)
        self.orders = [
            self._rent(2),
            self._rent(2, months=12, partner_id=self.other_customer.id),
        ]
        value = self._get_value(self.laptop)
        for _number in range(self.STEPS):
            [step] = chance.choices(self._get_steps(), weights=(3, 2, 2, 3, 3, 1))
            try:
                with self.env.cr.savepoint():
                    # Each step tells what it moved or planned.
                    self.done[step.__name__] += bool(step(chance))
            except UserError:
                # A refusal is an answer, too: what counts is that nothing changed.
                self.env.invalidate_all()
            self._assert_i7(value)

    def _assert_i7(self, value):
        for lot in self.pool:
            quants = lot.quant_ids.filtered(
                lambda quant: quant.location_id.usage == "internal" and quant.quantity
            )
            self.assertEqual(quants.mapped("quantity"), [1.0], lot.name)
            at_customer = quants.location_id.is_waas
            self.assertEqual(bool(lot.waas_contract_id), at_customer, lot.name)
            if at_customer:
                self.assertIn(lot.waas_contract_id.waas_state, ("awaiting", "running"))
        self.assertAlmostEqual(self._get_value(self.laptop), value, 2)
        for order in self.orders:
            contract = order.waas_contract_ids
            self.assertGreaterEqual(contract._waas_get_missing_count(), 0)

    def _get_held(self):
        return self.pool.filtered("waas_contract_id")

    def _pick_transfers(self, replacing):
        pickings = self.env["stock.picking"].search(
            [
                (
                    "waas_contract_id",
                    "in",
                    [o.waas_contract_ids.id for o in self.orders],
                ),
                ("waas_replacement_id", "!=" if replacing else "=", False),
            ]
        )
        return pickings.filtered(lambda x: x.state not in ("done", "cancel"))

    def _step_deliver(self, chance):
        order = chance.choice(self.orders)
        pending = self._pick_transfers(False) & order.picking_ids
        pending.action_assign()
        lines = pending.move_line_ids
        if lines and chance.random() < 0.5:
            lines[1:].unlink()
        pending = pending.filtered("move_line_ids")
        self._validate(pending)
        return pending

    def _step_return(self, chance):
        held = self._get_held()
        if not held:
            return held
        lot = chance.choice(held)
        done = lot.waas_history_ids.sorted("id")[-1].picking_id
        return self._return(done, lot)

    def _step_redeliver(self, chance):
        receipts = self.env["stock.picking"].search(
            [("return_id", "!=", False), ("state", "=", "done")]
        )
        if not receipts:
            return receipts
        again = self._plan_return(chance.choice(receipts), 1)
        if again.move_line_ids:
            self._validate(again)
        else:
            again.action_cancel()
        return again.filtered(lambda picking: picking.state == "done")

    def _step_replace(self, chance):
        held, free = (
            self._get_held(),
            self.pool.filtered(lambda lot: not lot.waas_contract_id),
        )
        if not (held and free):
            return None
        return self._replace(chance.choice(held), chance.choice(free))

    def _step_finish(self, chance):
        pickings = self._pick_transfers(True)
        if pickings:
            self._validate(chance.choice(pickings))
        return pickings

    def _step_cancel(self, chance):
        pickings = self._pick_transfers(True)
        if pickings:
            chance.choice(pickings).action_cancel()
        return pickings
