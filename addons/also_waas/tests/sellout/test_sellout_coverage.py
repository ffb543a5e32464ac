from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_sellout_coverage import CoverageCommon


@tagged("post_install", "-at_install")
class TestSelloutByFact(CoverageCommon):
    """On from the first delivery, or off with a reason."""

    def _get_todos(self):
        return self.maker.activity_ids.filtered(
            lambda todo: todo.activity_type_id
            == self.env.ref("also_waas.todo_sellout_setup")
        )

    def test_r5_the_first_delivery_turns_reporting_on(self):
        self._stock(2)
        order = self._confirm(self._create_order(quantity=1))
        self.assertFalse(self.maker.sellout)
        self._deliver(order)
        self.assertTrue(self.maker.sellout)
        self.assertEqual(self.maker.sellout_start, self.today)
        self.assertFalse(self.maker.sellout_as_vendor)
        todo = self._get_todos()
        self.assertTrue(todo.user_id.has_group("also_waas.group_waas_manager"))
        self.assertIn("Newmake gets sell-out reports", todo.note)
        self.maker.with_user(self.manager).sellout_email = "sellout@newmake.test"
        self.assertFalse(self._get_todos(), "it was filled in")

    def test_r5_the_todo_goes_with_the_manufacturer_that_is_turned_off(self):
        self._rent(self.today)
        self.assertTrue(self._get_todos())
        self._switch_off()
        self.assertFalse(self._get_todos())

    def test_r5_later_deliveries_cost_one_look(self):
        self._rent(self.today)
        with patch.object(
            self.registry["waas.manufacturer"], "_turn_on_sellout"
        ) as turn_on:
            self._rent(self.today, quantity=3)
        turn_on.assert_not_called()
        lots = self._stock(3)
        lots.waas_manufacturer_id._note_sellout(self.today)
        self.env.flush_all()
        with self.assertQueryCount(0):
            lots.waas_manufacturer_id._note_sellout(self.today)

    def test_r5_what_was_set_up_stays(self):
        """The first day of who gets reports, and of who is to get some."""
        start = self.today + timedelta(days=40)
        self.maker.sellout_start = start
        self._rent(self.today)
        self.assertTrue(self.maker.sellout)
        self.assertEqual(self.maker.sellout_start, start)
        start = self._day(1)
        self.maker.write({"sellout_start": start, "sellout_period": "quarter"})
        self._rent(self._day(0))
        self._run_cron()
        self.assertEqual(self.maker.sellout_start, start)
        self.assertEqual(self.maker.sellout_period, "quarter")

    def test_r5_a_delivery_that_is_dated_back_moves_the_first_day(self):
        _order, lot = self._rent(self._day(2))
        self.assertEqual(self.maker.sellout_start, self.today)
        self._run_cron()
        self.assertEqual(self.maker.sellout_start, self._day(2))
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])
        # With its report the first day is what was told.
        self._rent(self._day(1))
        self._run_cron()
        self.assertEqual(self.maker.sellout_start, self._day(2))

    def test_r5_a_day_that_somebody_chose_is_not_moved(self):
        self._rent(self._day(2))
        self.maker.with_user(self.manager).sellout_start = self._day(4)
        self._run_cron()
        self.assertEqual(self.maker.sellout_start, self._day(4))

    def test_r5_turning_it_off_needs_a_reason(self):
        self._rent(self.today)
        for values in (
            {"sellout": False},
            {"sellout": False, "sellout_off_reason": "  "},
        ):
            with self._assert_refuses("Enter why Newmake is no longer notified"):
                self.maker.with_user(self.manager).write(values)
        self._switch_off()
        self.assertEqual(self.maker.sellout_off_reason, "Wants none")
        self._rent(self.today)
        self._run_cron()
        self.assertFalse(self.maker.sellout, "not against somebody's word")
        self.maker.sellout = True
        self.assertFalse(self.maker.sellout_off_reason)
        with self._assert_refuses("a reason why not", UserError):
            self.maker.sellout_off_reason = "Both"

    def test_r5_the_same_for_what_it_supplies(self):
        self.manufacturer.sellout_as_vendor = True
        with self._assert_refuses("Enter why Goodmake is no longer notified"):
            self.manufacturer.sellout_as_vendor = False
        self.manufacturer.write(
            {"sellout_as_vendor": False, "sellout_vendor_off_reason": "A maker only"}
        )
        self.manufacturer.sellout_as_vendor = True
        self.assertFalse(self.manufacturer.sellout_vendor_off_reason)

    def test_r5_the_form_asks_for_the_reason(self):
        self._rent(self.today)
        with Form(self.maker.with_user(self.manager)) as form:
            form.sellout = False
            with self.assertRaises(AssertionError):
                form.save()
            form.sellout_off_reason = "Wants none"
        self.assertFalse(self.maker.sellout)

    def test_r5_the_daily_job_turns_on_what_was_delivered_before(self):
        """An old database; also where the device is at the customer no more."""
        _order, lot = self._rent(self._day(1))
        self._take_back(lot, self._day(4))
        self._forget()
        self._run_cron()
        self.assertTrue(self.maker.sellout)
        self.assertEqual(self.maker.sellout_start, self._day(1))
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])

    def test_r5_who_is_approved_later_is_told_of_it_all(self):
        _order, lot = self._rent(self._day(1))
        self._forget()
        self.maker.approved = False
        self._run_cron()
        self.assertFalse(self.maker.sellout)
        self.assertEqual(self._find(), [(lot.name, "off")])
        self.maker.approved = True
        self._run_cron()
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])

    def test_r5_whose_approval_is_withdrawn_is_told_of_what_was_delivered(self):
        _order, lot = self._rent(self._day(1))
        self.maker.approved = False
        self._run_cron()
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])

    def test_r5_who_is_archived_is_told_of_what_was_delivered(self):
        _order, lot = self._rent(self._day(1))
        self.maker.active = False
        self._run_cron()
        self.assertEqual(self._tell(self.maker.sellout_report_ids), [(lot.name, 1)])

    def test_r5_who_is_turned_off_gets_nothing_that_is_open(self):
        self._rent(self._day(1))
        self.maker.write({"sellout_email": "s@newmake.test", "sellout_period": "month"})
        self._run_cron()
        report = self.maker.sellout_report_ids
        self.maker.write({"sellout_auto": True})
        self._switch_off()
        self._run_cron()
        self.assertEqual(report.state, "draft")
        self.assertFalse(report.sending_ids)
        self.maker.sellout = True
        self._run_cron()
        self.assertEqual(set(self.maker.sellout_report_ids.mapped("state")), {"closed"})

    def test_r5_each_company_for_itself(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._rent(self.today)
        self.assertTrue(self.maker.with_company(self.also).sellout)
        there = self.maker.with_company(other)
        self.assertFalse(there.sellout or there.sellout_start)
        there.sellout_off_reason = "Theirs"
        self.assertTrue(self.maker.with_company(self.also).sellout)
        self.assertFalse(self.maker.with_company(self.also).sellout_off_reason)

    def test_r5_a_todo_is_that_of_the_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        boss = self.manager.copy({"login": "boss_elsewhere", "email": "b@else.test"})
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.maker.sellout_user_id = self.manager
        self._rent(self.today)
        self.maker.with_company(other)._turn_on_sellout(self.today)
        self.assertEqual(len(self._get_todos()), 2)
        self.maker.with_company(other).sellout_email = "other@newmake.test"
        [todo] = self._get_todos()
        self.assertEqual(todo.user_id, self.manager)

    def test_r5_the_first_seats_turn_reporting_on(self):
        self.office_basic.waas_manufacturer_id = self.maker
        order = self._confirm(self._create_order(quantity=1))
        license_sudo = order.sudo().waas_contract_ids.waas_license_ids
        license_sudo._start(self._day(3))
        self.assertFalse(self.maker.sellout, "nothing was provided yet")
        license_sudo._note_seats(1)
        self.assertTrue(self.maker.sellout)
        self.assertEqual(self.maker.sellout_start, self._day(3))

    def test_r5_nobody_writes_that_it_was_turned_on_by_fact(self):
        with self.assertRaises(AccessError):
            self.maker.with_user(self.manager).sellout_by_fact = True
