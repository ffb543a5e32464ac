from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..common.cases import WaasReturnCommon


class ErasureCommon(WaasReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._create_return(cls.devices)
        cls._receive(cls.record, cls.devices)
        cls.shelf = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.also.id)], limit=1)
            .lot_stock_id
        )

    def _get_place(self, device):
        return device.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id

    def _move(self, device, target, source=None, user=None):
        """What somebody does who moves a device by an ordinary transfer."""
        warehouse = self.shelf.warehouse_id
        source = source or self._get_place(device)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.int_type_id.id,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )
        move = picking._waas_add_device(device, source, target)
        move._waas_pick_device(device)
        return picking.with_user(user or self.warehouse)._action_done()


@tagged("post_install", "-at_install")
class TestErasure(ErasureCommon):
    """R15, I9: nothing leaves quarantine before its erasure is certified."""

    def test_r15_every_device_that_comes_back_asks_for_its_erasure(self):
        self.assertEqual(self.devices.waas_erasure_ids.mapped("state"), ["todo"] * 3)
        self.assertEqual(self.record.erasure_ids.device_id, self.devices)
        self.assertTrue(self.record.erasure_ids[0].name.startswith("ER/"))

    def test_r15_no_device_leaves_quarantine_without_a_certificate(self):
        device = self.devices[0]
        for location in (
            self.shelf,
            self.also.waas_resale_location_id,
            self.env.ref("stock.stock_location_customers"),
            self.env.ref("stock.stock_location_suppliers"),
        ):
            with (
                self.subTest(location=location.name),
                self._assert_refuses("with a certificate only"),
            ):
                self._move(device, location)
        self.assertEqual(self._get_place(device), self.quarantine)

    def test_r15_scrapping_and_counting_do_not_go_around_it(self):
        device = self.devices[0]
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.laptop.id,
                "lot_id": device.id,
                "company_id": self.also.id,
                "location_id": self.quarantine.id,
            }
        )
        with self._assert_refuses("with a certificate only"):
            scrap.action_validate()
        quant = device.quant_ids.filtered(
            lambda quant: quant.location_id == self.quarantine
        )
        with self._assert_refuses("with a certificate only"):
            quant.inventory_quantity = 0
            quant.action_apply_inventory()
        with self._assert_refuses("with a certificate only", ValidationError):
            self.env["stock.quant"]._update_available_quantity(
                self.laptop, self.quarantine, -1, lot_id=device
            )

    def test_r15_grading_waits_for_the_certificate(self):
        for decision in "refurbished", "resale", "scrap":
            with self._assert_refuses("with a certificate only"):
                self._grade(self.devices[:1], decision)

    def test_r15_an_erased_device_goes_back_to_stock_refurbished(self):
        self._certify(self.devices)
        self._grade(self.devices[:1], "refurbished", "a")
        device = self.devices[0]
        self.assertEqual(self._get_place(device), self.shelf)
        self.assertRecordValues(
            device,
            [{"waas_grade": "a", "waas_refurbished": True, "waas_arrival_id": False}],
        )
        self.assertTrue(device._waas_is_free(self.also))
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.free_qty, 1.0)
        self.assertEqual(self.laptop.total_value, 3000.0)

    def test_r15_an_erased_device_is_sold_or_scrapped(self):
        self._certify(self.devices)
        first, second, third = self.devices
        self._grade(first, "resale")
        self._grade(second + third, "scrap", "d")
        self.assertEqual(self._get_place(first), self.also.waas_resale_location_id)
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.free_qty, 0.0)
        self.assertEqual(self.laptop.total_value, 1000.0)
        self.assertEqual(self._get_place(second).usage, "inventory")
        self.assertEqual(self.record.state, "closed")

    def test_r15_a_certificate_is_for_one_stay(self):
        device = self.devices[0]
        self._certify(self.devices)
        self._grade(device)
        order = self._confirm(self._create_order(12, quantity=1))
        self._deliver(order)
        self.assertTrue(device.waas_contract_id)
        again = self._create_return(device)
        self._receive(again, device)
        self.assertFalse(device.waas_grade)
        with self._assert_refuses("with a certificate only"):
            self._grade(device)
        self._certify(device)
        self._grade(device)
        self.assertEqual(again.state, "closed")

    def test_r15_what_holds_no_data_is_certified_at_once(self):
        self._put_in_stock(self.monitor, 1)
        self._put_in_stock(self.laptop, 1, 30)
        order = self._create_order(12)
        order._waas_add_bundle(self.bundle, 1, options={self.monitor_option: 1})
        self._confirm(order)
        self._deliver(order)
        monitor = order.sudo().waas_contract_ids.waas_device_ids.filtered(
            lambda device: device.product_id == self.monitor
        )
        record = self._create_return(monitor)
        self._receive(record, monitor)
        self.assertRecordValues(
            monitor.waas_erasure_ids, [{"state": "passed", "method": "none"}]
        )
        self.assertEqual(
            monitor.waas_custody_ids.sorted("sequence").mapped("event")[-2:],
            ["back", "erased"],
        )
        self.assertEqual(record.certificate_ids.device_count, 1)
        self._grade(monitor)
        self.assertEqual(record.state, "closed")

    def test_r15_a_new_device_counts_as_one_that_holds_data(self):
        self.assertTrue(self._create_device("Anything").waas_holds_data)

    def test_r15_what_turns_out_to_hold_no_data_waits_for_no_erasure(self):
        erasure = self.devices[0].waas_erasure_ids
        with self._assert_refuses("Laptop holds data.*untick Holds Data"):
            erasure.with_user(self.warehouse).action_nothing_to_erase()
        self.laptop.waas_holds_data = False
        with self.assertRaises(AccessError):
            erasure.with_user(self.accountant).action_nothing_to_erase()
        erasure.with_user(self.warehouse).action_nothing_to_erase()
        self.assertRecordValues(erasure, [{"state": "passed", "method": "none"}])
        self._grade(self.devices[:1])
        with self._assert_refuses("has its result"):
            erasure.with_user(self.warehouse).action_nothing_to_erase()

    def test_r15_what_could_not_be_erased_holds_data_whatever_is_ticked(self):
        self._certify(self.devices[:1], result="failed", document=False)
        self.laptop.waas_holds_data = False
        todo = self.devices[0].waas_erasure_ids.filtered("must_destroy")
        with self._assert_refuses("is erased or destroyed"):
            todo.with_user(self.warehouse).action_nothing_to_erase()

    def test_r15_a_certificate_needs_proof(self):
        today = fields.Date.today()
        lapsed = self._create_processor("Lapsed", date(2020, 6, 30))
        for values, problem in (
            ({"document": False}, "Attach the certificate"),
            ({"date": today + timedelta(days=1)}, "today or before"),
            ({"date": today - timedelta(days=9)}, "came back after that day"),
            ({"processor_id": lapsed.id}, "No certificate of Lapsed"),
            ({"processor_id": self.customer.id}, "is no certified processor"),
        ):
            with self.subTest(problem=problem), self._assert_refuses(problem):
                self._certify(self.devices[:1], **values)

    def test_r15_what_was_certified_stays_so(self):
        erasure = self._certify(self.devices[:1])
        for erasures in erasure.sudo(), erasure.with_user(self.manager):
            with self._assert_refuses("is not changed"):
                erasures.write({"state": "todo"})
        with self._assert_refuses("asks for its erasure by itself", AccessError):
            erasure.sudo().unlink()
        with self.assertRaises(AccessError):
            self.devices[1].waas_erasure_ids.with_user(self.manager).write(
                {"state": "passed"}
            )
        with self._assert_refuses("has its result"):
            erasure._certify({}, passed=True)

    def test_r15_the_database_keeps_certificates_whole(self):
        erasure = self.devices[0].waas_erasure_ids
        with self._assert_violates():
            erasure.sudo().state = "passed"
            self.env.flush_all()

    def test_only_certified_devices_in_quarantine_are_graded(self):
        stock = self._put_in_stock(self.laptop, 1, 40)
        with self._assert_refuses("is not in quarantine"):
            self._grade(stock)
        with self._assert_refuses("graded with Grade Devices", AccessError):
            stock.with_user(self.manager).waas_grade = "a"

    def test_sellers_without_the_warehouse_certify_nothing(self):
        with self.assertRaises(AccessError):
            self._certify(self.devices, user=self.accountant)
        with self.assertRaises(AccessError):
            self._grade(self.devices, user=self.accountant)

    def test_a_quarantine_lies_outside_of_warehouses(self):
        with self._assert_refuses("lies within warehouse", ValidationError):
            self.env["stock.location"].create(
                {
                    "name": "Wrong",
                    "usage": "internal",
                    "company_id": self.also.id,
                    "location_id": self.shelf.id,
                    "is_waas_quarantine": True,
                }
            )
        with self._assert_refuses("has contents", ValidationError):
            self.quarantine.is_waas_quarantine = False


