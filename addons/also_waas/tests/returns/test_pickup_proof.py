import base64
import hashlib
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import Form, tagged

from ..common.cases_steps import SIGNATURE
from .common_pickup_proof import PickupProofCommon


@tagged("post_install", "-at_install")
class TestPickupProof(PickupProofCommon):
    """R15: secure means counted, sealed and signed, at the door, in the chain of
    custody of every device."""

    def _get_last(self, device):
        return device.sudo().waas_custody_ids.sorted("sequence")[-1]

    # === AT THE DOOR ===#

    def test_r15_what_is_seen_at_the_door_is_in_the_chain_of_custody(self):
        record = self._order_pickup()
        self.assertTrue(record.may_hand_over)
        handover = self._hand_over(record)
        self.assertRecordValues(
            handover,
            [
                {
                    "return_id": record.id,
                    "address_id": self.customer.id,
                    "expected_count": 3,
                    "counted": 3,
                    "seals": "A1, A2",
                    "handed_over_by": "Porter",
                    "collected_by": "Driver",
                    "problem": False,
                }
            ],
        )
        self.assertEqual(handover.line_ids.device_id, self.devices)
        self.assertEqual(record.state, "transit")
        self.assertEqual(record.handed_over_on, handover.collected_on)
        self.assertFalse(record.may_hand_over)
        signature = hashlib.sha256(base64.b64decode(handover.signature)).hexdigest()
        for device in self.devices:
            entry = self._get_last(device)
            self.assertEqual((entry.event, entry.party), ("picked_up", "Wiper"))
            self.assertEqual(entry.author, self.warehouse.name)
            for fact in (
                "3 of 3 devices counted",
                "seals A1, A2",
                "handed over by Porter to Driver",
                signature,
            ):
                self.assertIn(fact, entry.note)
        self.assertFalse(self.devices._waas_get_custody_problems())
        for kind in "return_count", "return_proof":
            self.assertFalse(self._get_todos(record, kind))

    def test_r15_the_window_knows_the_return(self):
        record = self._order_pickup()
        action = record.with_user(self.warehouse).action_hand_over()
        window = Form(
            self.env[action["res_model"]]
            .with_user(self.warehouse)
            .with_context(**action["context"])
        )
        self.assertEqual(window.expected_count, 3)
        self.assertEqual(window.handed_over_by, "Porter")
        self.assertEqual(window.address_id, self.customer)
        self.assertFalse(window.warning)
        window.counted = 2
        self.assertIn("2 devices are counted, and 3 were announced", window.warning)

    def test_r15_what_proves_nothing_is_refused(self):
        record = self._order_pickup()
        later = fields.Datetime.now() + timedelta(hours=2)
        for values, problem in (
            ({"counted": 0}, "Count the devices"),
            ({"handed_over_by": " "}, "Enter who handed the devices over"),
            ({"collected_by": False}, "who took them for the processor"),
            ({"collected_on": later}, "now or before"),
            ({"seals": False}, "Enter the numbers of the seals"),
            ({"signature": False}, "Have it signed here, or attach the signed slip"),
        ):
            with self.subTest(problem=problem), self._assert_refuses(problem):
                self._hand_over(record, **values)
        self.assertEqual(record.state, "confirmed")
        self.assertFalse(record.handover_ids)

    def test_r15_on_a_day_on_which_it_can_have_been(self):
        record = self._order_pickup()
        now = fields.Datetime.now()
        with self._assert_refuses("was ordered on"):
            self._hand_over(record, collected_on=now - timedelta(days=2))
        self._receive(record, self.devices)
        record.sudo().confirmed_on = now - timedelta(days=9)
        record.sudo().line_ids.received_on = now - timedelta(days=2)
        with self._assert_refuses("were received on"):
            self._hand_over(record, collected_on=now)
        self._hand_over(record, collected_on=now - timedelta(days=3))
        self.assertFalse(record.lacks_proof)

    def test_r15_what_was_signed_for_is_not_called_off(self):
        record = self._order_pickup()
        self._hand_over(record)
        with self._assert_refuses("receive them, or report them missing"):
            record.action_cancel()
        self.assertEqual(record.state, "transit")

    def test_r15_a_signed_slip_will_do(self):
        record = self._order_pickup()
        handover = self._hand_over(
            record, signature=False, document=SIGNATURE, document_name="slip.png"
        )
        self.assertEqual(handover.document_name, "slip.png")
        self.assertFalse(self._get_todos(record, "return_proof"))

    def test_r15_without_seal_or_signature_somebody_says_why_and_looks(self):
        record = self._order_pickup()
        handover = self._hand_over(
            record, seals=False, signature=False, note="The porter was in a hurry"
        )
        self.assertIn("Nothing was sealed", handover.problem)
        self.assertIn("no seal", self._get_last(self.devices[0]).note)
        self.assertIn("not signed", self._get_last(self.devices[0]).note)
        self.assertIn("in a hurry", self._get_last(self.devices[0]).note)
        [todo] = self._get_todos(record, "return_proof")
        self.assertIn("not sealed or not signed", todo.note)

    def test_r15_another_number_than_announced_is_said(self):
        record = self._order_pickup()
        handover = self._hand_over(record, counted=2)
        self.assertIn("2 devices were counted, and 3", handover.problem)
        [todo] = self._get_todos(record, "return_count")
        self.assertIn("2 devices were counted at", todo.note)
        self.assertIn("2 of 3 devices counted", self._get_last(self.devices[0]).note)

    def test_r15_each_site_has_its_hand_over(self):
        first, *others = self.devices
        record = self._order_pickup(sites={first: self.site})
        there = self._hand_over(record, counted=1, address_id=self.site.id)
        self.assertEqual(there.line_ids.device_id, first)
        self.assertEqual(record.state, "transit")
        self.assertTrue(record.may_hand_over)
        self.assertNotEqual(self._get_last(others[0]).event, "picked_up")
        here = self._hand_over(record, counted=2)
        self.assertEqual(here.address_id, self.customer)
        self.assertEqual(len(here.line_ids), 2)
        self.assertFalse(record.may_hand_over)
        with self._assert_refuses("is entered already"):
            record.action_hand_over()
        with self._assert_refuses("is entered already"):
            record._collect(self.customer, {})

    def test_r15_a_customer_that_sends_the_devices_has_no_hand_over(self):
        record = self._create_return(self.devices)
        record.action_hand_over()
        self.assertEqual(record.state, "transit")
        self.assertFalse(record.may_hand_over or record.lacks_proof)
        pickup = self._create_pickup(self.devices[:0], partner_id=self.customer.id)
        with self._assert_refuses("this step is for returns that are"):
            pickup.action_hand_over()

    # === AT THE RECEIPT ===#

    def test_r15_the_receiver_sees_count_and_seals(self):
        record = self._order_pickup()
        self._hand_over(record, counted=2)
        window = Form(
            self.env["waas.return.receive"]
            .with_user(self.warehouse)
            .with_context(default_return_id=record.id)
        )
        self.assertIn("2 of 3 devices counted", window.proof)
        self.assertIn("seals A1, A2", window.proof)

    def test_r15_what_comes_without_proof_is_received_and_says_so(self):
        record = self._order_pickup()
        self.assertIn("The proof of the pick-up is missing", record._describe_proof())
        self._receive(record, self.devices)
        self.assertEqual(record.state, "received")
        self.assertTrue(record.lacks_proof)
        [todo] = self._get_todos(record, "return_proof")
        self.assertIn("without the proof of their pick-up", todo.note)
        returns = self.env["waas.return"]
        self.assertEqual(returns.search([("lacks_proof", "=", True)]), record)
        # Late is better than never.
        self._hand_over(record)
        self.assertEqual(record.state, "received")
        self.assertFalse(record.lacks_proof)
        self.assertFalse(self._get_todos(record, "return_proof"))
        self.assertFalse(returns.search([("lacks_proof", "=", True)]))
        self.assertIn(record, returns.search([("lacks_proof", "=", False)]))
        self.assertEqual(self._get_last(self.devices[0]).event, "picked_up")
        self.assertFalse(self.devices._waas_get_custody_problems())

    def test_r15_with_proof_nothing_is_missing(self):
        record = self._order_pickup()
        self._hand_over(record)
        self._receive(record, self.devices)
        self.assertFalse(record.lacks_proof)
        self.assertFalse(self._get_todos(record, "return_proof"))

    def test_r15_a_broken_seal_is_a_finding(self):
        record = self._order_pickup()
        self._hand_over(record)
        values = {
            "return_id": record.id,
            "is_seal_broken": True,
            "line_ids": [
                Command.create({"serial": device.name, "kind": "expected"})
                for device in self.devices
            ],
        }
        receive = self.env["waas.return.receive"].with_user(self.warehouse)
        with self._assert_refuses("Enter what is wrong with the seal"):
            receive.create(values).action_receive()
        receive.create({**values, "seal_note": "A2 is cut"}).action_receive()
        self.assertRecordValues(
            record.finding_ids,
            [
                {
                    "kind": "seal",
                    "serial": "A1, A2",
                    "found": "A2 is cut",
                    "state": "open",
                }
            ],
        )
        [todo] = self._get_todos(record, "return_seal")
        self.assertIn("A2 is cut", todo.note)
        finding = record.finding_ids.with_user(self.warehouse)
        with self._assert_refuses("enter its outcome"):
            finding.action_take_back()
        finding.note = "The driver had to open the bag"
        finding.action_settle()
        self.assertEqual(finding.state, "settled")
