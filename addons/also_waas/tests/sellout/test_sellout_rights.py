from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_sellout import SelloutCommon


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