@tagged("post_install", "-at_install")
class TestDestruction(ErasureCommon):
    """R15: what cannot be erased is destroyed, with proof."""

    def test_r15_a_failed_erasure_leads_to_destruction(self):
        device = self.devices[0]
        failed = self._certify(device, result="failed", document=False)
        self.assertEqual(failed.state, "failed")
        todo = device.waas_erasure_ids - failed
        self.assertRecordValues(todo, [{"state": "todo", "must_destroy": True}])
        with self._assert_refuses("with a certificate only"):
            self._grade(device)
        with self._assert_refuses("only its destruction"):
            self._certify(device)
        with self._assert_refuses("Attach the certificate"):
            self._certify(device, method="destroy", document=False)
        with self._assert_refuses("does not fail"):
            self._certify(device, result="failed")
        self._certify(device, method="destroy")
        self.assertEqual(self._get_place(device).usage, "inventory")
        self.assertEqual(
            device.waas_custody_ids.sorted("sequence").mapped("event")[-4:],
            ["not_erased", "destroyed", "graded", "scrapped"],
        )

    def test_r15_a_destroyed_device_never_goes_back(self):
        device = self.devices[0]
        self._certify(device, method="destroy")
        self.assertEqual(self._get_place(device).usage, "inventory")
        with self._assert_refuses("is not in quarantine"):
            self._grade(device, "refurbished")


