from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_invoice_run import START, TODAY, InvoiceRunCommon


@tagged("post_install", "-at_install")
class TestSchedule(InvoiceRunCommon):
    """The accountant sees what is planned, invoiced, paid, open."""

    def test_planned_is_invoiced_plus_credited_plus_to_come(self):
        self._work(self._create_run(TODAY))
        one, two, three = self.first.waas_installment_ids[:3]
        self._pay(one.move_id)
        self._credit(two.move_id)
        self.assertEqual(
            (one + two + three).mapped("state"), ["paid", "credited", "invoiced"]
        )
        self.assertRecordValues(
            self.first,
            [
                {
                    "waas_total_amount": 948.0,
                    "waas_invoiced_amount": 158.0,
                    "waas_paid_amount": 79.0,
                    "waas_open_amount": 79.0,
                    "waas_credited_amount": 79.0,
                    "waas_rent_to_come": 711.0,
                }
            ],
        )

    def _credit(self, move):
        move._reverse_moves([{"invoice_date": TODAY}], cancel=True)

    def test_a_credited_month_is_invoiced_again_only_if_somebody_says_so(self):
        self._work(self._create_run(TODAY))
        month = self.first.waas_installment_ids[0]
        old = month.move_id
        self._credit(old)
        with self._assert_refuses("Nothing is due"):
            self._create_run(TODAY).action_start()
        with self._assert_refuses("Only accountants", AccessError):
            month.with_user(self.seller).action_invoice_again()
        month.with_user(self.accountant).action_invoice_again()
        self.assertEqual(month.state, "planned")
        run = self._work(self._create_run(TODAY))
        self.assertEqual(run.invoiced_count, 1)
        self.assertEqual(month.state, "invoiced")
        self.assertNotEqual(month.move_id, old)

    def test_a_month_with_a_living_invoice_is_not_invoiced_again(self):
        self._work(self._create_run(TODAY))
        with self._assert_refuses("cancel or fully credit its invoice first"):
            self.first.waas_installment_ids[0].with_user(
                self.accountant
            ).action_invoice_again()

    def test_a_cancelled_invoice_stays_cancelled_once_it_was_replaced(self):
        self._work(self._create_run(TODAY))
        month = self.first.waas_installment_ids[0]
        old = month.move_id
        old.button_draft()
        self.assertEqual(month.state, "draft")
        old.button_cancel()
        self.assertEqual(month.state, "credited")
        old.button_draft()  # nothing has replaced it: it may come back
        old.button_cancel()
        month.with_user(self.accountant).action_invoice_again()
        self._work(self._create_run(TODAY))
        with self._assert_refuses("is invoiced again"):
            old.button_draft()

    def test_the_database_takes_one_invoice_line_for_a_month(self):
        self._work(self._create_run(TODAY))
        month = self.first.waas_installment_ids[0]
        with self._assert_violates():
            month.move_id.copy(
                {
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.bundle.id,
                                "contract_line_id": self.first.contract_line_ids.id,
                                "waas_installment_id": month.id,
                                "waas_attempt": month.attempt,
                            }
                        )
                    ]
                }
            )

    def test_a_copy_of_an_invoice_claims_nothing(self):
        self._work(self._create_run(TODAY))
        copied = self.first.waas_installment_ids[0].move_id.copy()
        self.assertFalse(copied.waas_contract_id)
        self.assertFalse(copied.invoice_line_ids.waas_installment_id)

    def test_a_month_is_invoiced_once_whoever_asks(self):
        self._work(self._create_run(TODAY))
        month = self.first.waas_installment_ids[0]
        with self.assertRaisesRegex(UserError, "was invoiced already"):
            month._invoice(TODAY)
        self.assertFalse(self.first._waas_invoice_due(TODAY))

    def test_overdue_months_are_found(self):
        self._work(self._create_run(TODAY))
        months = self.first.waas_installment_ids
        with freeze_time(TODAY + relativedelta(months=3)):
            months.invalidate_recordset()
            overdue = months.search(
                [("contract_id", "=", self.first.id), ("is_overdue", "=", True)]
            )
            self.assertEqual(overdue, months[:3])
            self.assertEqual(months.filtered("is_overdue"), overdue)

    def test_r13_the_partner_owes_nothing(self):
        self._work(self._create_run(TODAY))
        reseller = self.reseller.with_company(self.also)
        self.assertEqual(reseller.credit, 0.0)
        self.assertEqual(reseller.credit_to_invoice, 0.0)
        self.assertFalse(
            self.env["account.move.line"].search(
                [("partner_id", "child_of", self.reseller.id)]
            )
        )

    def test_contracts_may_start_on_the_first_of_the_next_month(self):
        self.also.waas_billing_start = "next_month"
        order = self._create_order(12, quantity=1)
        contracts = self.env["contract.contract"].sudo()
        contract = contracts.create(order._waas_prepare_contract())
        contract._waas_activate(TODAY)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.date_start, date(2026, 5, 1))
        self.assertEqual(contract.date_end, date(2027, 4, 30))
        self.assertEqual(len(contract.waas_installment_ids), 12)
        self.assertFalse(contract.waas_installment_ids.move_id)


