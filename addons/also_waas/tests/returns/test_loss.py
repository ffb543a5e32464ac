from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common.cases_returns import WaasReturnCommon
from .common_erasure import ErasureCommon


@tagged("post_install", "-at_install")
class TestLoss(ErasureCommon):
    """R15: what vanished from quarantine is written off, with a reason, and never seen
    in stock again without an erasure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock_manager = new_test_user(
            cls.env,
            "waas_stock_manager",
            "stock.group_stock_manager",
            company_id=cls.also.id,
        )
        cls.lost, *_others = cls.devices

    def _write_off(self, devices, reason="Not found at the count", user=None):
        user = user or self.stock_manager
        wizard = self.env["waas.device.loss"].with_user(user)
        wizard.create(
            {"device_ids": [Command.set(devices.ids)], "reason": reason}
        ).action_write_off()

    def test_r15_a_device_that_vanished_is_written_off(self):
        self._write_off(self.lost)
        self.assertEqual(self._get_place(self.lost).usage, "inventory")
        self.assertFalse(self.lost.waas_arrival_id)
        self.assertRecordValues(
            self.lost.waas_erasure_ids,
            [{"state": "lost", "note": "Not found at the count", "method": False}],
        )
        entries = self.lost.waas_custody_ids.sorted("sequence")[-2:]
        self.assertEqual(entries.mapped("event"), ["missing", "written_off"])
        self.assertEqual(entries[0].note, "Not found at the count")
        self.assertEqual(entries[0].author, self.stock_manager.name)
        self.assertFalse(self.lost._waas_get_custody_problems())
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.total_value, 2000.0)

    def test_r15_somebody_is_told_that_data_may_be_in_wrong_hands(self):
        self._write_off(self.lost)
        todo = self.lost.activity_ids
        self.assertEqual(todo.summary, "Lost before its data was erased")
        self.assertIn(self.customer.name, todo.note)
        self.assertTrue(todo.user_id.has_group("also_waas.group_waas_manager"))

    def test_r15_what_was_erased_before_it_vanished_is_no_data_breach(self):
        self._certify(self.devices)
        self._write_off(self.lost)
        self.assertFalse(self.lost.activity_ids)
        self.assertEqual(self.lost.waas_erasure_ids.state, "passed")
        self.assertEqual(self._get_place(self.lost).usage, "inventory")

    def test_r15_the_return_goes_on_without_it(self):
        self._certify(self.devices[1:])
        self.assertFalse(self.record.certificate_ids)
        self._write_off(self.lost)
        certificate = self.record.certificate_ids
        self.assertEqual(certificate.erasure_ids.device_id, self.devices[1:])
        self._grade(self.devices[1:])
        self.assertEqual(self.record.state, "closed")

    def test_r15_what_turns_up_again_waits_for_its_erasure(self):
        self._write_off(self.lost)
        found = self.env["waas.return"].with_user(self.warehouse)
        [finding] = found._receive_scans([self.lost.name], self.also)["findings"]
        self.assertEqual(finding.kind, "written_off")
        finding.action_take_back()
        self.assertEqual(self._get_place(self.lost), self.quarantine)
        self.assertEqual(
            self.lost.waas_erasure_ids.sorted("id").mapped("state"), ["lost", "todo"]
        )
        with self._assert_refuses("with a certificate only"):
            self._grade(self.lost)

    def test_only_an_administrator_of_the_inventory_writes_off(self):
        for user in self.warehouse, self.seller, self.manager, self.accountant:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._write_off(self.lost, user=user)
        self.assertEqual(self._get_place(self.lost), self.quarantine)

    def test_what_is_elsewhere_is_written_off_elsewhere(self):
        with self._assert_refuses("how the devices were lost"):
            self._write_off(self.lost, reason="  ")
        with self._assert_refuses("not in quarantine: what is lost elsewhere"):
            self._write_off(self._put_in_stock(self.laptop, 1, 60))
        rented = self._rent_out(1, self.other_customer, first=70)
        with self._assert_refuses("is with Customer Two: report it missing"):
            self._write_off(self.lost | rented)
        self.assertEqual(self._get_place(self.lost), self.quarantine)
        self._write_off(self.lost)
        with self._assert_refuses("not in quarantine"):
            self._write_off(self.lost)

    def test_r15_the_database_wants_a_reason(self):
        with self._assert_violates():
            self.lost.waas_erasure_ids.sudo().write({"state": "lost"})
            self.env.flush_all()

    def test_i9_what_left_quarantine_does_not_leave_it_again(self):
        """A device that was destroyed is no second one in stock, nor is one that was
        released."""
        destroyed, released = self.devices[1:]
        self._certify(destroyed, method="destroy")
        self._certify(released)
        self._grade(released, "resale")
        for device in destroyed, released:
            self.assertNotEqual(self._get_place(device), self.quarantine)
            with self._assert_refuses("is not in quarantine"):
                self._move(device, self.shelf, source=self.quarantine)
            with self._assert_refuses("is not in quarantine"):
                self.env["stock.quant"]._update_available_quantity(
                    device.product_id, self.quarantine, -1, lot_id=device
                )

    def test_what_has_no_serial_number_leaves_quarantine_as_any_place(self):
        """Somebody put cables there."""
        cable = self.env["product.product"].create(
            {"name": "Cable", "type": "consu", "is_storable": True}
        )
        quants = self.env["stock.quant"]
        quants._update_available_quantity(cable, self.quarantine, 5)
        for quantity in (-5, -1):
            quants._update_available_quantity(cable, self.quarantine, quantity)
        move = self.env["stock.move"].create(
            {
                "product_id": cable.id,
                "product_uom_qty": 1,
                "location_id": self.quarantine.id,
                "location_dest_id": self.shelf.id,
            }
        )
        move._action_confirm()
        move.write({"quantity": 1, "picked": True})
        move._action_done()
        self.assertEqual(cable.with_context(location=self.shelf.id).qty_available, 1)

    def test_r15_lost_is_no_way_into_stock(self):
        self.lost.waas_erasure_ids.sudo()._note_loss("Only noted")
        with self._assert_refuses("with a certificate only"):
            self._move(self.lost, self.shelf)
        with self._assert_refuses("with a certificate only"):
            self._grade(self.lost, "resale")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("receive", "pass", "fail", "destroy", "move", "grade")),
        st.integers(0, 2),
        st.sampled_from(("refurbished", "resale", "scrap")),
    ),
    max_size=12,
)


@tagged("post_install", "-at_install")
class TestNothingLeavesWithoutCertificate(WaasReturnCommon):
    """I9, with generated sequences of what people may try, in any order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._create_return(cls.devices)
        cls.shelf = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.also.id)], limit=1)
            .lot_stock_id
        )

    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(steps=STEPS)
    def test_i9_no_device_leaves_quarantine_without_a_certificate(self, steps):
        with self._undone():
            for step, index, decision in steps:
                self._try(step, self.devices[index], decision)
                self._check()

    def _try(self, step, device, decision):
        """Somebody tries something; it is done, or refused and undone."""
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_try_{step}")(device, decision)
        except (UserError, ValidationError):
            self.env.invalidate_all()

    def _try_receive(self, device, _decision):
        self._receive(self.record, device)

    def _try_pass(self, device, _decision):
        self._certify(device)

    def _try_fail(self, device, _decision):
        self._certify(device, result="failed")

    def _try_destroy(self, device, _decision):
        self._certify(device, method="destroy")

    def _try_grade(self, device, decision):
        self._grade(device, decision)

    def _try_move(self, device, decision):
        target = self.also._waas_get_release_location(decision)
        self.env["stock.quant"]._update_available_quantity(
            device.product_id, self.quarantine, -1, lot_id=device
        )
        self.env["stock.quant"]._update_available_quantity(
            device.product_id, target, 1, lot_id=device
        )

    def _check(self):
        self.assertFalse(self.devices._waas_get_custody_problems())
        for device in self.devices:
            places = device.quant_ids.filtered(lambda quant: quant.quantity > 0)
            with self.subTest(device=device.name):
                self.assertEqual(sum(places.mapped("quantity")), 1)
                if places.location_id not in (
                    self.quarantine,
                    self.also.waas_location_id,
                ):
                    self.assertIn("passed", device.waas_erasure_ids.mapped("state"))
