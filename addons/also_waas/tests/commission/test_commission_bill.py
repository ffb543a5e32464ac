from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common_commission import APRIL, MAY, CommissionSettlementCommon


@tagged("post_install", "-at_install")
class TestCommissionBill(CommissionSettlementCommon):
    """The bill of a settlement."""

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
            self.also.waas_commission_product_id,
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


@tagged("post_install", "-at_install")
class TestCommissionSettlementTheNeighbourSOwnCommissions(CommissionSettlementCommon):
    """The neighbour's own commissions."""

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