@tagged("post_install", "-at_install")
class TestCertificate(ErasureCommon):
    """R15: the customer gets proof, when all is done."""

    def test_r15_the_customer_gets_a_certificate_when_all_is_erased(self):
        self._certify(self.devices[:2])
        self.assertFalse(self.record.certificate_ids)
        self._certify(self.devices[2])
        certificate = self.record.certificate_ids
        self.assertRecordValues(
            certificate,
            [{"device_count": 3, "state": "valid", "partner_id": self.customer.id}],
        )
        self.assertTrue(certificate._is_true())
        mail = self.env["mail.mail"].search(
            [("model", "=", "waas.certificate"), ("res_id", "=", certificate.id)]
        )
        self.assertIn(self.customer, mail.recipient_ids)
        mail._waas_print_documents()
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn(certificate.name, mail.attachment_ids.name)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("also_waas.report_certificate", certificate.ids)[0]
            .decode()
        )
        for text in (
            *self.devices.mapped("name"),
            certificate.content_sha256,
            "NIST SP 800-88",
            "data:image/png",
        ):
            self.assertIn(text, html)

    def test_a_certificate_for_a_part_may_be_issued_before(self):
        self._certify(self.devices[:1])
        self.record.action_issue_certificate()
        self.assertEqual(self.record.certificate_ids.device_count, 1)
        with self._assert_refuses("nothing certified"):
            self.record.action_issue_certificate()
        self._certify(self.devices[1:])
        self.assertEqual(
            sorted(self.record.certificate_ids.mapped("device_count")), [1, 2]
        )

    def test_r15_a_certificate_that_says_something_else_does_not_count(self):
        self._certify(self.devices)
        certificate = self.record.certificate_ids
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE waas_erasure SET serial = 'OTHER' WHERE id = %s",
            [certificate.erasure_ids[0].id],
        )
        self.env.invalidate_all()
        self.assertFalse(certificate._is_true())

    def test_only_a_manager_withdraws_a_certificate(self):
        self._certify(self.devices)
        certificate = self.record.certificate_ids
        with self.assertRaises(AccessError):
            certificate.with_user(self.warehouse).action_withdraw()
        certificate.with_user(self.manager).action_withdraw()
        self.assertFalse(certificate._is_true())
        with self.assertRaises(AccessError):
            certificate.with_user(self.manager).write({"state": "valid"})
        self.record.action_issue_certificate()
        self.assertEqual(len(self.record.certificate_ids), 2)

    def test_nobody_reads_the_secret_of_the_public_page(self):
        self._certify(self.devices)
        with self.assertRaises(AccessError):
            self.record.certificate_ids.with_user(self.manager).read(["token"])


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
