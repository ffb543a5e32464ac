from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common_devices import DevicesCommon


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
