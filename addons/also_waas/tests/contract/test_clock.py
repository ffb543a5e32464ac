import re
from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.tests import tagged
from odoo.tools import file_path

from ..common.replayed import replayed
from ..devices.common_devices import DevicesCommon

# Today by the clock of whoever is asking: of the user, or of the server.
OTHER_CLOCKS = re.compile(
    r"context_today|context_timestamp|Date\.today|date\.today|datetime\.(now|today)\("
    r"|utcnow|(?<!Datetime)\.now\(\)\.date|env\.user\.tz|user\.tz\b"
)
# Odoo's own rule, which the engine repeats: ours come with a due date.
ODOOS_OWN = {("account_invoice_fast/invoicing/builder.py", "context_today")}
ADDONS = (
    "account_invoice_fast",
    "also_waas",
    "also_waas_purchase",
    "also_waas_queue_job",
)


@tagged("post_install", "-at_install")
class TestClock(DevicesCommon):
    """Whatever is booked has the day it is where the company is (D2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.partner_id.tz = "Europe/Amsterdam"

    def test_d2_there_is_no_other_clock_in_the_sources(self):
        found = set()
        for addon in ADDONS:
            root = Path(file_path(f"{addon}/__manifest__.py")).parent
            for path in root.rglob("*.py"):
                name = f"{addon}/{path.relative_to(root)}"
                if "/tests/" not in name:
                    found |= {
                        (name, match[0])
                        for match in OTHER_CLOCKS.finditer(path.read_text())
                    }
        self.assertEqual(found, ODOOS_OWN)

    def test_d2_the_clock_does_not_hang_on_the_user(self):
        self.env.user.tz = self.warehouse.tz = "Pacific/Kiritimati"
        with freeze_time("2026-12-31 23:30:00"):
            self.assertEqual(self.also._waas_today(), date(2027, 1, 1))
        with freeze_time("2026-12-31 12:30:00"):
            self.assertEqual(self.also._waas_today(), date(2026, 12, 31))
        # Without a time zone: that of the only one of its country, else UTC.
        self.also.partner_id.write({"tz": False, "country_id": self.env.ref("base.nl")})
        with freeze_time("2026-12-31 23:30:00"):
            self.assertEqual(self.also._waas_today(), date(2027, 1, 1))
        self.also.partner_id.country_id = self.env.ref("base.us")
        with freeze_time("2026-12-31 23:30:00"):
            self.assertEqual(self.also._waas_today(), date(2026, 12, 31))

    def test_d2_each_companys_records_are_looked_at_by_its_own_day(self):
        other = self.env["res.company"].create({"name": "Far East"})
        other.partner_id.tz = "Pacific/Kiritimati"
        with freeze_time("2026-12-31 12:30:00"):
            domain = self.env["res.company"]._waas_with_today(
                lambda today: [("date_start", "<=", today)]
            )
        text = repr(list(domain))
        self.assertIn("2027, 1, 1", text)
        self.assertIn("2026, 12, 31", text)

    def test_d2_a_delivery_at_night_is_of_one_day_everywhere(self):
        self.warehouse.tz = "Pacific/Kiritimati"
        self._put_in_stock(self.laptop, 1)
        with freeze_time("2026-12-30 12:00:00"):
            order = self._rent()
        with freeze_time("2026-12-31 23:30:00"):
            self._deliver(order)
        contract = order.waas_contract_ids
        day = date(2027, 1, 1)
        self.assertEqual(contract.date_start, day)
        self.assertEqual(contract.waas_device_ids.waas_delivered_on, day)
        self.assertEqual(contract.waas_device_ids.waas_warranty_start, day)
        self.assertEqual(contract.waas_installment_ids[0].move_id.invoice_date, day)
        commission = self.env["waas.commission"].search(
            [("contract_id", "=", contract.id)]
        )
        self.assertEqual(commission.date, date(2026, 12, 30))

    def test_d2_the_nightly_run_knows_that_it_is_january(self):
        contract = self._create_contract(date(2026, 12, 1))
        self._invoice_up_to(contract, date(2026, 12, 1))
        runs = self.env["waas.invoice.run"].with_user(SUPERUSER_ID)
        with freeze_time("2026-12-31 23:30:00"):
            runs._cron_open()
            run = runs.search([("company_id", "=", self.also.id)], limit=1)
            with self._working():
                run._work()
        self.assertEqual((run.date, run.invoice_date), (date(2027, 1, 1),) * 2)
        self.assertEqual(
            contract.waas_installment_ids[1].move_id.invoice_date, date(2027, 1, 1)
        )

    def test_d3_a_run_ends_with_its_last_batch_when_the_time_is_over(self):
        self._create_contract(date(2026, 1, 31))
        run = self._create_run(date(2026, 2, 15))
        run.action_start()
        cron = type(self.env["ir.cron"])
        with (
            self._working(),
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0.0),
        ):
            self.env["waas.invoice.run"].with_user(SUPERUSER_ID)._cron_work()
        self.assertEqual(run.state, "done")

    def test_d3_what_is_left_waits_for_the_next_time(self):
        for _number in range(2):
            self._create_contract(date(2026, 1, 31))
        run = self._create_run(date(2026, 2, 15))
        run.action_start()
        cron = type(self.env["ir.cron"])
        with (
            self._working(),
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0.0),
            patch(
                "odoo.addons.also_waas.models.invoicing.waas_invoice_run_batch.BATCH", 1
            ),
        ):
            self.env["waas.invoice.run"].with_user(SUPERUSER_ID)._cron_work()
            self.assertEqual(run.invoiced_count, 1)
            self.assertEqual(run.state, "running")

    # === THE DEFAULT CATALOGUE IS RENTABLE (D1) ===#

    def _sell_default_catalogue(self):
        """Warranty as the form proposes it: 36 months, and no longer one."""
        self.manufacturer.write({"warranty_months": 36, "warranty_max_months": 36})
        for product in self.laptop + self.monitor:
            product.write({"waas_warranty_months": 36, "waas_warranty_max_months": 36})

    @replayed
    def _rent_in_parts(self, days, months=36):
        """One device a day, the last of which starts the contract."""
        self._sell_default_catalogue()
        self._put_in_stock(self.laptop, len(days))
        with freeze_time(f"{days[0]} 08:00:00"):
            order = self._rent(len(days), months)
            picking = order.picking_ids
        for day in days:
            with freeze_time(f"{day} 10:00:00"):
                picking = order.picking_ids.filtered(
                    lambda picking: picking.state not in ("done", "cancel")
                )
                picking.action_assign()
                picking.move_ids.quantity = 1
                picking.move_ids.picked = True
                picking.with_user(self.warehouse).with_context(
                    skip_backorder=True
                ).button_validate()
        return order.waas_contract_ids

    def test_d1_r12_devices_of_36_months_are_rented_for_36_in_two_deliveries(self):
        contract = self._rent_in_parts(["2026-03-01", "2026-03-20"])
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.date_start, date(2026, 3, 20))
        self.assertEqual(contract.date_end, date(2029, 3, 19))
        self.assertEqual(
            contract.waas_device_ids.mapped("waas_warranty_max_end"),
            [date(2029, 2, 28), date(2029, 3, 19)],
        )
        self.assertIn("bears the risk", str(contract.message_ids.mapped("body")))

    def test_d1_r12_a_start_on_the_first_of_next_month(self):
        self.also.waas_billing_start = "next_month"
        contract = self._rent_in_parts(["2026-03-10"])
        self.assertEqual(contract.date_start, date(2026, 4, 1))
        self.assertEqual(contract.date_end, date(2029, 3, 31))

    def test_d1_r12_leap_days_and_long_waits_do_not_matter(self):
        contract = self._rent_in_parts(["2025-02-28", "2025-03-01"])
        self.assertEqual(contract.date_end, date(2028, 2, 29))
        self.assertEqual(contract.waas_state, "running")

    def test_d1_r12_they_are_extended_to_36_months(self):
        contract = self._rent_in_parts(["2026-03-01", "2026-03-20"], months=24)
        offers = {
            offer["months"]: offer["possible"]
            for offer in contract._waas_get_extension_offers()
        }
        self.assertTrue(offers[36])
        with freeze_time("2027-01-15"):
            change = self._create_change(contract, "extension", months=36)
            self._agree(change)
        self.assertEqual(contract.date_end, date(2029, 3, 19))

    def test_d1_r12_the_clock_of_a_used_device_still_runs(self):
        contract = self._rent_in_parts(["2026-03-20"], months=24)
        device = contract.waas_device_ids
        device.waas_warranty_end = False
        device.waas_warranty_max_end = date(2029, 3, 18)
        offers = {
            offer["months"]: offer["possible"]
            for offer in contract._waas_get_extension_offers()
        }
        self.assertTrue(offers[33])
        self.assertFalse(offers[36])

    def test_d1_r14_a_short_warranty_is_said_on_the_quotation(self):
        device = self._create_device("Short Laptop")
        device.write({"waas_warranty_months": 24, "waas_warranty_max_months": 24})
        problem = device._waas_get_term_problem(self.terms[36])
        self.assertRegex(problem, "for 24 months, and the term is 36 months")
        self.assertFalse(device._waas_get_term_problem(self.terms[24]))
        order = self._create_order(36, quantity=1)
        self.laptop.write({"waas_warranty_months": 24, "waas_warranty_max_months": 24})
        patched = patch.object(
            type(self.laptop), "_waas_get_hardware_problem", lambda *args: False
        )
        with patched:  # approved as an exception
            self.assertIn("warranty", self._get_codes(order))

    # === A MISSED SETTLEMENT DAY (I7) ===#

    def _settle_on(self, moment):
        with freeze_time(moment), self._committing():
            self.env["commission.make.settle"].with_user(
                SUPERUSER_ID
            )._cron_waas_settle()
        return self.env["commission.settlement"].search(
            [("settlement_type", "=", "waas")]
        )

    def test_i7_commission_is_settled_at_the_next_run_after_a_missed_day(self):
        self.also.waas_settlement_day = 28
        with freeze_time("2026-03-10 10:00:00"):
            self._rent()
        # The scheduler stood still from before 28 April until May.
        settlement = self._settle_on(datetime(2026, 5, 3, 10))
        self.assertEqual(settlement.date_to, date(2026, 3, 31))
        self.assertEqual(settlement.total, 60.0)

    def test_i7_before_the_settlement_day_nothing_of_the_month_is_settled(self):
        self.also.waas_settlement_day = 28
        with freeze_time("2026-03-10 10:00:00"):
            self._rent()
        self.assertFalse(self._settle_on(datetime(2026, 4, 3, 10)))
        self.assertTrue(self._settle_on(datetime(2026, 4, 28, 10)))

    def test_i7_the_day_is_the_companys(self):
        with freeze_time("2026-03-10 10:00:00"):
            self._rent()
        # In Amsterdam it is 1 April.
        self.assertTrue(self._settle_on(datetime(2026, 3, 31, 22, 30)))
