import base64
import hashlib
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.common.waas_retention import REMOVED
from ..common.cases import SIGNATURE
from ..common.replayed import replayed
from .test_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestPickupProof(ReturnCommon):
    """R15: secure means counted, sealed and signed, at the door, in the chain of
    custody of every device."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls._create_site()

    @replayed
    def _order_pickup(self, devices=None, sites=None, **values):
        """A confirmed pick-up; ``sites`` says where some of its devices stand."""
        record = self._create_pickup(
            self.devices if devices is None else devices, **values
        )
        for line in record.line_ids:
            line.pickup_address_id = (sites or {}).get(line.device_id)
        record.action_announce()
        record.action_confirm_pickup()
        return record

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
        self.assertIn("No proof of the pick-up", record._describe_proof())
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
        with self._assert_refuses("Write what is wrong with the seal"):
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
        with self._assert_refuses("write down what became of it"):
            finding.action_take_back()
        finding.note = "The driver had to open the bag"
        finding.action_settle()
        self.assertEqual(finding.state, "settled")

    # === WHO, AND WHERE IT IS SHOWN ===#

    def test_r15_the_warehouse_and_waas_users_enter_it_and_nobody_else(self):
        record = self._order_pickup()
        outsider = self._create_portal_user("door", self.signatory)
        for user in self.accountant, self.officer, outsider:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._hand_over(record, user=user)
        self._hand_over(record, user=self.seller)

    def test_r15_what_was_seen_at_the_door_stays_as_it_was(self):
        record = self._order_pickup()
        handover = self._hand_over(record)
        administrator = self.env.ref("base.user_admin")
        for user in self.manager, self.warehouse, administrator:
            for values in ({"counted": 9}, {"seals": "B"}, {"signature": False}):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    handover.with_user(user).write(values)
            with self.assertRaises(AccessError):
                handover.with_user(user).unlink()
        with self._assert_refuses("noted when it is received", AccessError):
            record.line_ids[0].with_user(self.manager).handover_id = False

    def test_r15_another_company_sees_nothing_of_it(self):
        record = self._order_pickup()
        handover = self._hand_over(record)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        there = self.env(user=self.manager)
        self.assertFalse(there["waas.return.handover"].search([]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            handover.with_env(there).read(["seals"])
        with self.assertRaises(AccessError):
            there["waas.return.collect"].create({"return_id": record.id})

    def test_r15_the_customers_documents_say_it(self):
        record = self._order_pickup()
        self._hand_over(record)
        self._receive(record, self.devices)
        self._certify(self.devices)
        for report, records in (
            ("also_waas.report_certificate", record.certificate_ids),
            ("also_waas.report_return", record),
        ):
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html(report, records.ids)[0]
                .decode()
            )
            with self.subTest(report=report):
                self.assertIn("A1, A2", html)
                self.assertIn("Picked up", html)
                self.assertNotIn("Driver", html)
        self.assertTrue(record.certificate_ids._is_true())

    # === PEOPLE ===#

    def test_r15_names_and_signatures_go_when_the_return_is_long_over(self):
        record = self._order_pickup()
        handover = self._hand_over(record, note="Porter is new").sudo()
        retentions = self.env["waas.retention"].sudo()
        before = fields.Datetime.now() + timedelta(days=31)
        retentions._forget_return_contact(before)
        self.assertTrue(handover.signature)
        record.sudo().state = "closed"
        self.assertEqual(retentions._forget_return_contact(before), record.sudo())
        self.assertRecordValues(
            handover,
            [
                {
                    "handed_over_by": REMOVED,
                    "collected_by": REMOVED,
                    "signature": False,
                    "note": False,
                    "seals": "A1, A2",
                    "counted": 3,
                }
            ],
        )
        self.assertFalse(retentions._forget_return_contact(before))
        self.assertFalse(self.devices._waas_get_custody_problems())

    def test_r15_who_asks_to_be_forgotten_leaves_no_signature(self):
        giver = self.env["res.partner"].create(
            {
                "name": "Gerda de Gever",
                "email": "gerda@customerone.test",
                "parent_id": self.customer.id,
            }
        )
        driver = self.env["res.partner"].create(
            {"name": "Chris Chauffeur", "parent_id": self.processor.id}
        )
        record = self._order_pickup()
        handover = self._hand_over(
            record,
            handed_over_by=giver.name,
            collected_by=driver.name,
            document=SIGNATURE,
            document_name="slip of Gerda de Gever.png",
        )
        stranger = self.env["res.partner"].create(
            {"name": "Chris Chauffeur", "parent_id": self.other_customer.id}
        )
        self._forget(stranger)
        self.assertTrue(handover.signature)
        self.assertEqual(handover.collected_by, "Chris Chauffeur")
        self._forget(driver)
        self.assertFalse(handover.signature or handover.document)
        self.assertEqual(handover.collected_by, driver.name)
        self.assertNotIn("Chauffeur", driver.name)
        self._forget(giver)
        self.assertNotIn("Gerda", handover.handed_over_by)
        self.assertFalse(handover.document_name)

    def _forget(self, person):
        self.env["waas.person.forget"].with_user(self.manager).create(
            {"partner_id": person.id}
        ).action_forget()
