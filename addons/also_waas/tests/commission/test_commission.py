import io
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time
from lxml import html

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ...models.commission.waas_commission import Earning
from ...wizards.commission import commission_make_settle
from ..common.cases import SIGNATURE, WaasCommon, WaasDealsCommon
from ..common.replayed import replayed

MARCH = datetime(2026, 3, 10, 10)
APRIL = datetime(2026, 4, 1, 10)
MAY = datetime(2026, 5, 1, 10)


class CommissionCommon(WaasCommon):
    """A world in March 2026: 60 of commission for a workplace of 36 months, 3 for
    Office Premium in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(MARCH))

    # === WHAT PEOPLE DO ===#

    @replayed
    def _settle(self, moment=APRIL, user=None, **values):
        """Settle what was earned before the month of ``moment``.

        :return: the live settlements of WaaS
        """
        with freeze_time(moment):
            self.env["commission.make.settle"].with_user(
                user or self.accountant
            ).create(
                {"settlement_type": "waas", "date_to": moment.date(), **values}
            ).action_settle()
        return self._get_settlements()

    def _get_settlements(self):
        return self.env["commission.settlement"].search(
            [("settlement_type", "=", "waas"), ("state", "!=", "cancel")]
        )

    @replayed
    def _bill(self, settlements, moment=APRIL, **values):
        """Make the bills by the neighbour's wizard, as its button opens it."""
        with freeze_time(moment):
            wizard = (
                self.env["commission.make.invoice"]
                .with_user(self.accountant)
                .with_context(settlement_ids=settlements.ids)
                .create(values)
            )
            wizard.button_create()
        return settlements.invoice_id

    @replayed
    def _post(self, bills, moment=APRIL):
        with freeze_time(moment):
            bills.action_post()
        return bills

    @replayed
    def _pay(self, bill, moment=APRIL):
        with freeze_time(moment):
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=bill.ids
            ).create({"payment_date": moment.date()})._create_payments()

    @replayed
    def _credit(self, bill):
        """Credit a posted bill in full."""
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({"journal_id": bill.journal_id.id}).refund_moves()
        refund = bill.reversal_move_ids
        refund.invoice_date = refund.invoice_date or date(2026, 4, 1)
        refund.action_post()
        lines = (bill + refund).line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
            and not line.reconciled
        )
        if lines:
            lines.reconcile()

    def _get_rows(self, order):
        return self.env["waas.commission"].search([("order_id", "=", order.id)])

    def _get_balance(self, order):
        return sum(self._get_rows(order).mapped("amount"))


