from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_sellout import SelloutCommon


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
        report = self._open_compared()
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
                count(report._recount),
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

    def test_r5_what_was_reported_is_not_read_once_more(self):
        """The next report looks at what is new, however much was told before."""
        for _order in range(3):
            self._rent(self._day(0), quantity=2)
        self._close()
        report = self._open().sudo()
        self.assertEqual(report._find_unsettled(), [])
        self.assertEqual(report._count_devices(report._find_unsettled()), {})
        _order, lot = self._rent(self._day(1))
        self.assertEqual(report._find_unsettled(), lot.ids)
        self.assertEqual(report._check()["differences"][0].split()[0], lot.name)

    def test_r5_from_day_to_day_only_what_changed_is_counted(self):
        """Closing counts everything: a change that was not noticed is not lost."""
        lots = self.env["stock.lot"]
        for _order in range(3):
            lots |= self._rent(self._day(0))[1]
        self._close()
        lots.sudo().waas_sellout_changed_on = "2000-01-01"
        report = self._open().sudo()
        self.assertEqual(report._find_changed_devices(), [])
        self.assertEqual(report._get_scope()["stock.lot"], [])
        lots[0].name += "x"
        self.assertEqual(report._find_changed_devices(), lots[0].ids)
        other = self._stock(1)
        self._replace(lots[1], other, self._day(1))
        changed = lots[0] | lots[1] | other
        self.assertEqual(set(report._find_changed_devices()), set(changed.ids))
        # Nobody noticed what happened to the third.
        (changed | lots[2]).sudo().waas_sellout_changed_on = "2000-01-01"
        self._take_back(lots[2], self._day(0, 20))
        lots[2].sudo().waas_sellout_changed_on = "2000-01-01"
        report._refresh()
        self.assertEqual(report.line_ids.lot_id, lots[1] | other)  # by their moves
        report._recount()
        self.assertEqual(report.line_ids.lot_id, lots | other)

    def test_r5_the_form_says_what_changed_since_it_was_compared(self):
        _order, lot = self._rent(self._day(0))
        report = self._open()
        self.assertFalse(report.checked_on)
        report.action_refresh()
        report.sudo().checked_on = "2020-01-01"
        self.assertEqual(report.changed_count, 1)
        lot.sudo().waas_sellout_changed_on = "2019-01-01"
        report.invalidate_recordset()
        self.assertEqual(report.changed_count, 0)

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
        self.assertEqual(self._open_compared().difference_count, 0)

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
