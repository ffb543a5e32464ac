from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common_erasure import ErasureCommon


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
        with self._assert_refuses("is created when its device comes back", AccessError):
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
        with self._assert_refuses("which cannot fail"):
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
        with self._assert_refuses("no certified erasure"):
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