@tagged("post_install", "-at_install")
class TestCommission(CommissionCommon):
    """What a deal earns, when, and what is taken back (R1, R8)."""

    # === EARNED: NEVER BEFORE, EXACTLY ONCE ===#

    def test_r1_a_deal_earns_when_the_last_condition_is_met(self):
        order = self._create_order(36, quantity=10)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        with freeze_time("2026-03-12 10:00:00"):
            self._customer_signs(order)
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-03-15 10:00:00"):
            self._also_signs(order)
        self.assertEqual(order.state, "sale")
        self.assertRecordValues(
            self._get_rows(order),
            [
                {
                    "event": "new",
                    "reseller_id": self.reseller.id,
                    "contract_id": order.waas_contract_ids.id,
                    "product_id": self.bundle.id,
                    "quantity": 10,
                    "unit_amount": 60.0,
                    "amount": 600.0,
                    "currency_id": self.also.currency_id.id,
                    "company_id": self.also.id,
                    "date_earned": date(2026, 3, 15),
                    "date": date(2026, 3, 15),
                    "state": "earned",
                }
            ],
        )

    def test_r1_without_an_approved_credit_nothing_is_earned(self):
        order = self._create_order(36, quantity=1)
        self._sign(order)
        with self._assert_refuses("cannot be confirmed"):
            order.action_confirm()
        self.assertFalse(self._get_rows(order))
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids.with_user(self.officer)
        check._reject("Bankrupt")
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-03-20 10:00:00"):
            self._approve_credit(order)
        self.assertEqual(self._get_rows(order).date_earned, date(2026, 3, 20))

    def test_r1_without_the_end_customers_signature_nothing_is_earned(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        with self._assert_refuses("must sign"):
            order.action_confirm()
        self.assertFalse(self._get_rows(order))

    def test_r1_one_unsigned_agreement_of_two_is_enough_to_earn_nothing(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        one, two = order.waas_agreement_ids
        one.sudo()._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        one.with_user(self.manager)._countersign(SIGNATURE, "127.0.0.1")
        self.assertFalse(self._get_rows(order))
        two.sudo()._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        self.assertFalse(self._get_rows(order))
        two.with_user(self.manager)._countersign(SIGNATURE, "127.0.0.1")
        self.assertEqual(self._get_balance(order), 60.0)

    def test_r1_a_late_confirmation_is_earned_on_the_day_of_the_last_condition(self):
        """Booked when it is confirmed, so that a month that was settled stays."""
        self.also.waas_auto_confirm = False
        order = self._confirm(self._create_order(36, quantity=1))
        self.assertFalse(self._get_rows(order))
        with freeze_time("2026-04-02 10:00:00"):
            order.action_confirm()
        row = self._get_rows(order)
        self.assertEqual(row.date_earned, date(2026, 3, 10))
        self.assertEqual(row.date, date(2026, 4, 2))
        self.assertFalse(self._settle(APRIL))
        self.assertEqual(self._settle(MAY).total, 60.0)

    def test_r1_an_event_earns_exactly_once(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract, row = order.waas_contract_ids, self._get_rows(order)
        again = contract._waas_accrue("new", order, order._waas_get_earnings())
        self.assertFalse(again)
        self.assertEqual(self._get_rows(order), row)
        with self._assert_violates(), self.env.cr.savepoint():
            row.sudo().copy()
            self.env.flush_all()

    def test_r1_the_database_takes_one_reversal_of_a_row(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order).sudo()
        reversal = row._reverse()
        self.assertFalse(row._reverse())
        with self._assert_violates(), self.env.cr.savepoint():
            reversal.copy()
            self.env.flush_all()

    def test_r1_the_database_refuses_a_commission_before_it_is_earned(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order).sudo()
        with self._assert_violates(), self.env.cr.savepoint():
            row.copy({"line_key": "later", "date_earned": date(2026, 3, 11)})
            self.env.flush_all()

    def test_r1_the_ledger_is_written_by_nobody(self):
        order = self._confirm(self._create_order(36, quantity=1))
        row = self._get_rows(order)
        for user in (self.seller, self.manager, self.accountant):
            for change in (
                lambda row: row.write({"amount": 1000.0}),
                lambda row: row.unlink(),
                lambda row: row.copy({"line_key": "forged"}),
            ):
                with (
                    self.subTest(user=user.login),
                    self.assertRaises(UserError),
                ):
                    change(row.with_user(user))
        with self._assert_refuses("ledger is not changed"):
            row.sudo().amount = 1000.0
        with self._assert_refuses("ledger is not deleted"):
            row.sudo().unlink()
        self.assertEqual(row.amount, 60.0)

    def test_r8_upgrades_and_options_earn_more(self):
        order = self._create_order(36)
        order._waas_add_bundle(
            self.bundle,
            10,
            upgrades={self.office_slot: self.premium_upgrade},
            options={self.monitor_option: 20},
        )
        self._confirm(order)
        amounts = {row.product_id: row.amount for row in self._get_rows(order)}
        self.assertEqual(
            amounts,
            {self.bundle: 600.0, self.premium_upgrade: 30.0, self.monitor_option: 60.0},
        )
        self.assertEqual(self._get_balance(order), order.waas_commission_amount)

    def test_r8_what_was_earned_stays_when_the_price_list_changes(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self.pricelist.item_ids.waas_commission_unit = 500.0
        order.order_line.invalidate_recordset()
        self.assertEqual(self._get_rows(order).amount, 60.0)
        self.assertEqual(self._settle().total, 60.0)

    def test_r1_a_deal_without_commission_has_no_row(self):
        self.pricelist.item_ids.waas_commission_unit = 0.0
        order = self._confirm(self._create_order(36, quantity=1))
        self.assertEqual(order.state, "sale")
        self.assertFalse(self._get_rows(order))

    def test_r1_a_branch_office_earns_for_its_company(self):
        branch = self.env["res.partner"].create(
            {
                "name": "Branch",
                "parent_id": self.reseller.id,
                "type": "other",
                "waas_is_reseller": True,
            }
        )
        order = self._confirm(
            self._create_order(36, quantity=1, waas_reseller_id=branch.id)
        )
        self.assertEqual(self._get_rows(order).reseller_id, self.reseller)

    def test_r8_later_events_of_a_contract_earn_their_own_amounts(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids
        # Any document of a later chapter: here a copy of the order.
        change = order.copy()
        earnings = [Earning("premium", self.premium_upgrade, 5, 3.0)]
        rows = contract._waas_accrue("upgrade", change, earnings)
        self.assertFalse(contract._waas_accrue("upgrade", change, earnings))
        self.assertRecordValues(
            rows,
            [
                {
                    "event": "upgrade",
                    "amount": 15.0,
                    "contract_id": contract.id,
                    "order_id": order.id,
                    "state": "earned",
                }
            ],
        )
        bill = self._post(self._bill(self._settle()))
        self.assertEqual(
            [line.price_subtotal for line in bill.invoice_line_ids], [60.0, 15.0]
        )
        self.assertIn("Upgrade", bill.invoice_line_ids[1].name)

    # === TAKEN BACK ===#

    def test_r1_cancelled_before_settlement_is_never_paid(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._cancel(order)
        rows = self._get_rows(order)
        self.assertEqual(rows.mapped("amount"), [-60.0, 60.0])
        self.assertEqual(set(rows.mapped("state")), {"reversed"})
        self.assertFalse(self._settle())

    def test_r1_a_cancelled_contract_earns_nothing_more(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._cancel(order)
        with self._assert_refuses("was cancelled"):
            order.waas_contract_ids._waas_accrue(
                "seats", order.copy(), [Earning("it", self.bundle, 1, 60.0)]
            )

    def test_r1_cancelled_after_settlement_is_taken_back_by_the_next(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self.assertEqual(first.total, 60.0)
        with freeze_time(APRIL):
            self._cancel(order)
        second = self._settle(MAY) - first
        self.assertEqual(second.total, -60.0)
        self.assertEqual(self._get_balance(order), 0.0)

    def test_r1_cancelled_after_payment_becomes_a_refund(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self._pay(self._post(self._bill(first)))
        self.assertEqual(self._get_rows(order).state, "paid")
        with freeze_time(APRIL):
            self._cancel(order)
        reversal = self._get_rows(order).filtered("reverses_id")
        self.assertEqual(reversal.state, "earned")
        refund = self._post(self._bill(self._settle(MAY) - first, MAY), MAY)
        self.assertEqual(refund.move_type, "in_refund")
        self.assertEqual(refund.amount_untaxed, 60.0)
        self.assertEqual(reversal.state, "billed")
        self.assertIn("taken back", refund.invoice_line_ids.name)

    def test_r1_a_later_deal_and_a_reversal_share_a_bill(self):
        order = self._confirm(self._create_order(36, quantity=1))
        first = self._settle()
        self._bill(first)
        with freeze_time(APRIL):
            self._cancel(order)
            self._confirm(self._create_order(36, quantity=3))
        bill = self._bill(self._settle(MAY) - first, MAY)
        self.assertEqual(bill.move_type, "in_invoice")
        self.assertEqual(bill.amount_untaxed, 120.0)
        self.assertEqual(
            sorted(bill.invoice_line_ids.mapped("price_subtotal")), [-60.0, 180.0]
        )

    def test_r1_no_claw_back_when_a_customer_ends_early(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        contract._waas_end()
        self.assertEqual(self._get_balance(order), 60.0)
        self.assertEqual(self._settle().total, 60.0)

    def test_r1_the_order_of_an_ended_contract_keeps_its_commission(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        contract._waas_end()
        with self._assert_refuses("has run to its end"):
            order.action_cancel()
        self.assertEqual(self._get_balance(order), 60.0)
        self.assertEqual(order.waas_commission_light, "green")

    def test_r1_no_claw_back_when_a_customer_does_not_pay(self):
        order = self._confirm(self._create_order(36, quantity=1))
        contract = order.waas_contract_ids.sudo()
        contract._waas_activate(date(2026, 3, 10))
        invoice = contract.waas_installment_ids[0].move_id
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(self._settle().total, 60.0)

    # === NOTHING OF IT IS THE RESELLER'S CREDIT ===#

    def test_r13_commission_leaves_receivable_and_credit_of_the_reseller_alone(self):
        order = self._confirm(self._create_order(36, quantity=1))
        self._post(self._bill(self._settle()))
        reseller = self.reseller.with_company(self.also)
        reseller.invalidate_recordset()
        self.assertEqual(reseller.credit, 0.0)
        self.assertEqual(reseller.credit_to_invoice, 0.0)
        self.assertGreater(reseller.debit, 0.0)
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestCommissionSettlement(CommissionCommon):
    """What was earned is settled by month and paid by a self-billed bill, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(36, quantity=1))
        cls.contract = cls.order.waas_contract_ids
        cls.row = cls.order.waas_commission_ids

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

    # === THE BILL ===#

    def test_r1_a_bill_is_self_billed_with_a_line_for_each_contract(self):
        other = self._confirm(self._create_order(36, quantity=2))
        settlement = self._settle()
        bill = self._bill(settlement)
        self.assertRecordValues(
            bill,
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": self.reseller.id,
                    "journal_id": self.also.waas_commission_journal_id.id,
                    "amount_untaxed": 180.0,
                    "state": "draft",
                    "ref": settlement.name,
                    "invoice_date": date(2026, 4, 1),
                }
            ],
        )
        self.assertTrue(bill.journal_id.is_self_billing)
        self.assertEqual(
            bill.invoice_line_ids.product_id,
            self.env.ref("also_waas.product_commission"),
        )
        self.assertEqual(bill.invoice_line_ids.mapped("price_subtotal"), [60.0, 120.0])
        for line, order in zip(bill.invoice_line_ids, self.order + other, strict=True):
            self.assertIn(order.waas_contract_ids.name, line.name)
            self.assertIn("New Contract", line.name)
        self.assertEqual(self.row.state, "billed")
        self.assertFalse(self.row.bill_number)
        self._post(bill)
        self.assertEqual(self.row.bill_number, bill.name)

    def test_the_bill_has_the_purchase_tax_of_its_company(self):
        tax = self.also.account_purchase_tax_id
        self.assertTrue(tax)
        bill = self._bill(self._settle())
        # The partner is abroad: as its fiscal position says.
        self.assertEqual(
            bill.invoice_line_ids.tax_ids, bill.fiscal_position_id.map_tax(tax)
        )

    def test_the_wizard_cannot_send_it_to_another_journal(self):
        other = self.env["account.journal"].create(
            {"name": "Bills", "code": "XBILL", "type": "purchase"}
        )
        bill = self._bill(self._settle(), journal_id=other.id)
        self.assertEqual(bill.journal_id, self.also.waas_commission_journal_id)

    def test_i8_a_settlement_is_billed_once(self):
        settlement = self._settle()
        self._bill(settlement)
        with self._assert_refuses("billed already"):
            settlement.make_invoices(self.env["account.journal"], self.bundle)
        # Somebody turns its state back: the bill is still there.
        settlement.sudo().state = "settled"
        with self._assert_refuses("billed already"):
            settlement.make_invoices(self.env["account.journal"], self.bundle)
        with (
            self._assert_violates(),
            self.env.cr.savepoint(),
            patch.object(
                self.registry["commission.settlement"],
                "_waas_ensure_billable",
                lambda settlement: None,
            ),
            patch.object(
                self.registry["account.move.line"],
                "_compute_partner_id",
                lambda s: None,
            ),
        ):
            # As two people who bill at the same moment and see nothing of each other.
            line = settlement.invoice_id.invoice_line_ids
            line.move_id.copy().invoice_line_ids.sudo().write(
                {
                    "settlement_id": settlement.id,
                    "waas_commission_key": line.waas_commission_key,
                    "waas_attempt": line.waas_attempt,
                }
            )
            self.env.flush_all()

    def test_a_deleted_bill_frees_its_settlement(self):
        settlement = self._settle()
        self._bill(settlement).unlink()
        self.assertEqual(settlement.state, "settled")
        self.assertEqual(self.row.state, "settled")
        self.assertEqual(self._bill(settlement).amount_untaxed, 60.0)

    def test_a_cancelled_bill_can_be_made_again_and_stays_cancelled(self):
        settlement = self._settle()
        first = self._post(self._bill(settlement))
        first.button_draft()
        first.button_cancel()
        self.assertEqual(settlement.state, "except_invoice")
        self.assertEqual(self.row.state, "settled")
        settlement.action_draft()
        second = self._bill(settlement)
        self.assertNotEqual(first, second)
        self.assertEqual(second.amount_untaxed, 60.0)
        with self._assert_refuses("stays cancelled"):
            first.button_draft()

    def test_a_credited_bill_can_be_made_again(self):
        settlement = self._settle()
        first = self._post(self._bill(settlement))
        with self._assert_refuses("cannot be billed again"):
            settlement.action_draft()
        self._credit(first)
        self.assertEqual(first.payment_state, "reversed")
        self.assertEqual(self.row.state, "settled")
        settlement.action_draft()
        second = self._post(self._bill(settlement, APRIL))
        self.assertEqual(settlement.invoice_id, second)
        self.assertEqual(self.row.state, "billed")

    def test_paid_is_told_with_its_day(self):
        bill = self._post(self._bill(self._settle()))
        self._pay(bill, datetime(2026, 4, 20, 10))
        self.assertEqual(self.row.state, "paid")
        self.assertEqual(self.row.date_paid, date(2026, 4, 20))
        self.assertEqual(self.row.date_payout, date(2026, 4, 20))

    def test_one_bill_for_several_months_of_a_reseller(self):
        self._settle()
        with freeze_time(APRIL):
            self._confirm(self._create_order(36, quantity=1))
        settlements = self._settle(MAY)
        self.assertEqual(len(settlements), 2)
        bill = self._bill(settlements, MAY, grouped=True)
        self.assertEqual(len(bill), 1)
        self.assertEqual(bill.amount_untaxed, 120.0)

    # === PAY-OUT DAY ===#

    def test_r1_the_pay_out_day_follows_settlement_day_and_payment_term(self):
        self.assertEqual(self.row.date_payout, date(2026, 4, 1))
        self.also.waas_settlement_day = 5
        term = self.env["account.payment.term"].create(
            {
                "name": "14 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100.0, "nb_days": 14}
                    )
                ],
            }
        )
        self.reseller.with_company(self.also).property_supplier_payment_term_id = term
        self.row.invalidate_recordset(["date_payout"])
        self.assertEqual(self.row.date_payout, date(2026, 4, 19))
        bill = self._bill(
            self._settle(datetime(2026, 4, 7, 10)), datetime(2026, 4, 8, 10)
        )
        self.assertEqual(bill.invoice_date_due, date(2026, 4, 22))
        self.assertEqual(self.row.date_payout, date(2026, 4, 22))

    # === CURRENCIES AND COMPANIES ===#

    def test_every_currency_has_its_settlement_and_bill(self):
        dollar = self.setup_other_currency("GBP")
        foreign = self._create_list("Pounds", dollar)
        for product, by_months in self.prices.items():
            for months, (price, commission) in by_months.items():
                self._create_price(
                    product, months, price, commission, pricelist_id=foreign.id
                )
        self._confirm(self._create_order(36, quantity=2, pricelist_id=foreign.id))
        settlements = self._settle()
        self.assertEqual(
            {s.currency_id: s.total for s in settlements},
            {self.also.currency_id: 60.0, dollar: 120.0},
        )
        bills = self._bill(settlements, grouped=True)
        self.assertEqual(
            {b.currency_id: b.amount_untaxed for b in bills},
            {self.also.currency_id: 60.0, dollar: 120.0},
        )

    def test_a_company_settles_its_own_commission(self):
        other = self._create_company(name="ALSO Two")
        user = new_test_user(
            self.env,
            "two_accountant",
            "account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        rows = self.env["waas.commission"].with_user(user)
        self.assertFalse(rows.search([]))
        self.assertFalse(self._settle(user=user))
        journal = other._waas_get_commission_journal()
        self.assertEqual(journal.company_id, other)
        self.assertEqual(other._waas_get_commission_journal(), journal)

    def test_a_company_with_a_chart_has_its_journal_and_tax(self):
        self.also.waas_commission_journal_id = False
        self.also._waas_set_up()
        journal = self.also.waas_commission_journal_id
        self.assertEqual(journal.type, "purchase")
        self.assertTrue(journal.is_self_billing)

    # === THE NEIGHBOUR'S OWN COMMISSIONS ===#

    def test_ordinary_commissions_of_agents_work_as_before(self):
        ordinary = self.env["commission"].create(
            {"name": "10%", "fix_qty": 10.0, "settlement_type": "sale_invoice"}
        )
        agent = self.env["res.partner"].create(
            {"name": "Agent", "agent": True, "commission_id": ordinary.id}
        )
        self.other_customer.commission_agent_ids = agent + self.reseller
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.other_customer,
            invoice_date="2026-03-10",
            products=self.product_a,
            post=True,
        )
        # A reseller's amounts are fixed: an invoice gives it nothing.
        self.assertEqual(invoice.invoice_line_ids.agent_ids.agent_id, agent)
        with freeze_time(APRIL):
            self.env["commission.make.settle"].create(
                {"settlement_type": "sale_invoice", "date_to": APRIL.date()}
            ).action_settle()
        settlement = self.env["commission.settlement"].search(
            [("agent_id", "=", agent.id)]
        )
        amount = invoice.invoice_line_ids.price_subtotal / 10
        self.assertAlmostEqual(settlement.total, amount, 2)
        self.assertEqual(self.row.state, "earned")
        journal = self.company_data["default_journal_purchase"]
        bill = (settlement + self._settle()).make_invoices(
            journal, self.product_a, date=date(2026, 4, 1), grouped=True
        )
        self.assertEqual(
            {b.partner_id: b.journal_id for b in bill},
            {agent: journal, self.reseller: self.also.waas_commission_journal_id},
        )
        self.assertEqual(
            settlement.invoice_id.invoice_line_ids.product_id, self.product_a
        )
        with self._assert_refuses("invoiced settlement"):
            settlement.action_cancel()


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


@tagged("post_install", "-at_install")
class TestCommissionAccess(WaasDealsCommon):
    """Who sees what of a commission: everybody tried as the wrong person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.order.waas_commission_ids
        cls.other_rows = cls.other_order.waas_commission_ids
        cls.ledger = cls.env["waas.commission"]

    def test_a_resellers_people_read_their_own_rows_only(self):
        found = self.ledger.with_user(self.reseller_user).search([])
        self.assertEqual(found, self.rows)
        read = found.read()  # every field that is theirs, none to stumble on
        self.assertEqual(read[0]["amount"], 1234.56)
        self.assertNotIn("bill_id", read[0])
        with self.assertRaises(AccessError):
            self.other_rows.with_user(self.reseller_user).read(["amount"])

    def test_the_end_customer_and_strangers_read_nothing(self):
        for user in (
            self.customer_user,
            self.colleague_user,
            self.stranger_user,
            self.public_user,
            self.salesman,
            self.warehouse,
            self.officer,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rows.with_user(user).read(["amount"])

    def test_outsiders_never_read_settlements(self):
        for user in (self.reseller_user, self.customer_user, self.stranger_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["commission.settlement"].with_user(user).search([])

    def test_the_light_is_for_the_reseller_of_the_deal(self):
        light = self.order.with_user(self.reseller_user)._waas_get_commission_light()
        self.assertEqual(light["amount"], 1234.56)
        for user in (
            self.customer_user,
            self.other_reseller_user,
            self.stranger_user,
            self.public_user,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.order.with_user(user)._waas_get_commission_light()

    def test_the_light_fields_are_not_for_outsiders(self):
        names = ["waas_commission_light", "waas_commission_html", "waas_commission_ids"]
        for user in (self.reseller_user, self.customer_user):
            for record in (self.order, self.contract):
                for name in names:
                    with (
                        self.subTest(user=user.login, field=name),
                        self.assertRaises(AccessError),
                    ):
                        record.with_user(user).read([name])

    def test_only_accountants_settle(self):
        for user in (self.seller, self.manager, self.officer, self.reseller_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["commission.make.settle"].with_user(user).create(
                    {"settlement_type": "waas"}
                )

    def test_accountants_see_waas_settlements_and_not_those_of_agents(self):
        self.env["commission.settlement"].search([]).unlink()
        agent = self.env["res.partner"].create({"name": "Agent", "agent": True})
        waas, _ordinary = self.env["commission.settlement"].create(
            [
                {
                    "agent_id": agent.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "settlement_type": kind,
                    "company_id": self.also.id,
                }
                for kind in ("waas", "sale_invoice")
            ]
        )
        for user in (self.accountant, self.seller):
            found = self.env["commission.settlement"].with_user(user).search([])
            self.assertEqual(found, waas)
        with self.assertRaises(AccessError):
            waas.with_user(self.seller).write({"date_to": "2026-04-30"})

    def test_salespeople_still_read_invoice_lines_and_contacts(self):
        """What the neighbour adds to them is not for everybody to read."""
        invoice = self.contract.waas_installment_ids[0].move_id
        self.assertTrue(invoice)
        lines = invoice.invoice_line_ids.with_user(self.seller)
        lines.read(["commission_status", "commission_free", "any_settled"])
        for user in (self.seller, self.salesman, self.warehouse):
            customer = self.customer.with_user(user)
            customer.read(
                [
                    name
                    for name in customer.fields_get()
                    if "commission" in (customer._fields[name]._module or "")
                ]
            )
