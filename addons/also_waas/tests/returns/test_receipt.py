from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestReceipt(ReturnCommon):
    """R15: what comes back is scanned, and every serial number is answered."""

    def test_r15_devices_come_back_into_quarantine_and_leave_the_contract(self):
        record = self._create_return(self.devices)
        value = self.laptop.total_value
        self._receive(record, self.devices, user=self.warehouse)
        self.assertEqual(record.state, "received")
        self.assertEqual(set(record.line_ids.mapped("state")), {"received"})
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)
        self.assertFalse(self.devices.waas_contract_id)
        self.assertEqual(self.laptop.total_value, value)
        notes = self.contract.message_ids.mapped("body")
        self.assertTrue(any("Back from the customer" in note for note in notes))

    def test_r15_quarantined_devices_are_not_available(self):
        self._receive(self._create_return(self.devices), self.devices)
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.free_qty, 0.0)
        self.assertEqual(self.laptop.qty_available, 0.0)
        self.assertFalse(self.devices[0]._waas_is_free(self.also))
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        self.assertFalse(order.picking_ids.move_line_ids)

    def test_r15_a_part_comes_first(self):
        record = self._create_return(self.devices)
        first, *others = self.devices
        self._receive(record, first)
        self.assertEqual(record.state, "announced")
        self.assertEqual(record.open_count, 2)
        self.assertEqual(self.contract.waas_device_count, 2)
        self._receive(record, self.devices.browse(o.id for o in others))
        self.assertEqual(record.state, "received")
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)

    def test_one_return_takes_devices_of_several_contracts(self):
        more = self._rent_out(2, self.customer, first=10)
        record = self._create_return(self.devices + more)
        self.assertEqual(len(record.contract_ids), 2)
        self._receive(record, self.devices + more)
        self.assertEqual(record.state, "received")
        self.assertFalse((self.devices + more).waas_contract_id)

    def test_a_return_is_for_one_customer(self):
        others = self._rent_out(1, self.other_customer, first=10)
        with self._assert_refuses("devices of one end customer", ValidationError):
            self._create_return(self.devices + others)

    def test_a_device_is_in_one_return(self):
        self._create_return(self.devices[0])
        with self._assert_violates():
            self._create_return(self.devices[0])

    def test_every_scan_is_answered_at_once(self):
        others = self._rent_out(1, self.other_customer, first=10)
        stock = self._put_in_stock(self.laptop, 1, 20)
        record = self._create_return(self.devices[:2])
        self._receive(record, self.devices[0])
        wizard = Form(
            self.env["waas.return.receive"]
            .with_user(self.warehouse)
            .with_context(default_return_id=record.id)
        )
        for serial in (
            self.devices[0].name,
            self.devices[1].name,
            self.devices[1].name,
            self.devices[2].name,
            others.name,
            stock.name,
            "NOBODY-KNOWS",
        ):
            wizard.scan = serial
            self.assertFalse(wizard.scan)
        receive = wizard.save()
        self.assertEqual(
            receive.line_ids.mapped("kind"),
            [
                "received",
                "expected",
                "extra",
                "other_customer",
                "in_stock",
                "unknown",
            ],
        )
        self.assertIn(self.other_customer.display_name, receive.line_ids[3].message)
        receive.line_ids[1].is_damaged = True
        receive.action_receive()
        self.assertEqual(
            record.line_ids.mapped(lambda line: (line.state, line.is_extra)),
            [("received", False), ("damaged", False), ("received", True)],
        )
        self.assertEqual(
            record.finding_ids.sorted("id").mapped("kind"),
            ["other_customer", "in_stock", "unknown"],
        )
        # It is another customer's: nothing happened to it.
        self.assertTrue(others.waas_contract_id)

    def test_r15_a_device_of_another_customer_is_taken_in_as_theirs(self):
        others = self._rent_out(1, self.other_customer, first=10)
        record = self._create_return(self.devices)
        self._receive(record, self.devices + others)
        finding = record.finding_ids
        finding.with_user(self.warehouse).action_take_back()
        self.assertEqual(finding.state, "settled")
        line = others.waas_return_line_ids
        self.assertEqual(line.return_id.partner_id, self.other_customer)
        self.assertEqual((line.state, line.is_extra), ("received", True))
        self.assertEqual(self._get_places(others), [self.quarantine])

    def test_what_is_put_aside_needs_an_answer(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self.env["waas.return"].with_user(self.warehouse)._receive_scans(
            ["WHAT-1", "WHAT-1"], self.also, record
        )
        finding = record.finding_ids.with_user(self.warehouse)
        self.assertEqual(len(finding), 1)
        with self._assert_refuses("cannot be changed", AccessError):
            finding.state = "settled"
        with self._assert_refuses("Enter the outcome of WHAT-1"):
            finding.action_settle()
        with self._assert_refuses("not a device that a customer has"):
            finding.action_take_back()
        self._certify(self.devices)
        self._grade(self.devices)
        self.assertEqual(record.state, "received")
        finding.note = "Sent back to the customer"
        finding.action_settle()
        self.assertEqual(record.state, "closed")

    def test_r15_damage_is_noted(self):
        record = self._create_return(self.devices)
        damage = {self.devices[0].name: "Broken hinge"}
        self._receive(record, self.devices, **damage)
        self.assertEqual(record.line_ids[0].state, "damaged")
        entry = self.devices[0].waas_custody_ids.sorted("sequence")[-1]
        self.assertEqual((entry.event, entry.note), ("damaged", "Broken hinge"))

    def test_r15_return_on_a_delivery_leads_to_quarantine_and_settles_the_return(self):
        record = self._create_return(self.devices)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.delivery.id}
        )
        wizard.action_create_returns_all()
        receipt = self.delivery.return_ids
        receipt.action_assign()
        receipt.move_ids.picked = True
        receipt.with_user(self.warehouse).button_validate()
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)
        self.assertEqual(record.state, "received")
        self.assertEqual(set(record.picking_ids.mapped("state")), {"cancel"})

    def test_r15_a_defective_device_that_was_replaced_waits_for_its_erasure(self):
        new = self._put_in_stock(self.laptop, 1, 10)
        replacement = self.env["waas.replacement"]._start(
            self.devices[0], new, "Broken"
        )
        pickings = (replacement.delivery_id + replacement.receipt_id).sudo()
        pickings.move_ids.picked = True
        pickings.button_validate()
        self.assertEqual(self._get_places(self.devices[:1]), [self.quarantine])
        self.assertEqual(self.devices[0].waas_erasure_ids.state, "todo")

    def test_a_return_that_is_called_off_leaves_the_devices_where_they_are(self):
        record = self._create_return(self.devices)
        record.action_cancel()
        self.assertEqual(set(record.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual(set(record.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self.devices.waas_contract_id, self.contract)
        self._create_return(self.devices)
