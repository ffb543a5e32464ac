from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, tagged

from ...models.sellout.waas_sellout_report_sales import Sale
from ...sellout.ledger import (
    COUNTED,
    REVERSED,
    SWAPPED,
    UNCOUNTED,
    Passage,
    count_devices,
)
from .common_sellout import SelloutCommon, few_examples


@tagged("post_install", "-at_install")
class TestSelloutLines(SelloutCommon):
    """What a report says: each device once, and what changed afterwards."""

    def test_r5_a_delivered_device_is_reported_in_the_name_of_its_reseller(self):
        order, lot = self._rent(self._day(0))
        report = self._open()
        line = report.line_ids
        self.assertEqual(
            (line.kind, line.quantity, line.serial, line.mpn, line.sku),
            ("sale", 1, lot.name, "GM-14-G1", "LAP14"),
        )
        self.assertEqual(line.reseller_id, self.reseller)
        self.assertEqual(line.reseller_name, "Partner One")
        self.assertEqual(line.date, self._day(0))
        self.assertEqual(line.country_id.code, "NL")
        self.assertEqual(line.contract_id, order.waas_contract_ids)
        self.assertFalse(line.customer_name)

    def test_r5_a_report_says_what_happened_in_its_period(self):
        _order, first = self._rent(self._day(0, 1))
        _order, last = self._rent(self._day(1, 1) - timedelta(days=1))
        _order, later = self._rent(self._day(1, 1))
        january, february = self._close_months(2)
        self.assertEqual(self._tell(january), [(first.name, 1), (last.name, 1)])
        self.assertEqual(self._tell(february), [(later.name, 1)])
        self.assertEqual(february.date_from, january.date_to + timedelta(days=1))

    def test_r5_what_was_delivered_before_the_first_report_is_not_reported(self):
        self._rent(self.start - timedelta(days=1))
        report = self._open()
        self.assertFalse(report.line_ids)
        self.assertEqual((report.uncounted_count, report.difference_count), (1, 0))

    def test_r5_the_day_is_that_where_the_company_is(self):
        self.also.partner_id.tz = "Europe/Amsterdam"
        _order, lot = self._rent(self._day(0))
        picking = lot.waas_history_ids.picking_id
        # Half past eleven in the evening in London: the next day in Amsterdam.
        picking.sudo().date_done = fields.Datetime.to_datetime(
            self._day(1, 1) - timedelta(days=1)
        ) + timedelta(hours=23, minutes=30)
        self.assertFalse(self._close().line_ids)
        self.assertEqual(self._close().line_ids.date, self._day(1, 1))

    def test_r5_more_devices_cost_no_more_queries(self):
        """To find what is sold out, to prove it and to write it down."""

        def count(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def count_all(report):
            return [
                count(report._prepare_lines),
                count(report._refresh),
                count(report._check),
                count(report._write_file),
            ]

        for _order in range(2):
            self._rent(self._day(0))
        report = self._open().sudo()
        report.line_ids.unlink()
        few = count_all(report)
        for _order in range(6):
            self._rent(self._day(0), quantity=2)
        report.line_ids.unlink()
        many = count_all(report)
        for one, other in zip(few, many, strict=True):
            self.assertLessEqual(other, one + 1)

    def test_r5_each_manufacturer_is_told_of_its_own_devices(self):
        other = self.env["waas.manufacturer"].create(
            {
                "name": "Other Make",
                "approved": True,
                "warranty_max_months": 60,
                "sellout": True,
                "sellout_start": self.start,
            }
        )
        self._rent(self._day(0))
        self.assertFalse(self._open(other).line_ids)
        self.assertEqual(len(self._open().line_ids), 1)

    def test_r5_a_late_delivery_comes_with_the_next_report(self):
        closed = self._close()
        _order, lot = self._rent(self._day(0))
        following = self._close()
        self.assertFalse(closed.line_ids)
        self.assertEqual(self._tell(following), [(lot.name, 1)])
        self.assertTrue(following.line_ids.is_late)
        self.assertEqual(following.delta_count, 1)
        self.assertFalse(self._close().line_ids)

    def test_r5_a_delivery_that_is_undone_is_taken_off_again(self):
        _order, lot = self._rent(self._day(0, 20))
        told = self._close().line_ids
        self._take_back(lot, self._day(1, 10))
        following = self._close()
        self.assertEqual(self._tell(following), [(lot.name, -1)])
        self.assertEqual(following.line_ids.corrects_id, told)
        self.assertEqual(following.line_ids.kind, "reversal")
        self.assertEqual(following.line_ids.date, self._day(1, 10))
        self.assertFalse(self._close().line_ids)

    def test_r5_what_was_delivered_and_undone_in_one_period_is_no_sell_out(self):
        _order, lot = self._rent(self._day(0, 5))
        self._take_back(lot, self._day(0, 20))
        self.assertFalse(self._open().line_ids)

    def test_r5_what_comes_back_later_was_sold_out(self):
        _order, lot = self._rent(self._day(0))
        self._close()
        self._take_back(lot, self._day(0) + timedelta(days=31))
        following = self._close()
        self.assertFalse(following.line_ids)
        self.assertEqual(
            sum(following.manufacturer_id.sellout_report_ids.mapped("quantity")), 1
        )

    def test_r5_a_used_device_that_is_rented_out_again_is_no_new_sell_out(self):
        _order, lot = self._rent(self._day(0))
        self._take_back(lot, self._day(2))
        self._refurbish(lot)
        order = self._confirm(self._create_order(quantity=1, months=12))
        self._hand_over(order, self._day(3))
        self.assertEqual(lot.waas_contract_id, order.waas_contract_ids)
        reports = self._close_months(4)
        self.assertEqual(sum(reports.mapped("quantity")), 1)
        self.assertEqual(self._open().difference_count, 0)

    def test_r5_an_undone_delivery_may_be_sold_out_again(self):
        _order, lot = self._rent(self._day(0, 20))
        self._close()
        self._take_back(lot, self._day(1, 10))
        self._close()
        self._refurbish(lot)
        order = self._confirm(self._create_order(quantity=1))
        self._hand_over(order, self._day(2))
        line = self._close().line_ids
        self.assertEqual((line.serial, line.quantity, line.revision), (lot.name, 1, 3))
        self.assertEqual(line.contract_id, order.waas_contract_ids)

    def test_r5_a_replacement_swaps_serial_numbers_and_sells_nothing(self):
        _order, lot = self._rent(self._day(0))
        told = self._close().line_ids
        other = self._stock(1)
        self._replace(lot, other, self._day(1))
        report = self._close()
        self.assertEqual(
            sorted(self._tell(report)), sorted([(lot.name, -1), (other.name, 1)])
        )
        self.assertEqual(set(report.line_ids.mapped("kind")), {"swap"})
        self.assertEqual(report.line_ids.corrects_id, told)
        self.assertEqual(report.quantity, 0)

    def test_r5_a_chain_of_replacements_leads_back_to_what_was_told(self):
        _order, lot = self._rent(self._day(0))
        told = self._close().line_ids
        second, third = self._stock(1), self._stock(1)
        self._replace(lot, second, self._day(1, 5))
        self._replace(second, third, self._day(1, 20))
        report = self._close()
        self.assertEqual(
            sorted(self._tell(report)), sorted([(lot.name, -1), (third.name, 1)])
        )
        self.assertEqual(report.line_ids.corrects_id, told)

    def test_r5_replaced_before_it_was_told_the_new_serial_number_is_the_sale(self):
        _order, lot = self._rent(self._day(0, 5))
        other = self._stock(1)
        self._replace(lot, other, self._day(0, 20))
        report = self._close()
        self.assertEqual(self._tell(report), [(other.name, 1)])
        self.assertEqual(report.line_ids.kind, "sale")

    def test_r5_a_replacement_by_a_device_of_another_manufacturer(self):
        other_make = self.env["waas.manufacturer"].create(
            {
                "name": "Other Make",
                "approved": True,
                "warranty_max_months": 60,
                "sellout": True,
                "sellout_start": self.start,
            }
        )
        product = self._create_device(
            "Notebook", waas_manufacturer_id=other_make.id, waas_mpn="OM-1"
        )
        _order, lot = self._rent(self._day(0))
        self._close()
        self._close(self._open(other_make))
        other = self._stock(1, product)
        self._replace(lot, other, self._day(1))
        self.assertEqual(self._tell(self._open()), [(lot.name, -1)])
        self.assertEqual(self._tell(self._open(other_make)), [(other.name, 1)])

    def test_r5_a_wrong_serial_number_is_corrected_by_two_lines(self):
        _order, lot = self._rent(self._day(0))
        told = self._close().line_ids
        wrong, lot.name = lot.name, "RIGHT-1"
        report = self._close()
        self.assertEqual(self._tell(report), [(wrong, -1), ("RIGHT-1", 1)])
        self.assertEqual(set(report.line_ids.mapped("kind")), {"correction"})
        self.assertEqual(report.line_ids.corrects_id, told)
        self.assertFalse(self._close().line_ids)
        self.assertEqual(told.serial, wrong)

    def test_r5_another_manufacturer_of_the_product_moves_the_sell_out(self):
        _order, lot = self._rent(self._day(0))
        self._close()
        right = self.manufacturer.copy({"name": "Right Make", "approved": True})
        self.assertTrue(right.sellout)
        self.laptop.waas_manufacturer_id = right
        self.assertEqual(self._tell(self._open()), [(lot.name, -1)])
        self.assertEqual(self._tell(self._open(right)), [(lot.name, 1)])

    def test_r5_the_code_of_the_vendor_stands_in_for_the_part_number(self):
        vendor = self._create_party("Goodmake Europe")
        self.manufacturer.partner_id = vendor
        self.laptop.write(
            {
                "waas_mpn": False,
                "seller_ids": [
                    Command.create(
                        {"partner_id": vendor.child_ids.id, "product_code": "VENDOR-9"}
                    )
                ],
            }
        )
        self._rent(self._day(0))
        self.assertEqual(self._open().line_ids.mpn, "VENDOR-9")

    def test_r5_a_supplier_is_told_of_what_it_supplies(self):
        vendor = self._create_party("Big Supply")
        supplier = self.env["waas.manufacturer"].create(
            {
                "name": "Big Supply",
                "partner_id": vendor.id,
                "sellout": True,
                "sellout_start": self.start,
            }
        )
        sold_by = self.env["product.supplierinfo"].create(
            {"partner_id": vendor.id, "product_tmpl_id": self.laptop.product_tmpl_id.id}
        )
        _order, lot = self._rent(self._day(0))
        report = self._open(supplier)
        self.assertFalse(report.line_ids)
        supplier.sellout_as_vendor = True
        self._close(report)
        self.assertEqual(self._tell(report), [(lot.name, 1)])
        self.assertEqual(self._tell(self._open()), [(lot.name, 1)], "its maker as well")
        sold_by.unlink()
        self.assertFalse(self._open(supplier).line_ids)

    def test_r5_end_customers_are_named_only_if_the_agreement_says_so(self):
        self.customer.vat = "NL123456782B90"
        self._rent(self._day(0))
        self.manufacturer.write(
            {"sellout_agreement": "DPA-3", "sellout_customer_name": True}
        )
        line = self._open().line_ids
        self.assertEqual(line.customer_name, "Customer One")
        self.assertFalse(
            line.customer_city or line.customer_street or line.customer_vat
        )

    def test_r5_no_data_of_end_customers_without_an_agreement(self):
        with self._assert_refuses("by agreement only", ValidationError):
            self.manufacturer.sellout_customer_vat = True

    def test_r5_licenses_are_reported_by_their_seats(self):
        """Through the hook: the seats that are active at the end of the period."""
        order, _lot = self._rent(self._day(0))
        contract = order.waas_contract_ids
        self.office_basic.waas_mpn = "OFF-B"
        seats = [10, 12, 12, 0]

        def get_license_sales(report):
            month = (report.date_to.month - self.start.month) % 12
            return [
                Sale(
                    source="waas.license,7",
                    product=self.office_basic,
                    contract=contract,
                    date=report.date_from,
                    quantity=seats[month],
                )
            ]

        report_class = self.registry["waas.sellout.report"]
        with patch.object(report_class, "_get_license_sales", get_license_sales):
            reports = self._close_months(4)
        lines = reports.line_ids.filtered(lambda line: not line.lot_id)
        self.assertEqual(
            [(line.mpn, line.quantity, line.kind) for line in lines.sorted("revision")],
            [("OFF-B", 10, "sale"), ("OFF-B", 2, "sale"), ("OFF-B", -12, "reversal")],
        )


@tagged("post_install", "-at_install")
class TestSelloutReport(SelloutCommon):
    """From open to closed, and never back."""

    def test_r5_a_closed_report_is_final_for_everybody(self):
        self._rent(self._day(0))
        report = self._close().sudo()
        line, root = report.line_ids, report.with_user(self.env.ref("base.user_root"))
        for change in (
            lambda: report.write({"date_to": self.start}),
            lambda: report.write({"state": "draft"}),
            lambda: report.write({"file": False}),
            lambda: report.write({"sha256": "0"}),
            lambda: report.write({"manufacturer_id": self.manufacturer.id}),
            lambda: root.write({"name": "SO/1"}),
            lambda: report.unlink(),
            lambda: line.write({"serial": "X"}),
            lambda: line.unlink(),
            lambda: line.copy(),
            lambda: report.action_refresh(),
        ):
            with self._assert_refuses("is closed, so it is final"):
                change()

    def test_r5_the_file_of_a_closed_report_is_final(self):
        report = self._close()
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "waas.sellout.report"),
                ("res_field", "=", "file"),
                ("res_id", "=", report.id),
            ]
        )
        self.assertEqual(len(attachment), 1)
        for change in (
            lambda: attachment.write({"raw": b"other"}),
            lambda: attachment.write({"res_id": 0}),
            lambda: attachment.unlink(),
        ):
            with self._assert_refuses("it is final"):
                change()

    def test_r5_nothing_is_sold_out_twice_says_the_database(self):
        self._rent(self._day(0))
        line = self._close().line_ids
        report = self._open()
        [values] = line.sudo().copy_data({"report_id": report.id})
        create = self.env["waas.sellout.line"].sudo().create
        with self._assert_violates():
            create(values)
        with self._assert_violates():  # taken back is -1
            create({**values, "revision": 2, "corrects_id": line.id})
        with self._assert_violates():  # and says of which line
            create({**values, "revision": 2, "quantity": -1})

    def test_r5_a_manufacturer_has_one_open_report(self):
        self._open()
        with self._assert_refuses("is still open: close it first"):
            self._open()

    def test_r5_one_open_report_says_the_database(self):
        self._open()
        self.env.flush_all()
        with (
            self._assert_violates(),
            patch.object(
                self.registry["waas.sellout.report"],
                "_get_open",
                lambda report, *args: report.browse(),
            ),
        ):
            self._open()

    def test_r5_a_report_closes_after_its_period(self):
        self._close_months(8)
        report = self._open()
        self.assertIn("The period runs until", report.problems)
        with self._assert_refuses("close the report after it"):
            self._close(report)

    def test_r5_no_report_of_what_is_to_come(self):
        self.manufacturer.sellout_start = fields.Date.today() + timedelta(days=40)
        with self._assert_refuses("The first report to .* begins on"):
            self._open()

    def test_g_what_was_told_is_said_with_its_day(self):
        first = self._close()
        with (
            patch.object(
                self.registry["waas.sellout.report"],
                "_get_today",
                return_value=first.date_to,
            ),
            self._assert_refuses("told of everything until .* period has begun"),
        ):
            self._open()

    def test_r5_a_manufacturer_without_reports_gets_none(self):
        self.manufacturer.write({"sellout": False, "sellout_off_reason": "Wants none"})
        with self._assert_refuses("turn them on"):
            self._open()

    def test_r5_an_empty_period_is_reported_as_empty(self):
        report = self._close()
        self.assertEqual((report.state, report.line_count), ("closed", 0))

    def test_r5_no_part_number_no_closing(self):
        self.laptop.waas_mpn = False
        self._rent(self._day(0))
        report = self._open()
        self.assertIn(
            "Without a manufacturer part number: [LAP14] Laptop", report.problems
        )
        with self._assert_refuses("Without a manufacturer part number"):
            self._close(report)
        self.laptop.waas_mpn = "GM-1"
        self.assertEqual(self._close(report).line_ids.mpn, "GM-1")

    def test_r5_no_country_no_closing(self):
        self._rent(self._day(0))
        self.customer.country_id = False
        with self._assert_refuses("Without a country: Customer One"):
            self._close()

    def test_r5_what_changed_since_it_was_looked_at_is_not_closed(self):
        report = self._open()
        self._rent(self._day(0))
        action = report.with_user(self.manager).action_close()
        self.assertEqual(report.state, "draft")
        self.assertEqual(report.line_count, 1)
        self.assertIn("look at it once more", action["params"]["message"])
        self.assertIs(report.with_user(self.manager).action_close(), True)
        self.assertEqual(report.state, "closed")

    def test_r5_totals_tie_back_to_the_serial_numbers_of_contracts(self):
        _order, lots = self._rent(self._day(0), quantity=3)
        report = self._open()
        self.assertEqual(
            report.check_summary,
            "3 devices reported, 3 serial numbers in contracts, 0 differences",
        )
        self._close(report)
        self.assertEqual(report.closing_summary[:19], "3 devices reported,")
        self._take_back(lots[0], self._day(2))
        self._replace(lots[1], self._stock(1), self._day(1))
        self._rent(self._day(7, 20))  # of a later period
        following = self._open()
        self.assertEqual(
            (
                following.contract_serial_count,
                following.returned_count,
                following.reported_count,
                following.difference_count,
            ),
            (2, 1, 3, 0),
        )

    def test_r5_what_does_not_tie_back_is_named(self):
        report = self._open()
        _order, lot = self._rent(self._day(0))
        self.assertEqual(report.difference_count, 1)
        self.assertIn(lot.name, report.differences)
        self.assertIn("was not reported", report.differences)
        report.action_refresh()
        self.assertEqual(report.difference_count, 0)
        other = self._stock(1)
        other.sudo().waas_contract_id = lot.waas_contract_id
        report.invalidate_recordset()
        self.assertIn(f"{other.name} is on", report.differences)
        self.assertIn("without a delivery", report.differences)

    def test_r5_weeks_and_quarters(self):
        for period, length in (("week", 7), ("quarter", 93)):
            with self.subTest(period=period):
                manufacturer = self.manufacturer.copy(
                    {"name": period, "sellout_period": period}
                )
                first = self._close(self._open(manufacturer))
                second = self._open(manufacturer)
                self.assertEqual(first.date_from, self.start)
                self.assertEqual(second.date_from, first.date_to + timedelta(days=1))
                days = (second.date_to - second.date_from).days + 1
                self.assertLessEqual(abs(days - length), 3)

    def test_r5_the_first_day_stays_once_there_are_reports(self):
        self._open()
        with self._assert_refuses("the first day cannot be changed"):
            self.manufacturer.sellout_start = self.start + relativedelta(months=1)

    def test_r5_whoever_prepares_reports_can_open_everything(self):
        self._rent(self._day(0))
        closed = self._close()
        for record in (closed, closed.line_ids, self._open(), self.manufacturer):
            with self.subTest(record=record.display_name):
                Form(record.with_user(self.seller))

    def test_r5_a_form_shows_the_period_before_it_is_saved(self):
        with Form(self.env["waas.sellout.report"].with_user(self.manager)) as form:
            form.manufacturer_id = self.manufacturer
            self.assertEqual(form.date_from, self.start)
            self.assertEqual(form.user_id, self.seller)


