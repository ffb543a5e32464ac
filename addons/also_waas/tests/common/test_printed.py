import io
import re

from pypdf import PdfReader

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..returns.common_returns import ReturnCommon


@tagged("post_install", "-at_install", "slow")
class TestPrinted(ReturnCommon, HttpCase):
    """The papers as they come out of the printer, not as HTML: what is on them can be
    read, and the pages are as many as they should be."""

    def setUp(self):
        super().setUp()
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() != "ok":
            self.skipTest("needs wkhtmltopdf")

    def _print(self, report, records):
        """What a report prints.

        :return: the text of each page, its white space as single blanks
        """
        content, kind = (
            self.env["ir.actions.report"]
            .with_user(self.manager)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(report, records.ids)
        )
        self.assertEqual(kind, "pdf")
        pages = PdfReader(io.BytesIO(content)).pages
        return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]

    def _assert_on(self, text, *expected):
        for words in expected:
            self.assertIn(words, text)

    def test_r13_a_label_for_each_device(self):
        pages = self._print("also_waas.action_report_device_label", self.devices)
        # Nothing spills over to a label of its own.
        self.assertEqual(len(pages), 3)
        for page, device in zip(pages, self.devices, strict=True):
            self._assert_on(
                page,
                device.name,
                self.contract.name,
                f"Property of {self.also.name}",
                "For rent, not for sale",
            )

    def test_r13_a_label_holds_long_names_and_an_address(self):
        self.also.write({"phone": "+31 30 123 45 67", "email": "returns@also.test"})
        self.laptop.name = "Ultrabook Professional 14 inch 16 GB with a very long name"
        device = self.devices[0]
        device.name = "5CG1234XYZ-0123456789-ABCDEFGH"
        [page] = self._print("also_waas.action_report_device_label", device)
        self._assert_on(page, "+31 30 123 45 67", "returns@also.test")
        self.assertIn(device.name, page.replace("- ", "-"))

    def test_r13_delivery_slip_with_serial_numbers(self):
        [page] = self._print("stock.action_report_delivery", self.delivery)
        self._assert_on(
            page,
            *self.devices.mapped("name"),
            f"Property of {self.also.name}",
            self.contract.name,
        )

    def test_r15_packing_list_and_return_label(self):
        record = self._create_return(self.devices)
        packing_list, label = self._print("also_waas.action_report_return", record)
        self._assert_on(
            packing_list,
            *self.devices.mapped("name"),
            record.name,
            "bears the full responsibility",
            "remove locks",
        )
        self._assert_on(label, record.name, "3 devices", self.customer.name)
        self.assertNotIn(self.devices[0].name, label)

    def test_r15_hand_over_slip_of_a_pick_up(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        [page] = self._print("also_waas.action_report_pickup", record)
        self._assert_on(
            page,
            *self.devices.mapped("name"),
            record.name,
            "Wiper",
            "Porter",
            "Handed over",
            "Collected",
        )

    def test_r15_certificate(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._certify(self.devices)
        certificate = record.certificate_ids
        [page] = self._print("also_waas.action_report_certificate", certificate)
        self._assert_on(
            page,
            *self.devices.mapped("name"),
            certificate.name,
            "NIST SP 800-88",
            "Wiper",
        )
        # Long words are broken at the edge of the paper, not cut off.
        self.assertIn(certificate.content_sha256, page.replace(" ", ""))

    def test_many_devices_take_as_many_pages_as_they_need(self):
        """And the heads of the tables and pages cover none of them."""
        more = self._rent_out(60, self.customer, first=100)
        record = self._create_return(self.devices | more)
        *lists, _label = self._print("also_waas.action_report_return", record)
        self.assertGreater(len(lists), 1)
        for page in lists:
            self.assertIn("Serial Number", page)
        for device in self.devices | more:
            self.assertIn(device.name, " ".join(lists))

    def test_r8_commission_statement(self):
        today = fields.Date.today()
        statement = (
            self.env["waas.commission.statement"]
            .with_user(self.manager)
            .create({"company_id": self.also.id, "date_from": today.replace(day=1)})
        )
        [page] = self._print("also_waas.action_report_commission_statement", statement)
        self._assert_on(page, self.reseller.name, self.contract.name, "$ 60.00")
