from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common_waiting import NothingWaitsInSilenceCommon


@tagged("post_install", "-at_install")
class TestCorrectedDeliveries(NothingWaitsInSilenceCommon):
    """Another device was in the box."""

    def _correct(self, device, actual, user=None, **values):
        wizard = (
            self.env["waas.device.correct"]
            .with_user(user or self.warehouse)
            .create(
                {
                    "device_id": device.id,
                    "actual_device_id": actual.id,
                    "reason": "The customer read the serial number to us.",
                    **values,
                }
            )
        )
        wizard.action_correct()

    def _get_place(self, device):
        device.quant_ids.invalidate_recordset()
        return device.sudo().quant_ids.filtered(lambda q: q.quantity > 0).location_id

    def _deliver_to_neighbour(self):
        """Another customer's contract, and its only device."""
        neighbour = self.customer.copy({"name": "E3 Neighbour", "vat": False})
        signatory = self.signatory.copy(
            {"parent_id": neighbour.id, "email": "sign@e3-neighbour.example"}
        )
        [device] = self._put_in_stock(self.laptop, 1, 400)
        order = self._create_order(
            12, quantity=1, partner_id=neighbour.id, waas_signatory_id=signatory.id
        )
        self._confirm(order).picking_ids.action_assign()
        self._deliver(order)
        contract = order.sudo().waas_contract_ids
        self.assertEqual(device.waas_contract_id, contract)
        return contract, device

    def _assert_crossed(self, contract, paper, actual):
        self.assertEqual(actual.waas_contract_id, self.contract)
        self.assertEqual(paper.waas_contract_id, contract)
        for device in paper | actual:
            self.assertEqual(self._get_place(device), self.also.waas_location_id)
            self.assertEqual(device.product_qty, 1)
        self.assertIn(actual, self.delivery.move_line_ids.lot_id)
        self.assertNotIn(paper, self.delivery.move_line_ids.lot_id)
        delivery = contract.waas_order_id.picking_ids
        self.assertEqual(delivery.move_line_ids.lot_id, paper)
        self.assertEqual(delivery.move_ids.quantity, 1)
        assets = (paper | actual)._waas_get_running_assets()
        for asset in assets:
            self.assertEqual(asset.contract_id, asset.device_id.waas_contract_id)
        self.assertFalse((paper | actual)._waas_get_custody_problems())

    def test_e3_a_done_delivery_is_corrected(self):
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        stock = self._get_place(actual)
        day = paper.waas_delivered_on
        self._correct(paper, actual)
        self.assertRecordValues(
            actual,
            [
                {
                    "waas_contract_id": self.contract.id,
                    "waas_delivered_on": day,
                    "waas_warranty_start": day,
                }
            ],
        )
        self.assertRecordValues(
            paper,
            [
                {
                    "waas_contract_id": False,
                    "waas_delivered_on": False,
                    "waas_warranty_start": False,
                    "waas_warranty_end": False,
                }
            ],
        )
        self.assertEqual(self._get_place(actual), self.also.waas_location_id)
        self.assertEqual(self._get_place(paper), stock)
        self.assertTrue(paper._waas_is_free(self.also))
        self.assertEqual(self.contract.waas_device_count, 3)
        # The paper says what happened.
        self.assertIn(actual, self.delivery.move_line_ids.lot_id)
        self.assertNotIn(paper, self.delivery.move_line_ids.lot_id)
        # So do both chains, which stay valid.
        for device in paper | actual:
            self.assertEqual(device.sudo().waas_custody_ids[0].event, "corrected")
        self.assertFalse((paper | actual)._waas_get_custody_problems())
        self.assertIn(actual.name, self.contract.message_ids[0].body)

    def test_e3_found_at_the_return(self):
        """The box held serial B, the delivery says A: B is taken in and erased, A is
        free and nobody is chased for it."""
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        record = self._create_return(self.devices)
        result = self._receive(record, self.devices[1:] | actual)
        [finding] = result["findings"]
        self.assertEqual(finding.kind, "in_stock")
        action = finding.with_user(self.warehouse).action_correct()
        self.assertEqual(action["context"]["default_device_id"], paper.id)
        wizard = (
            self.env["waas.device.correct"]
            .with_user(self.warehouse)
            .with_context(**action["context"])
            .create({"reason": "Found at its return."})
        )
        wizard.action_correct()
        self.assertEqual(finding.state, "settled")
        self.assertEqual(self._get_place(actual), self.quarantine)
        self.assertTrue(actual.sudo().waas_arrival_id)
        self.assertEqual(actual.sudo().waas_erasure_ids.state, "todo")
        self.assertEqual(
            set(record.line_ids.mapped("state")), {"received"}, record.line_ids
        )
        self.assertIn(actual, record.line_ids.device_id)
        self.assertNotIn(paper, record.line_ids.device_id)
        self.assertEqual(record.state, "received")
        self.assertTrue(paper._waas_is_free(self.also))
        self.assertFalse(actual._waas_is_free(self.also))

    def test_e3_what_cannot_be_corrected(self):
        [actual, other] = self._put_in_stock(self.laptop, 2, 300)
        [monitor] = self._put_in_stock(self.monitor, 1, 300)
        for device, found, reason, message in (
            (other, actual, "x", "is not with a customer"),
            (self.devices[0], actual, " ", "Enter how"),
            (self.devices[0], monitor, "x", "another serial number of"),
            (self.devices[0], self.devices[1], "x", "are both on"),
        ):
            with self.subTest(message=message), self._assert_refuses(message):
                device.with_user(self.warehouse)._waas_correct_delivery(found, reason)
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        reserved = order.picking_ids.move_line_ids.lot_id
        with self._assert_refuses("is not free in stock"):
            self._correct(self.devices[0], reserved)

    def test_e3_two_customers_have_the_device_of_each_other(self):
        paper, day = self.devices[0], self.devices[0].waas_delivered_on
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            contract, actual = self._deliver_to_neighbour()
            later = actual.waas_delivered_on
            self.assertNotEqual(day, later)
            self._correct(paper, actual)
        self._assert_crossed(contract, paper, actual)
        self.assertEqual(
            (actual.waas_delivered_on, paper.waas_delivered_on), (day, later)
        )
        self.assertEqual(
            (actual.waas_warranty_start, paper.waas_warranty_start), (day, later)
        )
        self.assertIn(actual.name, self.contract.message_ids[0].body)
        self.assertIn(paper.name, contract.message_ids[0].body)
        # Corrected back, it is as before.
        self._correct(actual, paper)
        self.assertEqual(paper.waas_contract_id, self.contract)
        self.assertEqual(actual.waas_contract_id, contract)

    def test_e3_crossed_devices_that_both_are_asked_back(self):
        """Found when the one came with the other one's return."""
        contract, actual = self._deliver_to_neighbour()
        paper = self.devices[0]
        record = self._create_return(self.devices)
        other = self._create_return(actual)
        [finding] = self._receive(record, self.devices[1:] | actual)["findings"]
        self.assertEqual(finding.kind, "other_customer")
        action = finding.with_user(self.warehouse).action_correct()
        self.assertEqual(action["context"]["default_device_id"], paper.id)
        self.env["waas.device.correct"].with_user(self.warehouse).with_context(
            **action["context"]
        ).create({"reason": "Found at its return."}).action_correct()
        self.assertEqual(record.state, "received")
        self.assertIn(actual, record.line_ids.device_id)
        self.assertEqual(self._get_place(actual), self.quarantine)
        self.assertEqual(paper.waas_contract_id, contract)
        self.assertRecordValues(
            other.line_ids, [{"device_id": paper.id, "state": "expected"}]
        )
        self._receive(other, paper)
        self.assertEqual(self._get_place(paper), self.quarantine)
        self.assertEqual(other.state, "received")
        self.assertFalse((paper | actual)._waas_get_custody_problems())

    def test_e3_another_one_is_delivered_later(self):
        """What never left can be delivered, and what did come back as any other."""
        paper = self.devices[0]
        [actual] = self._put_in_stock(self.laptop, 1, 300)
        self._correct(paper, actual)
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        self._deliver(order)
        self.assertEqual(paper.waas_contract_id, order.sudo().waas_contract_ids)
        record = self._create_return(actual)
        self._receive(record, actual)
        self.assertTrue(actual.sudo().waas_arrival_id)
