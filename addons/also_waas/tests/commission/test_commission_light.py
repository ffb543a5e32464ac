import io
from datetime import date, datetime

import openpyxl
from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...models.commission.waas_commission import Earning
from .common_commission import MAY, CommissionCommon


@tagged("post_install", "-at_install")
class TestCommissionLight(CommissionCommon):
    """The traffic light: what is earned, what is missing, who must act."""

    def _get_light(self, order, user=None):
        order.invalidate_recordset()
        return order.with_user(user or self.seller)._waas_get_commission_light()

    def _get_missing(self, order):
        return [(p["code"], p["actor"]) for p in self._get_light(order)["missing"]]

    def test_r1_the_light_follows_a_deal(self):
        order = self._create_order(36, quantity=10)
        light = self._get_light(order)
        self.assertEqual(
            (light["light"], light["amount"], light["state"], light["date_payout"]),
            ("amber", 600.0, "expected", date(2026, 4, 1)),
        )
        self.assertEqual(
            self._get_missing(order),
            [("credit_missing", "sales"), ("agreements_missing", "sales")],
        )
        order.action_waas_request_credit()
        order.action_waas_send_agreements()
        self.assertEqual(
            self._get_missing(order),
            [("credit_pending", "credit"), ("customer_signature", "customer")],
        )
        self._customer_signs(order)
        self.assertIn(("company_signature", "also"), self._get_missing(order))
        order.waas_credit_check_ids.with_user(self.officer)._approve(
            1_000_000.0, date(2099, 12, 31)
        )
        self._also_signs(order)
        light = self._get_light(order)
        self.assertEqual((light["light"], light["state"]), ("green", "earned"))
        self.assertEqual(light["missing"], [])
        self.assertEqual(light["contract"], order.waas_contract_ids.name)
        self.assertEqual(len(light["rows"]), 1)
        bill = self._post(self._bill(self._settle()))
        self.assertEqual(self._get_light(order)["state"], "billed")
        self.assertEqual(self._get_light(order)["rows"][0]["bill"], bill.name)
        self._pay(bill)
        self.assertEqual(self._get_light(order)["state"], "paid")

    def test_r1_more_lights_ask_little_more(self):
        """M2: what all deals of a list ask for is looked up once."""
        orders = self.env["sale.order"].union(
            *(self._create_order(36, quantity=1) for _deal in range(7))
        )
        theirs = orders.with_user(self.seller)
        alone = [order._waas_get_commission_lights()[0] for order in theirs]
        counts = {}
        for number in (2, 7):
            some = orders[:number].with_user(self.seller)
            some._waas_get_commission_lights()  # warm
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lights = some._waas_get_commission_lights()
            counts[number] = self.env.cr.sql_log_count - before
            self.assertEqual(lights, alone[:number])
        self.assertLessEqual(counts[7] - counts[2], 0)

    def test_r1_a_page_of_lights_asks_little_more_than_two(self):
        """As the list of deals shows them, to an employee; so does the daily job."""
        orders = self.env["sale.order"].union(
            *(self._create_order(36, quantity=1) for _deal in range(7))
        )

        def show(some):
            some.mapped("waas_commission_reason")

        def refresh(some):
            some.sudo()._waas_refresh_next_actor()

        for work in (show, refresh):
            counts = {}
            for number in (2, 7):
                some = orders[:number].with_prefetch()
                work(some)  # warm
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                work(some)
                counts[number] = self.env.cr.sql_log_count - before
            self.assertLessEqual(counts[7] - counts[2], 0, work.__name__)

    def test_r1_a_rejected_deal_is_red_and_earns_nothing(self):
        order = self._create_order(36, quantity=1)
        order.action_waas_request_credit()
        order.waas_credit_check_ids.with_user(self.officer)._reject("Bankrupt in 2024")
        light = self._get_light(order)
        self.assertEqual((light["light"], light["amount"]), ("red", 0.0))
        self.assertFalse(light["date_payout"])
        self.assertRegex(light["missing"][0]["message"], "credit .* is not approved")
        self.assertNotIn("Bankrupt", str(light))

    def test_r1_a_refused_deal_is_red(self):
        order = self._create_order(36, quantity=1)
        order.action_waas_send_agreements()
        order.waas_agreement_ids.sudo()._refuse("We hate the salesman")
        light = self._get_light(order)
        self.assertEqual(light["light"], "red")
        self.assertNotIn("salesman", str(light))

    def test_r1_a_cancelled_deal_is_red(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._cancel(order)
        light = self._get_light(order)
        self.assertEqual(
            (light["light"], light["amount"], light["state"]), ("red", 0.0, "reversed")
        )

    def test_the_light_tells_no_credit_amounts(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order, amount=7.77)
        self._sign(order)
        light = self._get_light(order)
        self.assertEqual(light["missing"][0]["code"], "credit_insufficient")
        self.assertNotIn("7.77", str(light))
        self.assertNotIn("1655.64", str(light).replace(",", ""))

    def test_an_incomplete_quotation_says_so(self):
        self.assertEqual(self._get_missing(self._create_order(36))[0][1], "sales")

    def test_everything_there_but_not_confirmed_waits_for_sales(self):
        self.also.waas_auto_confirm = False
        order = self._confirm(self._create_order(36, quantity=1))
        self.assertEqual(self._get_missing(order), [("confirm", "sales")])
        self.assertEqual(self._get_light(order)["light"], "amber")

    def test_a_confirmed_deal_without_commission_is_told(self):
        self.pricelist.item_ids.waas_commission_unit = 0.0
        order = self._confirm(self._create_order(36, quantity=1))
        light = self._get_light(order)
        self.assertEqual((light["light"], light["amount"]), ("green", 0.0))
        self.assertFalse(light["date_payout"])

    def test_the_list_finds_deals_by_their_light(self):
        waiting = self._create_order(36, quantity=1)
        earned = self._confirm(self._create_order(36, quantity=1))
        cancelled = self._confirm(self._create_order(36, quantity=1))
        self._cancel(cancelled)
        bankrupt = self._create_party("Bankrupt")
        rejected = self._create_order(36, quantity=1, partner_id=bankrupt.id)
        rejected.action_waas_request_credit()
        check = rejected.waas_credit_check_ids.with_user(self.officer)
        check._reject("Bankrupt in 2024")
        deals = waiting + earned + cancelled + rejected
        for light, expected in (
            ("amber", waiting),
            ("green", earned),
            ("red", cancelled + rejected),
        ):
            found = self.env["sale.order"].search(
                [("waas_commission_light", "=", light), ("id", "in", deals.ids)],
                order="id",
            )
            self.assertEqual(found, expected, light)
            self.assertEqual(set(expected.mapped("waas_commission_light")), {light})
        found = self.env["sale.order"].search(
            [("waas_commission_light", "!=", "red"), ("id", "in", deals.ids)]
        )
        self.assertEqual(found, waiting + earned)

    def test_forms_show_the_light(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids
        with Form(order.with_user(self.seller)) as form:
            self.assertIn('data-light="green"', form.waas_commission_html)
        self.assertIn(
            'data-light="green"',
            contract.with_user(self.accountant).waas_commission_html,
        )
        self.assertEqual(contract.with_user(self.seller).waas_commission_light, "green")


@tagged("post_install", "-at_install")
class TestCommissionStatement(CommissionCommon):
    """The account of a reseller for a month ties to ledger and bills (I8)."""

    def _get_statement(self, month):
        [statement] = self._create_wizard(month)._get_statements()
        return statement

    def _create_wizard(self, month, user=None):
        return (
            self.env["waas.commission.statement"]
            .with_user(user or self.accountant)
            .create({"date_from": month, "company_id": self.also.id})
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(36, quantity=10))
        cls.cancelled = cls._confirm(cls._create_order(36, quantity=2))

    def _live_through_april(self):
        """March is paid in April; a deal of March is cancelled, another is upgraded."""
        bill = self._post(self._bill(self._settle()))
        with freeze_time(datetime(2026, 4, 15, 10)):
            self._cancel(self.cancelled)
            self.order.waas_contract_ids._waas_accrue(
                "upgrade",
                self.order.copy(),
                [Earning("premium", self.premium_upgrade, 5, 3.0)],
            )
        self._pay(bill, datetime(2026, 4, 20, 10))
        return bill

    def test_i8_the_account_of_every_month_leads_to_the_next(self):
        bill = self._live_through_april()
        march = self._get_statement(date(2026, 3, 1))
        self.assertEqual(
            (march["opening"], march["earned"]["new"], march["paid"], march["closing"]),
            (0.0, 720.0, 0.0, 720.0),
        )
        april = self._get_statement(date(2026, 4, 1))
        self.assertEqual(
            (april["opening"], april["earned"]["upgrade"], april["reversed"]),
            (720.0, 15.0, -120.0),
        )
        self.assertEqual((april["paid"], april["closing"]), (720.0, -105.0))
        self.assertEqual(april["open"]["earned"], -105.0)
        [paid] = april["bills"]
        self.assertEqual(
            (paid["bill"], paid["total"], paid["amount"], paid["date_paid"]),
            (bill.name, 720.0, 720.0, date(2026, 4, 20)),
        )
        self.assertEqual(bill.amount_untaxed, april["paid"])
        self.assertEqual(self._settle(MAY)[-1:].total, -105.0)

    def test_the_printed_statement_shows_the_account(self):
        self._live_through_april()
        wizard = self._create_wizard(date(2026, 4, 1))
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_qweb_html(
                "also_waas.action_report_commission_statement", wizard.ids
            )
        )
        page = html.fromstring(content)
        closing = page.xpath("//tr[@name='closing']")[0].text_content()
        self.assertIn("105.00", closing)
        self.assertEqual(len(page.xpath("//td[@name='td_amount']")), 2)
        self.assertIn(self.reseller.name, page.text_content())

    def test_the_spreadsheet_ties_to_the_ledger(self):
        self._live_through_april()
        wizard = self._create_wizard(date(2026, 4, 1))
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(self.accountant)
            ._render_xlsx(
                "also_waas.action_report_commission_statement_xlsx", wizard.ids, {}
            )
        )
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        cells = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
        self.assertEqual(cells["Opening balance"][1], 720.0)
        self.assertEqual(cells["Closing balance"][1], -105.0)
        self.assertEqual(cells["Total"][7], -105.0)

    def test_sales_may_print_and_outsiders_may_not(self):
        wizard = self._create_wizard(date(2026, 3, 1), self.seller)
        self.assertEqual(wizard.action_print()["type"], "ir.actions.report")
        report = self.env["report.also_waas.report_commission_statement"]
        self.assertTrue(
            report.with_user(self.seller)._get_report_values(wizard.ids)["statements"]
        )
        with self.assertRaises(AccessError):
            report.with_user(self.warehouse)._get_report_values(wizard.ids)

    def test_an_empty_period_is_said(self):
        with self._assert_refuses("no commission to state"):
            self._create_wizard(date(2025, 1, 1)).action_print()
