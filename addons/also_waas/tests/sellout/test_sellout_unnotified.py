from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common.replayed import replayed
from .common_sellout_coverage import CoverageCommon


class SelloutUnnotifiedCommon(CoverageCommon):
    """Unreported serial numbers keep a period open."""

    @replayed
    def _deliver_unapproved(self, day, quantity=1):
        """What was rented out while its maker was approved."""
        self.maker.approved = True
        _order, lots = self._rent(day, quantity)
        self._forget()
        self.maker.approved = False
        return lots


@tagged("post_install", "-at_install")
class TestSelloutUnnotified(SelloutUnnotifiedCommon):
    """Unreported serial numbers keep a period open."""

    def _leave_out_elsewhere(self, boss):
        """The window is a manager's own; in another company it says nothing of ours."""
        wizards = self.env["waas.sellout.leave.out"].with_user(boss)
        with self.assertRaises(AccessError):
            wizards.create(
                {
                    "company_id": self.also.id,
                    "manufacturer_ids": self.maker.ids,
                    "reason": "Mine",
                }
            ).action_leave_out()

    def test_r5_a_period_does_not_close_while_somebody_was_forgotten(self):
        lot = self._deliver_unapproved(self._day(0))
        report = self._open_compared()
        self.assertEqual(report.unnotified_count, 1)
        self.assertIn("1 serial numbers or licenses", report.problems)
        with self._assert_refuses("1 serial numbers or licenses"):
            self._close(report)
        action = report.action_view_unnotified()
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(rows.mapped("serial"), [lot.name])
        self.assertEqual(rows.partner_id, self.customer)
        self.assertEqual(rows.addressee_id, self.maker)
        rows.with_user(self.manager).action_notify()
        self.assertEqual(self._close(report).state, "closed")
        self._run_cron()
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])
        self.assertFalse(self._find())

    def test_r5_nor_does_it_close_automatically(self):
        self._deliver_unapproved(self._day(0))
        self.manufacturer.sellout_auto = True
        self._run_cron()
        report = self.manufacturer.sellout_report_ids
        self.assertEqual(report.state, "draft")
        self.assertIn("were not reported", report.activity_ids.note)
        self._leave_out(self.rows.search([]))
        self._run_cron()
        self.assertEqual(report.state, "closed")

    def test_r5_what_was_delivered_later_holds_nothing_up(self):
        self._deliver_unapproved(self._day(1))
        self.assertFalse(self._close().unnotified_count)
        self.assertEqual(self._open_compared().unnotified_count, 1)

    def test_r5_what_is_left_out_with_a_reason_is_not_on_the_list(self):
        self._deliver_unapproved(self._day(0), 2)
        rows = self.rows.search([])
        self.assertEqual(len(rows), 2)
        with self._assert_refuses("Enter why"):
            self._leave_out(rows, " ")
        self._leave_out(rows[:1])
        self.assertEqual(self.maker.sellout_off_reason, "Wants none")
        self.assertFalse(self._find())

    def test_r5_a_product_without_a_manufacturer(self):
        lot = self._deliver_unapproved(self._day(0))
        self.laptop.waas_manufacturer_id = False
        [row] = self.rows.search([])
        self.assertEqual((row.serial, row.why), (lot.name, "maker"))
        for method in ("action_notify", "action_leave_out"):
            with self._assert_refuses("is not known: choose it on the product"):
                getattr(row.with_user(self.manager), method)()
        action = row.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("product.product", self.laptop.id),
        )
        self.laptop.waas_manufacturer_id = self.manufacturer
        self.assertFalse(self._find(("why", "=", "maker")))
        self.assertEqual(self._tell(self._open()), [(lot.name, 1)])

    def test_r5_only_managers_decide(self):
        self._deliver_unapproved(self._day(0))
        row = self.rows.search([]).with_user(self.seller)
        self.assertEqual(row.why, "off")
        for method in ("action_notify", "action_leave_out"):
            with self._assert_refuses("Only WaaS managers", AccessError):
                getattr(row, method)()
        for user in (self.warehouse, self.officer, self.accountant):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["serial"])

    def test_r5_people_of_another_company_see_and_decide_nothing(self):
        self._deliver_unapproved(self._day(0))
        row = self.rows.search([])
        other = self.env["res.company"].create({"name": "Other"})
        boss = self.manager.copy({"login": "boss_elsewhere", "email": "b@else.test"})
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        there = row.with_user(boss).with_company(other)
        self.assertFalse(there.search([]))
        for work in (
            lambda: there.read(["serial"]),
            lambda: there.action_notify(),
            lambda: there.action_leave_out(),
            lambda: there.action_open(),
        ):
            with self.assertRaises(AccessError):
                work()
        self._leave_out_elsewhere(boss)
        self.assertEqual(self._find()[0][1], "off")

    def test_r5_who_is_told_is_not_on_the_list(self):
        self.maker.write(
            {"approved": True, "sellout": True, "sellout_start": self.start}
        )
        _order, lot = self._rent(self._day(0))
        self.assertFalse(self._find(), "its period runs, or nobody looked yet")
        report = self._open(self.maker)
        self.assertFalse(self._find())
        _order, late = self._rent(self._day(0))
        self.assertEqual(self._find(), [(late.name, "report")])
        other = self._close()
        self.assertEqual(other.state, "closed", "that one's own report says it")
        report.action_refresh()
        self.assertFalse(self._find())
        self._close(report)
        self.assertEqual(
            sorted(self._tell(report)), sorted([(lot.name, 1), (late.name, 1)])
        )

    def test_r5_before_the_day_that_somebody_chose(self):
        self.maker.write(
            {"approved": True, "sellout": True, "sellout_start": self._day(1)}
        )
        _order, lot = self._rent(self._day(0))
        [row] = self.rows.search([])
        self.assertEqual((row.serial, row.why), (lot.name, "before"))
        self.assertEqual(self._close().state, "closed")
        self._close(self._open(self.maker))
        self.assertEqual(self.rows.search([]).why, "before")