@tagged("post_install", "-at_install")
class TestPreview(InvoiceRunCommon):
    """What a run would do is seen before it does it, and why it is what it is."""

    def _assert_preview(self, run, **values):
        self.assertRecordValues(run, [values])
        self.assertAlmostEqual(
            run.before_amount
            + run.new_amount
            + run.ended_amount
            + run.changed_amount
            + run.unexplained_amount,
            run.amount,
            2,
        )

    def test_the_first_run_is_all_new(self):
        run = self._create_run(START)
        self._assert_preview(
            run,
            contract_count=3,
            installment_count=3,
            amount=374.97,
            before_amount=0.0,
            new_count=3,
            new_amount=374.97,
            ended_count=0,
            unexplained_count=0,
        )

    def test_a_month_like_the_one_before_differs_in_nothing(self):
        self._work(self._create_run(START))
        run = self._create_run(date(2026, 2, 28))
        self._assert_preview(
            run, amount=374.97, before_amount=374.97, new_count=0, ended_count=0
        )

    def test_new_and_ended_contracts_explain_the_difference(self):
        day = START + relativedelta(months=12)
        with freeze_time(day):
            self._work(self._create_run(day - relativedelta(days=1)))
            self._create_contract(day, quantity=10)
            run = self._create_run(day)
        self._assert_preview(
            run,
            amount=790.0 + 137.97,
            before_amount=374.97,
            new_count=1,
            new_amount=790.0,
            ended_count=2,
            ended_amount=-237.0,
            unexplained_count=0,
        )
        self.assertEqual(
            self.env["waas.installment"].search(run.action_view_ended()["domain"]),
            (self.first + self.second).waas_installment_ids.filtered(
                lambda month: month.number == 12
            ),
        )

    def test_an_amount_nobody_agreed_on_wants_an_explanation(self):
        self._work(self._create_run(START))
        self.first.waas_installment_ids[1].amount = 99.0
        run = self._create_run(date(2026, 2, 28))
        self._assert_preview(
            run, unexplained_count=1, unexplained_amount=20.0, before_amount=374.97
        )
        with self._assert_refuses("1 months have another amount"):
            run.action_start()
        run.explanation = "Agreed by telephone"
        run.action_start()
        self.assertEqual(run.state, "running")

    def test_a_preview_is_looked_at_again(self):
        run = self._create_run(START)
        self.assertEqual(run.installment_count, 3)
        self._create_contract(START)
        self.assertEqual(run.installment_count, 3)
        run.action_refresh()
        self.assertEqual(run.installment_count, 4)
        run.action_start()
        self._create_contract(START)
        run.action_refresh()
        self.assertEqual(run.installment_count, 4, "What was started is frozen.")

    def test_a_backlog_is_told(self):
        self.assertEqual(self._create_run(TODAY).backlog_count, 6)
