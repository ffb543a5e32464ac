from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...wizards.commission import commission_make_settle
from .common_commission import APRIL, MAY, CommissionSettlementCommon


@tagged("post_install", "-at_install")
class TestCommissionSettlement(CommissionSettlementCommon):
    """What was earned is settled by month and paid by a self-billed bill, once."""

    def test_r1_only_months_that_are_over_are_settled(self):
        self.assertFalse(self._settle(datetime(2026, 3, 31, 10)))
        settlement = self._settle(APRIL)
        self.assertRecordValues(
            settlement,
            [
                {
                    "agent_id": self.reseller.id,
                    "date_from": date(2026, 3, 1),
                    "date_to": date(2026, 3, 31),
                    "total": 60.0,
                    "currency_id": self.also.currency_id.id,
                    "company_id": self.also.id,
                    "state": "settled",
                }
            ],
        )
        self.assertTrue(settlement.name.startswith("COM/"))
        self.assertEqual(self.row.state, "settled")
        self.assertEqual(self.row.settlement_id, settlement)

    def test_i5_a_second_settlement_finds_nothing(self):
        first = self._settle()
        self.assertEqual(self._settle(MAY), first)

    def test_i5_the_database_takes_a_row_in_one_live_settlement(self):
        settlement = self._settle()
        with self._assert_violates(), self.env.cr.savepoint():
            settlement.sudo().line_ids.copy()
            self.env.flush_all()

    def test_a_cancelled_settlement_frees_its_rows(self):
        first = self._settle()
        first.with_user(self.accountant).action_cancel()
        self.assertEqual(self.row.state, "earned")
        second = self._settle()
        self.assertEqual(second.total, 60.0)
        self.assertEqual(self.row.settlement_id, second)
        with self._assert_refuses("cannot be billed again"):
            first.action_draft()

    def test_a_deleted_settlement_frees_its_rows(self):
        settlement = self._settle()
        settlement.with_user(self.accountant).unlink()
        self.assertEqual(self.row.state, "earned")
        self.assertFalse(self.row.settlement_id)

    def test_the_resellers_become_agents_and_keep_what_they_had(self):
        self.assertTrue(self.reseller.agent)
        self.assertEqual(self.reseller.settlement, "monthly")
        ordinary = self.env["commission"].create({"name": "5%", "fix_qty": 5.0})
        self.other_reseller.write(
            {"agent": True, "settlement": "annual", "commission_id": ordinary.id}
        )
        self._confirm(
            self._create_order(36, quantity=1, waas_reseller_id=self.other_reseller.id)
        )
        self.assertEqual(self.other_reseller.commission_id, ordinary)
        # Its year is not over.
        self.assertEqual(self._settle().agent_id, self.reseller)
        later = self._settle(datetime(2027, 1, 1, 10)) - self.row.settlement_id
        self.assertEqual(later.agent_id, self.other_reseller)

    def test_a_reseller_who_is_no_agent_any_more_is_paid_all_the_same(self):
        self.reseller.agent = False
        self.assertEqual(self._settle().total, 60.0)

    def test_only_chosen_resellers_are_settled(self):
        self._confirm(
            self._create_order(36, quantity=1, waas_reseller_id=self.other_reseller.id)
        )
        chosen = [Command.set(self.other_reseller.ids)]
        self.assertEqual(self._settle(agent_ids=chosen).agent_id, self.other_reseller)
        self.assertEqual(self.row.state, "earned")

    def test_nothing_to_settle_is_said(self):
        with freeze_time(datetime(2026, 3, 11)):
            answer = (
                self.env["commission.make.settle"]
                .with_user(self.accountant)
                .create({"settlement_type": "waas"})
                .action_settle()
            )
        self.assertIn("nothing to settle", answer["params"]["message"])

    def test_an_accountant_is_led_from_settling_to_the_bill(self):
        with freeze_time(APRIL):
            wizard = self.env["commission.make.settle"].with_user(self.accountant)
            action = wizard.create({"settlement_type": "waas"}).action_settle()
            settlement = self.env["commission.settlement"].search(action["domain"])
            self.assertEqual(settlement.total, 60.0)
            self.assertEqual(action["path"], "waas-settlements")
            action = settlement.with_user(self.accountant).action_invoice()
            self.assertEqual(action["name"], "Make Commission Bills")
            bills = self.env["commission.make.invoice"].with_user(self.accountant)
            action = bills.with_context(**action["context"]).create({}).button_create()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(action["res_id"], settlement.invoice_id.id)

    def test_the_scheduled_action_settles_from_the_settlement_day_on(self):
        # As the scheduler does, for all companies.
        wizard = self.env["commission.make.settle"].with_user(SUPERUSER_ID)
        self.also.waas_settlement_day = 5
        with freeze_time("2026-04-04 10:00:00"), self._committing():
            wizard._cron_waas_settle()
        self.assertEqual(self.row.state, "earned")
        with freeze_time("2026-04-07 10:00:00"), self._committing():
            wizard._cron_waas_settle()  # the 5th was missed
            wizard._cron_waas_settle()
        self.assertEqual(self.row.state, "settled")
        self.assertEqual(self._get_settlements().total, 60.0)

    def test_the_scheduled_action_settles_each_batch_for_good(self):
        """Killed on its way, it leaves whole settlements, and goes on next time."""
        self._confirm(
            self._create_order(36, quantity=1, waas_reseller_id=self.other_reseller.id)
        )
        wizards = self.env["commission.make.settle"].with_user(SUPERUSER_ID)
        commits = []

        def kill_after_the_first():
            self.env.flush_all()
            commits.append(len(self._get_settlements()))
            if commits[-1]:
                raise KeyboardInterrupt

        with (
            freeze_time("2026-04-07 10:00:00"),
            patch.object(commission_make_settle, "BATCH", 1),
        ):
            with (
                patch.object(self.env.cr, "commit", kill_after_the_first),
                self.assertRaises(KeyboardInterrupt),
            ):
                wizards._cron_waas_settle()
            self.assertEqual(commits, [0, 1])
            with self._committing():
                wizards._cron_waas_settle()
        settlements = self._get_settlements()
        self.assertEqual(settlements.agent_id, self.reseller | self.other_reseller)
        self.assertEqual(len(settlements.line_ids), 2)

    def test_the_settlement_day_is_a_day_of_every_month(self):
        with self._assert_violates(), self.env.cr.savepoint():
            self.also.waas_settlement_day = 31
            self.env.flush_all()

    def test_a_settlement_holds_the_ledger_as_it_is(self):
        settlement = self._settle()
        with self._assert_refuses("as they are", ValidationError):
            settlement.line_ids.settled_amount = 600.0
        with self._assert_refuses("as they are", ValidationError):
            settlement.agent_id = self.other_reseller
        self._bill(settlement)
        with self._assert_refuses("its lines stay"):
            settlement.line_ids.unlink()