@tagged("post_install", "-at_install")
class TestSelloutRights(SelloutCommon):
    """WaaS users prepare, managers close and send, resellers see what is theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        portal = "also_waas.group_waas_reseller"
        cls.reseller_user = cls._create_portal_user(
            "r_one", cls.reseller.child_ids, portal
        )
        cls.other_user = cls._create_portal_user(
            "r_two", cls.other_reseller.child_ids, portal
        )
        cls.customer_user = cls._create_portal_user("c_one", cls.signatory)

    def test_r5_only_managers_close_and_send(self):
        report = self._open(user=self.seller)
        for action in ("action_close", "action_close_and_send"):
            with self._assert_refuses("Only WaaS managers", AccessError):
                getattr(report.with_user(self.seller), action)()
        self._close(report)
        with self._assert_refuses("Only WaaS managers", AccessError):
            report.with_user(self.seller).action_send()

    def test_r5_nobody_writes_a_report_by_hand(self):
        report = self._open().with_user(self.manager)
        for values in ({"state": "closed"}, {"date_to": self.start}, {"sha256": "1"}):
            with self._assert_refuses("made by its buttons", AccessError):
                report.write(values)
        with self.assertRaises(AccessError):
            self.env["waas.sellout.line"].with_user(self.manager).create(
                {"report_id": report.id}
            )
        with self.assertRaises(AccessError):
            self.env["waas.sellout.sending"].with_user(self.manager).create(
                {"report_id": report.id}
            )

    def test_r5_a_report_begins_open_whatever_its_maker_says(self):
        report = (
            self.env["waas.sellout.report"]
            .with_user(self.manager)
            .create(
                {
                    "manufacturer_id": self.manufacturer.id,
                    "company_id": self.also.id,
                    "state": "closed",
                    "date_from": "2020-01-01",
                }
            )
        )
        self.assertEqual((report.state, report.date_from), ("draft", self.start))

    def test_r5_others_see_no_report(self):
        report = self._open()
        for user in (
            self.officer,
            self.accountant,
            self.warehouse,
            self.reseller_user,
            self.customer_user,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                report.with_user(user).read(["name"])

    def test_r5_a_reseller_sees_what_was_reported_in_its_name(self):
        self._rent(self._day(0))
        self._rent(
            self._day(0),
            partner_id=self.other_customer.id,
            waas_reseller_id=self.other_reseller.id,
        )
        report = self._open()
        self.assertEqual(len(report.line_ids), 2)

        def see(user):
            return self.env["waas.sellout.line"].with_user(user).search([])

        self.assertFalse(see(self.reseller_user), "not before it is final")
        self._close(report)
        for user, reseller in (
            (self.reseller_user, self.reseller),
            (self.other_user, self.other_reseller),
        ):
            lines = see(user)
            self.assertEqual(lines.sudo().reseller_id, reseller)
            self.env.invalidate_all()
            [seen] = lines.read()
            self.assertEqual(seen["quantity"], 1)
            self.assertNotIn("move_line_id", seen)
        others = report.line_ids - see(self.reseller_user).sudo()
        with self.assertRaises(AccessError):
            others.with_user(self.reseller_user).read(["serial"])
        with self.assertRaises(AccessError):
            see(self.customer_user)

    def test_r5_another_company_sees_nothing_and_reports_its_own(self):
        self._rent(self._day(0))
        report = self._close()
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": [Command.link(other.id)]})
        env = self.env(user=self.manager, context={"allowed_company_ids": other.ids})
        self.assertFalse(env["waas.sellout.line"].search([]))
        with self.assertRaises(AccessError):
            report.with_env(env).read(["name"])
        # What is reported to a manufacturer is each company's own business.
        settings = self.manufacturer.with_env(env)
        self.assertFalse(settings.sellout)
        settings.write({"sellout": True, "sellout_start": self.start})
        others = env["waas.sellout.report"].create(
            {"manufacturer_id": self.manufacturer.id}
        )
        self.assertEqual(others.company_id, other)
        self.assertFalse(others.line_ids)


@tagged("post_install", "-at_install")
class TestSelloutCron(SelloutCommon):
    """Every night: what is over opens, what may close by itself closes."""

    def _run(self):
        self._run_cron()
        return self.manufacturer.sellout_report_ids.sorted("date_from")

    def test_r5_a_report_opens_when_its_period_is_over(self):
        self._rent(self._day(0))
        report = self._run()
        self.assertEqual((report.state, report.line_count), ("draft", 1))
        self.assertEqual(report.activity_ids.user_id, self.seller)
        self.assertEqual(self._run(), report, "one at a time")
        self._close(report)
        self.assertFalse(report.activity_ids)
        self.assertEqual(len(self._run()), 2)

    def test_r5_an_open_report_stays_up_to_date(self):
        self._rent(self._day(0))
        report = self._run()
        self._rent(self._day(0))
        self._run()
        self.assertEqual(report.line_count, 2)

    def test_r5_no_report_before_its_period_is_over(self):
        self._rent(self._day(0))
        self.manufacturer.sellout_start = fields.Date.today().replace(day=1)
        self.assertFalse(self._run())

    def test_r5_a_company_that_rents_nothing_out_reports_nothing(self):
        self.assertFalse(
            self.env["contract.contract"].search([("company_id", "=", self.also.id)])
        )
        self.assertFalse(self._run())

    def test_r5_reports_that_go_by_themselves_catch_up(self):
        self._rent(self._day(0))
        self.manufacturer.sellout_auto = True
        reports = self._run()
        self.assertEqual(len(reports), 8)
        self.assertEqual(set(reports.mapped("state")), {"closed"})
        self.assertEqual(set(reports.mapped("sending_state")), {"queued"})
        self.assertEqual(self._run(), reports)

    def test_r5_what_is_not_right_waits_for_somebody(self):
        self.manufacturer.sellout_auto = True
        self.laptop.waas_mpn = False
        self._rent(self._day(0))
        report = self._run()
        self.assertEqual(report.state, "draft")
        self.assertIn("part number", report.activity_ids.note)
        self._run()
        self.assertEqual(len(report.activity_ids), 1)

    def test_r5_what_breaks_keeps_no_other_back(self):
        other = self.manufacturer.copy(
            {
                "name": "Other",
                "sellout_email": "other@goodmake.test",
                "sellout_auto": True,
            }
        )
        self._rent(self._day(0))
        self._run()
        broken = self.manufacturer.sellout_report_ids
        other_reports = other.sellout_report_ids
        other_reports.sending_ids.sudo().unlink()
        refresh = type(broken)._refresh

        def break_down(report):
            if report == broken:
                raise KeyError("a fault of ours")
            return refresh(report)

        with (
            patch.object(self.registry["waas.sellout.report"], "_refresh", break_down),
            self.assertLogs(
                "odoo.addons.also_waas.models.sellout.waas_sellout_report_schedule"
            ),
        ):
            self._run()
        self.assertIn("KeyError", broken.activity_ids.mapped("note")[-1])
        self.assertEqual(set(other_reports.mapped("sending_state")), {"queued"})

    def test_r5_nothing_is_sent_before_it_is_closed_for_good(self):
        """A worker that dies after a file was fetched must not close another one."""
        self._rent(self._day(0))
        self.manufacturer.sellout_auto = True
        committed = []
        report_class = self.registry["waas.sellout.report"]
        send = report_class._send

        def note(report):
            self.assertIn(report.id, committed)
            return send(report)

        def commit():
            self.env.flush_all()
            closed = self.env["waas.sellout.report"].search([("state", "=", "closed")])
            committed.extend(closed.ids)

        with (
            patch.object(report_class, "_send", note),
            patch.object(self.env.cr, "commit", commit),
        ):
            self.env["waas.sellout.report"].sudo()._cron_report()
        self.assertEqual(len(self.manufacturer.sellout_report_ids.sending_ids), 8)

    def test_r5_nobody_to_send_it_to(self):
        self.manufacturer.write({"sellout_auto": True, "sellout_email": False})
        self._rent(self._day(0))
        report = self._run()
        self.assertEqual(report.state, "draft")
        self.assertIn("has no address", report.activity_ids.note)


@tagged("post_install", "-at_install")
class TestSelloutLicenses(SelloutCommon):
    """Activated seats are sold out, too (R5, R9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office_basic.write(
            {"waas_manufacturer_id": cls.manufacturer.id, "waas_mpn": "OFF-B"}
        )

    def _activate(self, order, day):
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(day)
        license_sudo._note_seats(license_sudo.agreed_seats)
        return license_sudo

    def _tell_seats(self, reports):
        lines = reports.line_ids.filtered(lambda line: not line.lot_id)
        return [
            (line.date, line.kind, line.quantity) for line in lines.sorted("revision")
        ]

    def test_r5_seats_for_an_order_that_was_cancelled_are_taken_off_again(self):
        order = self._confirm(self._create_order(quantity=2))
        license_sudo = self._activate(order, self._day(0))
        report = self._close()
        self._cancel(order.with_user(self.manager))
        license_sudo.date_cancel = self._day(1)  # today, for the system
        self.assertEqual(
            self._tell_seats(report | self._close_months(2)),
            [(self._day(0), "sale", 2), (self._day(1), "reversal", -2)],
        )

    def test_r5_a_contract_that_ended_was_sold(self):
        order, _lots = self._rent(self._day(0))
        license_sudo = self._activate(order, self._day(0))
        license_sudo.date_cancel = self._day(1)
        self.assertEqual(
            self._tell_seats(self._close_months(3)), [(self._day(0), "sale", 1)]
        )

    def test_r5_seats_that_come_to_an_old_license_are_sold_out(self):
        order, _lots = self._rent(self._day(0))
        license_sudo = self._activate(order, self._day(-2))
        license_sudo._change_by(3, self._day(0))
        license_sudo._change_by(-2, self._day(1))
        license_sudo._change_by(-2, self._day(2))
        self.assertEqual(
            self._tell_seats(self._close_months(3)),
            [
                (self._day(0), "sale", 3),
                (self._day(1), "reversal", -2),
                (self._day(2), "reversal", -1),
            ],
        )


class Place:
    """What a test knows of one rented workplace: whose serial number counts."""

    def __init__(self, order):
        self.order, self.lot, self.since, self.is_counted = order, None, None, False


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("deliver", "take back", "replace", "rename", "close")),
        st.integers(0, 2),  # which place
        st.integers(0, 25),  # days since the step before
    ),
    min_size=3,
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestSelloutInvariants(SelloutCommon):
    """Whatever happens in whatever order: every place counts once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(12)
        cls.orders = [
            cls._confirm(cls._create_order(quantity=1)) for _place in range(3)
        ]

    @few_examples(5)
    @given(STEPS)
    def test_r5_reports_add_up_to_the_devices_that_are_sold_out(self, steps):
        with self._undone():
            self._play(steps)

    def _play(self, steps):
        places = [Place(order) for order in self.orders]
        day = self.start
        for step, index, pause in steps:
            day = min(day + timedelta(days=pause), self._day(6))
            if step == "close":
                self._close()
            else:
                self._step(step, places[index], day)
        while self._close().date_to < day:
            pass
        self._assert_adds_up(places)

    def _step(self, step, place, day):
        if step == "deliver" and not place.lot:
            self._hand_over(place.order, day)
            place.lot = place.order.waas_contract_ids.waas_device_ids
            place.since, place.is_counted = day, True
        elif not place.lot or not place.lot.waas_contract_id:
            return
        elif step == "take back":
            self._take_back(place.lot, day)
            place.is_counted = (day - place.since).days > 30
        elif step == "replace":
            other = self._find_new()
            self._replace(place.lot, other, day)
            place.lot = other
        elif step == "rename":
            place.lot.name += "x"

    def _find_new(self):
        """A device that no order has reserved, and that was never rented out."""
        lots = self.env["stock.lot"].search(
            [("product_id", "=", self.laptop.id), ("waas_history_ids", "=", False)]
        )
        return next(lot for lot in lots if lot._waas_is_free(self.also))

    def _assert_adds_up(self, places):
        counted = [place.lot.name for place in places if place.is_counted]
        reports = self.manufacturer.sellout_report_ids
        told = {}
        for report in reports.sorted("date_from"):
            for row in self._read_csv(report):
                told[row["serial"]] = told.get(row["serial"], 0) + int(row["quantity"])
                self.assertIn(told[row["serial"]], (0, 1), "never twice")
        self.assertEqual(
            sorted(serial for serial, quantity in told.items() if quantity),
            sorted(counted),
        )
        self.assertEqual(sum(reports.mapped("quantity")), len(counted))
        for report in reports:
            self.assertIn("0 differences", report.closing_summary)
        self.assertFalse(self.env["waas.sellout.unnotified"].search([]))


@tagged("post_install", "-at_install")
class TestLedger(TransactionCase):
    """The count itself, without a database: any order of anything."""

    @settings(deadline=None, max_examples=300)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 4),  # device
                st.integers(0, 40),  # days since the passage before
                st.integers(0, 4),  # the device that it replaces, if it is there
            ),
            max_size=25,
        )
    )
    def test_r5_a_replacement_never_changes_the_count(self, moves):
        start = fields.Date.to_date("2026-01-01")
        day, at_customer, passages = start, set(), []
        for lot, pause, replaced in moves:
            day += timedelta(days=pause)
            before = self._count(passages, start)
            if lot in at_customer:
                passages.append(Passage(lot, day, False))
                at_customer.remove(lot)
                self.assertLessEqual(self._count(passages, start), before)
                continue
            if replaced in at_customer:
                passages.append(Passage(lot, day, True, replaced))
                passages.append(Passage(replaced, day, False, undoes=False))
                at_customer.remove(replaced)
                self.assertEqual(self._count(passages, start), before)
            else:
                passages.append(Passage(lot, day, True))
                self.assertLessEqual(self._count(passages, start) - before, 1)
            at_customer.add(lot)

    def _count(self, passages, start):
        counts = count_devices(passages, start, 30)
        return sum(count.state == COUNTED for count in counts.values())

    def test_r5_undoing_a_replacement_is_measured_from_the_sale(self):
        def on(days):
            return fields.Date.to_date("2026-01-01") + timedelta(days=days)

        passages = [
            Passage(1, on(0), True),
            Passage(2, on(100), True, replaced=1),
            Passage(1, on(100), False, undoes=False),
            Passage(2, on(110), False),
        ]
        counts = count_devices(passages, on(0), 30)
        self.assertEqual((counts[1].state, counts[2].state), (SWAPPED, COUNTED))
        counts = count_devices(passages, on(0), 110)
        self.assertEqual(counts[2].state, REVERSED)

    def test_r5_what_came_back_at_once_was_never_rented_out(self):
        """Delivered before the first report, or for a device that was no sell-out."""

        def on(days):
            return fields.Date.to_date("2026-01-01") + timedelta(days=days)

        passages = [Passage(1, on(-10), True), Passage(1, on(-5), False)]
        passages += [Passage(1, on(5), True)]
        self.assertEqual(count_devices(passages, on(0), 30)[1].state, COUNTED)
        self.assertEqual(count_devices(passages, on(0), 4)[1].state, UNCOUNTED)
        passages = [
            Passage(1, on(-100), True),
            Passage(2, on(5), True, replaced=1),
            Passage(1, on(5), False, undoes=False),
            Passage(2, on(9), False),
            Passage(2, on(50), True),
        ]
        counts = count_devices(passages, on(0), 30)
        self.assertEqual((counts[1].state, counts[2].state), (UNCOUNTED, COUNTED))

    def test_r5_what_is_lost_at_the_customer_was_sold_out(self):
        day = fields.Date.to_date("2026-01-01")
        passages = [Passage(1, day, True), Passage(1, day, False, undoes=False)]
        self.assertEqual(count_devices(passages, day, 30)[1].state, COUNTED)
