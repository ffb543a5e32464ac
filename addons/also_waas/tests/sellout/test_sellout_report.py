from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common_sellout import SelloutCommon


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
            self._assert_refuses("notified of everything until .* period has begun"),
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
        report = self._open_compared()
        self.assertEqual(
            report.check_summary,
            "3 devices reported, 3 serial numbers in contracts, 0 differences",
        )
        self._close(report)
        self.assertEqual(report.closing_summary[:19], "3 devices reported,")
        self._take_back(lots[0], self._day(2))
        self._replace(lots[1], self._stock(1), self._day(1))
        self._rent(self._day(7, 20))  # of a later period
        following = self._open_compared()
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
        [difference] = report.sudo()._check()["differences"]
        self.assertIn(lot.name, difference)
        self.assertIn("was not reported", difference)
        report.action_refresh()
        self.assertEqual(report.difference_count, 0)
        other = self._stock(1)
        other.sudo().waas_contract_id = lot.waas_contract_id
        report.action_refresh()
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
