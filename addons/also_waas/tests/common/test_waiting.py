from odoo import Command
from odoo.tests import tagged

from .common_waiting import NothingWaitsInSilenceCommon
from .replayed import replayed


@tagged("post_install", "-at_install")
class TestNothingWaitsInSilence(NothingWaitsInSilenceCommon):
    """E: whatever waits, waits visibly: who, since when, what to do."""

    @replayed
    def _new_order(self, quantity, first, **values):
        """A confirmed order whose devices are reserved."""
        self._put_in_stock(self.laptop, quantity, first)
        order = self._confirm(self._create_order(12, quantity=quantity, **values))
        order.picking_ids.action_assign()
        return order

    @replayed
    def _scan(self, picking, number):
        """Only so many of the reserved devices are in the box."""
        lines = picking.move_line_ids
        lines[number:].unlink()
        picking.move_ids.picked = True

    @replayed
    def _validate(self, picking, backorder):
        picking.with_user(self.warehouse).with_context(
            skip_backorder=True,
            picking_ids_not_to_backorder=[] if backorder else picking.ids,
        ).button_validate()

    @replayed
    def _deliver_partly(self, first=100):
        order = self._new_order(3, first)
        self._scan(order.picking_ids, 2)
        self._validate(order.picking_ids, backorder=False)
        return order

    @replayed
    def _more_seats(self, number=2, first=200):
        """More workplaces, signed, their devices on the way."""
        self._put_in_stock(self.laptop, number, first)
        change = self._create_change(self.contract, "seats", seat_count=number)
        self._agree(change)
        self.assertEqual(change.state, "delivering")
        change.sudo().picking_ids.action_assign()
        return change

    @replayed
    def _deliver_half(self, backorder=True):
        change = self._more_seats()
        picking = change.sudo().picking_ids
        self._scan(picking, 1)
        self._validate(picking, backorder)
        self.assertEqual(change.state, "delivering")
        return change

    @replayed
    def _give_back(self, devices):
        record = devices.sudo()._waas_get_open_returns() or self._create_return(
            devices, announce=False
        )
        record = record.with_user(self.seller)
        record.accepted_by = "Ceo"
        record.action_accept_responsibility()
        record.action_announce()
        self._receive(record, devices)

    # === E1: DELIVERIES THAT NOTHING BRINGS ===#

    def test_e1_no_backorder_leaves_a_to_do_with_the_way_out(self):
        order = self._deliver_partly()
        contract = order.sudo().waas_contract_ids
        self.assertEqual(contract.waas_state, "awaiting")
        [todo] = self._get_todos(contract, "devices_missing")
        self.assertEqual(todo.user_id, self.seller)
        self.assertIn("1 of 3 devices", todo.note)
        self.assertIn("Deliver the Rest", todo.note)
        self.assertEqual(contract.waas_lacking_count, 1)

        contract.with_user(self.seller).action_waas_deliver_rest()
        self.assertFalse(self._get_todos(contract, "devices_missing"))
        self.assertEqual(contract.waas_lacking_count, 0)
        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.waas_device_count, 3)
        with self._assert_refuses("are delivered or on their way"):
            contract.with_user(self.seller).action_waas_deliver_rest()

    def test_e1_a_backorder_is_on_its_way(self):
        order = self._new_order(3, 100)
        self._scan(order.picking_ids, 2)
        self._validate(order.picking_ids, backorder=True)
        contract = order.sudo().waas_contract_ids
        self.assertFalse(self._get_todos(contract, "devices_missing"))
        backorder = order.picking_ids.filtered(lambda p: p.state != "done")
        backorder.with_user(self.warehouse).action_cancel()
        self.assertTrue(self._get_todos(contract, "devices_missing"))

    def test_e1_a_cancelled_delivery(self):
        order = self._new_order(2, 100)
        contract = order.sudo().waas_contract_ids
        order.picking_ids.with_user(self.warehouse).action_cancel()
        [todo] = self._get_todos(contract, "devices_missing")
        self.assertIn("2 of 2 devices", todo.note)
        contract.with_user(self.seller).action_waas_deliver_rest()
        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")

    def test_e1_an_order_that_is_cancelled_lacks_nothing(self):
        order = self._new_order(2, 100)
        contract = order.sudo().waas_contract_ids
        order.picking_ids.with_user(self.warehouse).action_cancel()
        self.assertTrue(self._get_todos(contract, "devices_missing"))
        self._cancel(order)
        contract._waas_watch_delivery()
        self.assertFalse(self._get_todos(contract, "devices_missing"))

    def test_e1_an_ordinary_delivery_is_nobodys_business(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.mouse_pad.id})],
            }
        )
        order.action_confirm()
        order.picking_ids.action_cancel()
        self.assertFalse(order.activity_ids)

    # === E1, E2: CHANGES ===#

    def test_e1_a_change_whose_devices_nothing_brings(self):
        change = self._deliver_half(backorder=False)
        [todo] = self._get_todos(self.contract, "devices_missing")
        self.assertIn("1 of", todo.note)
        self.assertTrue(change.is_lacking)
        change.with_user(self.seller).action_deliver_rest()
        self.assertFalse(change.is_lacking)
        self.assertFalse(self._get_todos(self.contract, "devices_missing"))
        open_pickings = change.sudo()._get_open_pickings()
        open_pickings.action_assign()
        open_pickings.move_ids.picked = True
        self._validate(open_pickings, backorder=False)
        self.assertEqual(change.state, "applied")

    def test_e2_a_half_delivered_change_is_called_back(self):
        change = self._deliver_half()
        device = change.sudo()._get_devices_there()
        self.assertEqual(len(device), 1)
        with self._assert_refuses("press Call Devices Back"):
            change.action_cancel()
        self.assertTrue(change.has_devices_there)
        change.with_user(self.seller).action_call_back()
        self.assertTrue(change.withdrawn_on)
        self.assertFalse(change.sudo()._get_open_pickings())
        self.assertFalse(self._get_todos(self.contract, "devices_missing"))
        self.assertTrue(device._waas_get_open_return_line(), "A return waits for it")
        with self._assert_refuses("no devices to call back"):
            change.with_user(self.seller).action_call_back()

        self._give_back(device.with_env(self.env))
        self.assertEqual(change.state, "cancelled")
        self.assertEqual(
            set(change.sudo().waas_agreement_ids.mapped("state")), {"void"}
        )
        self.assertEqual(self.contract.waas_state, "running")
        # And the contract can be changed, or ended, again.
        self._create_change(self.contract, "termination").action_submit()

    def test_e2_what_came_back_can_be_cancelled(self):
        """The case as it was seen."""
        change = self._deliver_half()
        self._give_back(change.sudo()._get_devices_there().with_env(self.env))
        self.assertEqual(change.state, "delivering")
        change.with_user(self.seller).action_cancel()
        self.assertEqual(change.state, "cancelled")

    def test_e2_what_came_back_is_not_delivered(self):
        """A device that was delivered and came back is missing again."""
        change = self._deliver_half()
        self._give_back(change.sudo()._get_devices_there().with_env(self.env))
        rest = change.sudo()._get_open_pickings()
        rest.action_assign()
        rest.move_ids.picked = True
        self._validate(rest, backorder=False)
        self.assertEqual(change.state, "delivering")
        self.assertTrue(change.is_lacking)
        with self._assert_refuses("does not wait to be applied"):
            change.action_apply()

    def test_e2_before_the_first_delivery_it_is_cancelled_at_once(self):
        change = self._more_seats()
        change.with_user(self.seller).action_call_back()
        self.assertEqual(change.state, "cancelled")

    def test_e2_a_return_that_is_given_up_can_be_opened_again(self):
        """Otherwise the change waits for ever, and its contract cannot be ended."""
        change = self._deliver_half()
        device = change.sudo()._get_devices_there().with_env(self.env)
        for give_up in (
            lambda record: record.action_cancel(),
            lambda record: record.line_ids.action_remove(),
            lambda record: record.unlink(),
        ):
            change.with_user(self.seller).action_call_back()
            change.invalidate_recordset()
            self.assertFalse(change.may_call_back)
            give_up(device.sudo()._waas_get_open_returns().with_user(self.seller))
            change.invalidate_recordset()
            self.assertTrue(change.may_call_back)
        change.with_user(self.seller).action_call_back()
        self._give_back(device)
        self.assertEqual(change.state, "cancelled")
