from datetime import timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common.replayed import replayed
from .common_sellout import SelloutCommon, few_examples


class CoverageCommon(SelloutCommon):
    """Laptops of a manufacturer that is approved, and whom nobody has set up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_maker()

    @classmethod
    @replayed
    def _set_up_maker(cls):
        cls.maker = cls.env["waas.manufacturer"].create(
            {"name": "Newmake", "approved": True, "warranty_max_months": 60}
        )
        cls.laptop.waas_manufacturer_id = cls.maker
        cls.today = cls.also._waas_today()
        cls.rows = cls.env["waas.sellout.unnotified"]

    def _find(self, *domain):
        """What somebody has to decide about, as pairs of serial number and why."""
        rows = self.rows.search([*domain, ("why", "!=", "before")])
        return [(row.serial, row.why) for row in rows]

    @replayed
    def _switch_off(self, reason="Wants none"):
        self.maker.write({"sellout": False, "sellout_off_reason": reason})

    def _forget(self):
        """As in a database in which reporting was never turned on."""
        self.maker.sudo().write(
            {
                "sellout": False,
                "sellout_off_reason": "Forgotten",
                "sellout_start": False,
                "sellout_by_fact": False,
            }
        )
        self.maker.sellout_off_reason = False

    def _leave_out(self, rows, reason="Wants none", user=None):
        action = rows.with_user(user or self.manager).action_leave_out()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.manager)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_leave_out()


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
            with self._assert_refuses("Say why Newmake is no longer told"):
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
        with self._assert_refuses("Say why Goodmake is no longer told"):
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


@tagged("post_install", "-at_install")
class TestSelloutUnnotified(CoverageCommon):
    """The list of what nobody was notified of is empty when a period closes."""

    @replayed
    def _deliver_unapproved(self, day, quantity=1):
        """What was rented out while its maker was approved."""
        self.maker.approved = True
        _order, lots = self._rent(day, quantity)
        self._forget()
        self.maker.approved = False
        return lots

    def test_r5_a_period_does_not_close_while_somebody_was_forgotten(self):
        lot = self._deliver_unapproved(self._day(0))
        report = self._open()
        self.assertEqual(report.unnotified_count, 1)
        self.assertIn("Nobody was notified of 1 serial numbers", report.problems)
        with self._assert_refuses("Nobody was notified of 1 serial numbers"):
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
        self.assertIn("Nobody was notified", report.activity_ids.note)
        self._leave_out(self.rows.search([]))
        self._run_cron()
        self.assertEqual(report.state, "closed")

    def test_r5_what_was_delivered_later_holds_nothing_up(self):
        self._deliver_unapproved(self._day(1))
        self.assertFalse(self._close().unnotified_count)
        self.assertEqual(self._open().unnotified_count, 1)

    def test_r5_what_is_left_out_with_a_reason_is_not_on_the_list(self):
        self._deliver_unapproved(self._day(0), 2)
        rows = self.rows.search([])
        self.assertEqual(len(rows), 2)
        with self._assert_refuses("Write down why"):
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
            with self._assert_refuses("choose the manufacturer on the product"):
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


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("deliver", "take back", "replace", "job", "off", "on")),
        st.integers(0, 2),  # which place
        st.integers(0, 25),  # days since the step before
    ),
    min_size=3,
    max_size=7,
)


@tagged("post_install", "-at_install")
class TestSelloutCoverageInvariants(CoverageCommon):
    """Whatever is delivered while reporting goes on and off: in the end the maker was
    told of each device once, and nothing is on the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(12)
        cls.maker.write({"sellout_email": "sellout@newmake.test", "sellout_auto": True})
        cls.orders = [
            cls._confirm(cls._create_order(quantity=1)) for _place in range(3)
        ]

    @few_examples(4)
    @given(STEPS)
    def test_r5_every_delivered_serial_is_told_to_its_maker_once(self, steps):
        with self._undone():
            self._play(steps)

    def _play(self, steps):
        places, day = {}, self.start
        for step, index, pause in steps:
            day = min(day + timedelta(days=pause), self._day(6))
            self._step(step, index, day, places)
        self.maker.write({"sellout": True} if self.maker.sellout_off_reason else {})
        if not places:
            return
        self._run_cron()
        # What came after the last report that is closed.
        report = self.env["waas.sellout.report"]._get_open(self.maker, self.also.id)
        (report or self._open(self.maker))._refresh()
        told = {}
        for line in self.maker.sellout_report_ids.line_ids:
            told[line.serial] = told.get(line.serial, 0) + line.quantity
        counted = [
            lot.name for lot, _since, is_counted in places.values() if is_counted
        ]
        self.assertEqual(
            sorted(serial for serial, number in told.items() if number),
            sorted(counted),
        )
        self.assertLessEqual(set(told.values()), {0, 1})
        self.assertFalse(self.rows.search([]))

    def _step(self, step, index, day, places):
        if step == "job":
            self._run_cron()
        elif step == "off" and self.maker.sellout:
            self._switch_off()
        elif step == "on" and self.maker.sellout_start:
            self.maker.sellout = True
        elif step == "deliver" and index not in places:
            self._hand_over(self.orders[index], day)
            lot = self.orders[index].waas_contract_ids.waas_device_ids
            places[index] = (lot, day, True)
        elif step in ("take back", "replace") and index in places:
            self._move(step, index, day, places)

    def _move(self, step, index, day, places):
        lot, since, is_counted = places[index]
        if not lot.waas_contract_id:
            return
        if step == "replace":
            lots = self.env["stock.lot"].search(
                [("product_id", "=", self.laptop.id), ("waas_history_ids", "=", False)]
            )
            other = next(one for one in lots if one._waas_is_free(self.also))
            self._replace(lot, other, day)
            places[index] = (other, since, is_counted)
        else:
            self._take_back(lot, day)
            places[index] = (lot, since, (day - since).days > 30)