@tagged("post_install", "-at_install")
class TestSelloutConcernsNobody(SelloutUnnotifiedCommon):
    """What concerns nobody, and what does."""

    def test_r5_what_was_undone_or_replaced_concerns_nobody(self):
        undone, replaced, used = self._deliver_unapproved(self._day(0), 3)
        self._take_back(undone, self._day(0, 20))
        self.maker.approved = True
        other = self._stock(1)
        self._replace(replaced, other, self._day(1))
        self._take_back(used, self._day(2))
        self._forget()
        self.assertEqual(
            sorted(self._find()), sorted([(other.name, "off"), (used.name, "off")])
        )
        self._run_cron()
        # A replacement is told: nobody was told of the device before it.
        reports = self.maker.sellout_report_ids
        self.maker.sellout_email = "sellout@newmake.test"
        self.maker.sellout_auto = True
        self._run_cron()
        reports = self.maker.sellout_report_ids
        told = {}
        for line in reports.line_ids:
            told[line.serial] = told.get(line.serial, 0) + line.quantity
        self.assertEqual(
            {serial for serial, number in told.items() if number},
            {other.name, used.name},
        )
        self.assertFalse(self._find())

    def test_r5_a_used_device_concerns_nobody_anew(self):
        self.maker.write(
            {"approved": True, "sellout": True, "sellout_start": self.start}
        )
        _order, lot = self._rent(self._day(0))
        self._close(self._open(self.maker))
        self._take_back(lot, self._day(2))
        self._refurbish(lot)
        order = self._confirm(self._create_order(quantity=1, months=12))
        self._hand_over(order, self._day(3))
        self.assertFalse(self._find())

    def test_r5_a_device_of_another_maker_is_told_in_the_place_of_one(self):
        """Its maker was never told of the device before it, so it is a sale of its
        own: also where that one came before its first report."""
        self.maker.write(
            {
                "approved": True,
                "sellout": True,
                "sellout_start": self._day(1),
            }
        )
        product = self._create_device("Notebook", waas_mpn="GM-N")
        _order, lot = self._rent(self._day(0))
        self.manufacturer.write({"sellout_start": self._day(1)})
        other = self._stock(1, product)
        self._replace(lot, other, self._day(2))
        self._close()
        report = self._close()
        self.assertEqual(self._tell(report), [(other.name, 1)])
        self.assertEqual(report.line_ids.kind, "sale")
        self.assertEqual(report.difference_count, 0)
        self.assertFalse(self._find())

    def test_r5_seats_that_nobody_was_told_of(self):
        order = self._confirm(self._create_order(quantity=2))
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(self._day(0))
        self.assertFalse(self.rows.search([]), "not provided yet")
        license_sudo._note_seats(2)
        [row] = self.rows.search([])
        self.assertEqual((row.product_id, row.why), (self.office_basic, "maker"))
        self.assertEqual(row.contract_id, order.waas_contract_ids)
        self.assertIn(self.office_basic.name, row.display_name)
        self.office_basic.write(
            {"waas_manufacturer_id": self.maker.id, "waas_mpn": "OFF-B"}
        )
        self.rows.invalidate_model()
        self.assertEqual(self.rows.search([]).why, "off")
        self._run_cron()
        self.assertFalse(self.rows.search([]))
        self.assertEqual(self.maker.sellout_report_ids.line_ids.quantity, 2)

    def test_r5_seats_of_a_deal_that_never_began_concern_nobody(self):
        order = self._confirm(self._create_order(quantity=2))
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(self._day(0))
        license_sudo._note_seats(2)
        self._cancel(order.with_user(self.manager))
        self.assertFalse(self.rows.search([]))

    def test_r5_the_day_on_the_list_is_that_where_the_company_is(self):
        self.also.partner_id.tz = "Europe/Amsterdam"
        lot = self._deliver_unapproved(self._day(0))
        picking = lot.waas_history_ids.picking_id
        picking.sudo().date_done = fields.Datetime.to_datetime(
            self._day(1, 1) - timedelta(days=1)
        ) + timedelta(hours=23, minutes=30)
        self.assertEqual(self.rows.search([]).date, self._day(1, 1))

    def test_r5_more_devices_cost_the_list_no_more_queries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rows.search([]).read()
            return self.env.cr.sql_log_count - before

        self._deliver_unapproved(self._day(0), 2)
        few = count()
        for _order in range(3):
            self._deliver_unapproved(self._day(0), 3)
        self.assertEqual(len(self.rows.search([])), 11)
        self.assertLessEqual(count(), few)

    def test_r5_a_product_that_gets_another_maker_concerns_that_one(self):
        self.maker.write(
            {"approved": True, "sellout": True, "sellout_start": self.start}
        )
        _order, lot = self._rent(self._day(0))
        self._close(self._open(self.maker))
        right = self.env["waas.manufacturer"].create({"name": "Right Make"})
        self.laptop.waas_manufacturer_id = right
        self.assertEqual(self._find(), [(lot.name, "off")])
        self.assertEqual(self.rows.search([]).addressee_id, right)
        self.rows.search([]).with_user(self.manager).action_notify()
        self.assertEqual(self._tell(self._open(self.maker)), [(lot.name, -1)])
        self.assertEqual(self._tell(self._open(right)), [(lot.name, 1)])

    def test_r5_whoever_looks_can_open_a_row(self):
        self._deliver_unapproved(self._day(0))
        row = self.rows.search([]).with_user(self.seller)
        Form(row)
        self.assertEqual(row.action_view_device()["res_model"], "stock.lot")
        self.assertEqual(row.action_open()["res_model"], "waas.manufacturer")
        self.assertTrue(row.note)
