import io

import openpyxl
import xlsxwriter
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ...sellout import xml_file
from ..common.replayed import replayed
from .common_sellout import SelloutCommon

WORDS = ("bundle_name", "bundle_code", "reseller_number", "deal_registration")


@tagged("post_install", "-at_install")
class TestSelloutWords(SelloutCommon):
    """Bundle, the partner's number and the deal's registration are in every file."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bundle.default_code = "WAAS-1"
        cls.number = cls.env["waas.manufacturer.reseller"].create(
            {
                "manufacturer_id": cls.manufacturer.id,
                "reseller_id": cls.reseller.id,
                "company_id": cls.also.id,
                "number": "-P7",  # no formula: a number is written as it is
            }
        )

    @replayed
    def _register(self, order, number="DR-9", user=None, manufacturer=None):
        return (
            self.env["waas.deal.registration"]
            .with_user(user or self.seller)
            .create(
                {
                    "order_id": order.id,
                    "manufacturer_id": (manufacturer or self.manufacturer).id,
                    "number": number,
                }
            )
        )

    def _get_words(self, lines):
        return [tuple(line[name] or False for name in WORDS) for line in lines]

    # === WHAT LINES SAY ===#

    def test_r5_a_line_names_bundle_partner_number_and_registration(self):
        order, _lot = self._rent(self._day(0))
        self._register(order)
        line = self._close().line_ids
        self.assertEqual(
            self._get_words(line), [("Workplace", "WAAS-1", "-P7", "DR-9")]
        )
        self.assertEqual(line.role, "maker")

    def test_r5_the_numbers_are_those_of_partner_deal_and_manufacturer(self):
        other = self.manufacturer.copy({"name": "Other Make", "approved": True})
        order, _lot = self._rent(self._day(0))
        self._register(order, "DR-OTHER", manufacturer=other)
        self._rent(
            self._day(0),
            partner_id=self.other_customer.id,
            waas_reseller_id=self.other_reseller.id,
        )
        first, second = self._open().line_ids.sorted("reseller_name")
        self.assertEqual(
            self._get_words(first | second),
            [
                ("Workplace", "WAAS-1", "-P7", False),
                ("Workplace", "WAAS-1", False, False),
            ],
        )

    def test_r5_numbers_of_another_company_are_not_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.number.company_id = other
        self._rent(self._day(0))
        self.assertFalse(self._open().line_ids.reseller_number)

    def test_r5_people_of_a_partner_count_for_the_partner(self):
        order, _lot = self._rent(self._day(0), waas_reseller_id=self.reseller.id)
        self.assertEqual(order.waas_reseller_id, self.reseller)
        with self._assert_refuses("it applies to all of its contacts", ValidationError):
            self.number.copy({"reseller_id": self.reseller.child_ids.id})
        self.assertEqual(self._open().line_ids.reseller_number, "-P7")

    def test_r5_the_bundle_of_options_upgrades_and_replacements(self):
        self._stock(2)
        self._stock(2, self.monitor)
        order = self._create_order()
        order._waas_add_bundle(self.bundle, 1, options={self.monitor_option: 1})
        self._confirm(order)
        self._hand_over(order, self._day(0))
        contract = order.sudo().waas_contract_ids
        laptop = contract.waas_device_ids.filtered(
            lambda lot: lot.product_id == self.laptop
        ).with_env(self.env)
        report = self._close()
        self.assertEqual(set(report.line_ids.mapped("bundle_code")), {"WAAS-1"})
        self.assertEqual(len(report.line_ids), 2)
        second, third = self._stock(2)
        self._replace(laptop, second, self._day(1, 5))
        self._close()
        self._replace(second, third, self._day(2, 5))
        line = self._close().line_ids.filtered(lambda line: line.quantity > 0)
        self.assertEqual((line.serial, line.bundle_code), (third.name, "WAAS-1"))

    def test_r5_the_bundle_of_what_a_change_brings(self):
        self._stock(2)
        order = self._confirm(self._create_order(quantity=1))
        self._hand_over(order, self._day(0))
        contract = order.waas_contract_ids
        self._close()
        change = self._create_change(contract, "seats", seat_count=1)
        self._agree(change)
        pickings = change.sudo().picking_ids
        pickings.action_assign()
        self._validate(pickings, self._day(1))
        line = self._close().line_ids
        self.assertEqual((line.bundle_name, line.bundle_code), ("Workplace", "WAAS-1"))

    def test_r5_the_bundle_of_seats(self):
        self.office_basic.write(
            {"waas_manufacturer_id": self.manufacturer.id, "waas_mpn": "OFF-B"}
        )
        order = self._confirm(self._create_order(quantity=2))
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(self._day(0))
        license_sudo._note_seats(2)
        line = self._close().line_ids
        self.assertEqual((line.quantity, line.bundle_code), (2, "WAAS-1"))

    def test_r5_corrections_repeat_the_words_and_closed_reports_keep_them(self):
        order, lot = self._rent(self._day(0, 20))
        registration = self._register(order)
        report = self._close()
        before = self._get_words(report.line_ids)
        content = report._get_content()
        self.number.number = "P-NEW"
        registration.number = "DR-NEW"
        self.bundle.write({"name": "Renamed", "default_code": "WAAS-2"})
        self._take_back(lot, self._day(1, 10))
        following = self._close()
        self.assertEqual(self._tell(following), [(lot.name, -1)])
        self.assertEqual(self._get_words(following.line_ids), before)
        self.assertEqual(self._get_words(report.line_ids), before)
        self.assertEqual(report._get_content(), content)

    def test_r5_a_number_that_comes_later_makes_no_line(self):
        self._rent(self._day(0))
        self.number.unlink()
        self._close()
        self.number = self.number.create(
            {
                "manufacturer_id": self.manufacturer.id,
                "reseller_id": self.reseller.id,
                "number": "P-8",
                "company_id": self.also.id,
            }
        )
        self.assertFalse(self._close().line_ids)

    def test_r5_an_open_report_takes_a_changed_number_up(self):
        self._rent(self._day(0))
        report = self._open()
        self.number.number = "P-8"
        report.action_refresh()
        self.assertEqual(report.line_ids.reseller_number, "P-8")

    def test_r5_more_devices_cost_no_more_words(self):
        def count(report):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            report._prepare_lines()
            return self.env.cr.sql_log_count - before

        report = self._open().sudo()
        self._register(self._rent(self._day(0))[0])
        few = count(report)
        for index in range(4):
            self._register(self._rent(self._day(0), quantity=2)[0], f"D{index}")
        self.assertLessEqual(count(report), few + 1)

    # === WHAT FILES SAY ===#

    def test_r5_every_format_has_the_columns(self):
        order, _lot = self._rent(self._day(0))
        self._register(order)
        wanted = ["Workplace", "WAAS-1", "-P7", "DR-9"]
        for kind in ("csv", "xlsx", "xml"):
            with self.subTest(kind=kind):
                manufacturer = self.manufacturer.copy(
                    {"name": kind, "approved": True, "sellout_format": kind}
                )
                self.laptop.waas_manufacturer_id = manufacturer
                self.number.copy({"manufacturer_id": manufacturer.id})
                self._register(order, manufacturer=manufacturer)
                report = self._close(self._open(manufacturer))
                self.assertEqual(self._read_words(kind, report), wanted)

    def _read_words(self, kind, report):
        columns = ("bundle", "bundle_code", "reseller_number", "deal_registration")
        if kind == "csv":
            [row] = self._read_csv(report)
            return [row[column] for column in columns]
        content = report._get_content()
        if kind == "xlsx":
            titles, row = openpyxl.load_workbook(io.BytesIO(content)).active.values
            return [row[titles.index(column)] for column in columns]
        root = etree.fromstring(content)
        return [
            root.findtext(f".//x:{name}", "", {"x": xml_file.NAMESPACE})
            for name in ("bundle", "bundleCode", "resellerNumber", "dealRegistration")
        ]

    # === WHO ENTERS THEM ===#

    def test_r5_waas_users_register_a_deal_before_and_after_its_signatures(self):
        order = self._create_order(quantity=1)
        with Form(order.with_user(self.seller)) as form:
            with form.waas_deal_registration_ids.new() as registration:
                registration.manufacturer_id = self.manufacturer
                registration.number = "DR-1"
        self._confirm(order)
        contract = order.waas_contract_ids
        self.assertEqual(contract.waas_deal_registration_ids.number, "DR-1")
        action = contract.with_user(self.seller).action_waas_deal_registrations()
        rows = (
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        rows.search(action["domain"]).number = "DR-2"
        self.assertEqual(order.waas_deal_registration_ids.number, "DR-2")
        with self._assert_violates():
            self._register(order, "DR-3")

    def test_r5_nothing_but_a_deal_of_waas_is_registered(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        with self._assert_refuses("is no WaaS deal", ValidationError):
            self._register(order)
        deal = self._create_order(quantity=1)
        with self._assert_refuses("Enter the number", ValidationError):
            self._register(deal, "  ")

    def test_r5_others_enter_no_numbers(self):
        deal = self._create_order(quantity=1)
        portal = self._create_portal_user(
            "r_one", self.reseller.child_ids, "also_waas.group_waas_reseller"
        )
        for user in (self.warehouse, self.officer, portal):
            with self.assertRaises(AccessError):
                self._register(deal, user=user)
            with self.assertRaises(AccessError):
                self.number.with_user(user).number = "Mine"
        with self.assertRaises(AccessError):
            self.number.with_user(self.seller).number = "Mine"
        self.number.with_user(self.manager).number = "Ours"

    def test_r5_people_of_another_company_see_no_numbers(self):
        registration = self._register(self._create_order(quantity=1))
        other = self.env["res.company"].create({"name": "Other"})
        boss = self.manager.copy({"login": "boss_elsewhere", "email": "b@else.test"})
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for record in (registration, self.number):
            there = record.with_user(boss).with_company(other)
            self.assertFalse(there.search([]))
            with self.assertRaises(AccessError):
                there.read(["number"])
            with self.assertRaises(AccessError):
                there.number = "Theirs"
        shared = self.manufacturer.with_user(boss).with_company(other)
        self.assertFalse(shared.reseller_number_ids)

    def test_r5_a_partner_sees_the_words_of_its_own_lines(self):
        portal = self._create_portal_user(
            "r_one", self.reseller.child_ids, "also_waas.group_waas_reseller"
        )
        order, _lot = self._rent(self._day(0))
        self._register(order)
        self._close()
        lines = self.env["waas.sellout.line"].with_user(portal).search([])
        self.assertEqual(
            self._get_words(lines), [("Workplace", "WAAS-1", "-P7", "DR-9")]
        )
        content = io.BytesIO(self._write_xlsx(lines.sudo()))  # as the portal does
        titles, row = openpyxl.load_workbook(content).active.values
        said = dict(zip(titles, row, strict=True))
        self.assertEqual(
            [said[title] for title in ("Bundle", "Bundle Code", "Partner Number")],
            ["Workplace", "WAAS-1", "-P7"],
        )
        self.assertEqual(said["Deal Registration"], "DR-9")

    def _write_xlsx(self, lines):
        output = io.BytesIO()
        workbook = xlsxwriter.Workbook(output, {"in_memory": True})
        self.env["report.also_waas.sellout_xlsx"].generate_xlsx_report(
            workbook, {}, lines
        )
        workbook.close()
        return output.getvalue()

    def test_r5_a_partner_shows_its_numbers_to_who_sells(self):
        self.assertEqual(
            self.reseller.with_user(self.seller).waas_number_ids, self.number
        )
        Form(self.reseller.with_user(self.seller))
        self.assertEqual(self.number.display_name, "Goodmake -P7")
