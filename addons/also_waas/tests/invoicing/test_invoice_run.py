from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_invoice_run import START, TODAY, InvoiceRunCommon


@tagged("post_install", "-at_install")
class TestInvoiceRun(InvoiceRunCommon):
    """What is due is invoiced to the end customer, each month exactly once (R13)."""

    def test_r13_a_backlog_of_months_is_caught_up_in_one_run(self):
        run = self._work(self._create_run(TODAY))
        self.assertEqual(run.state, "done")
        # From 31 January: months from 31 January, 28 February and 31 March.
        self.assertEqual(run.invoiced_count, 9)
        for contract in self.contracts:
            months = contract.waas_installment_ids
            self.assertEqual(
                months.mapped("state"),
                ["invoiced"] * 3 + ["planned"] * (len(months) - 3),
            )
            for month in months[:3]:
                self.assertRecordValues(
                    month.move_id,
                    [
                        {
                            "state": "posted",
                            "move_type": "out_invoice",
                            "partner_id": contract.partner_id.id,
                            "amount_untaxed": contract.waas_monthly_amount,
                            "invoice_date": TODAY,
                            "invoice_origin": contract.name,
                            "waas_contract_id": contract.id,
                        }
                    ],
                )
        self.assertAlmostEqual(run.invoiced_amount, 3 * (79 + 2 * 79 + 3 * 45.99), 2)

    def test_an_invoice_line_says_which_period_it_covers(self):
        self._work(self._create_run(TODAY))
        second_month = self.first.waas_installment_ids[1]
        line = second_month.move_id.invoice_line_ids
        self.assertEqual(line.waas_period_start, date(2026, 2, 28))
        self.assertEqual(line.waas_period_end, date(2026, 3, 30))
        self.assertIn("02/28/2026 - 03/30/2026", line.name)
        self.assertEqual(line.contract_line_id, self.first.contract_line_ids)

    def test_a_second_run_finds_nothing(self):
        self._work(self._create_run(TODAY))
        with self._assert_refuses("Nothing is due up to 04/15/2026"):
            self._create_run(TODAY).action_start()

    def test_two_runs_share_the_work(self):
        one, two = self._create_run(TODAY), self._create_run(TODAY)
        one.action_start()
        two.action_start()
        with (
            self._working(),
            patch(
                "odoo.addons.also_waas.models.invoicing.waas_invoice_run_batch.BATCH", 2
            ),
        ):
            while one.sudo()._work_on_batch() is not None:
                two.sudo()._work_on_batch()
        with self._working():
            two.sudo()._work()
        self.assertEqual((one.state, two.state), ("done", "done"))
        self.assertEqual(one.invoiced_count + two.invoiced_count, 9)
        self.assertTrue(one.invoiced_count and two.invoiced_count)
        self.assertEqual(len(self._get_invoices()), 9)

    def test_invoices_can_be_dated_on_the_first_day_of_their_month(self):
        self._work(self._create_run(TODAY, invoice_date=False))
        self.assertEqual(
            self.first.waas_installment_ids[:3].move_id.mapped("invoice_date"),
            [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)],
        )

    def test_months_are_numbered_and_invoiced_in_their_order(self):
        self._work(self._create_run(TODAY))
        for contract in self.contracts:
            names = contract.waas_installment_ids[:3].move_id.mapped("name")
            self.assertEqual(names, sorted(names))

    def test_the_neighbour_knows_up_to_when_is_invoiced(self):
        self._work(self._create_run(TODAY))
        line = self.first.contract_line_ids
        self.assertEqual(line.last_date_invoiced, date(2026, 4, 29))
        self.assertEqual(line.recurring_next_date, date(2026, 4, 30))
        self.assertEqual(line.next_period_date_start, date(2026, 4, 30))
        self.assertEqual(line.next_period_date_end, date(2026, 5, 30))

    def test_a_contract_is_invoiced_to_its_end_and_then_ends(self):
        end = START + relativedelta(months=12)
        with freeze_time(end):
            run = self._work(self._create_run(end))
            self.assertFalse(run.failure_ids)
            months = self.first.waas_installment_ids
            self.assertEqual(set(months.mapped("state")), {"invoiced"})
            self.assertAlmostEqual(
                sum(months.move_id.mapped("amount_untaxed")), 12 * 79.0, 2
            )
            self.assertFalse(self.first.contract_line_ids.recurring_next_date)
            self._end_contracts()
        self.assertEqual(self.first.waas_state, "ended")
        self.assertEqual(self.third.waas_state, "running")
        self.assertEqual(self.first.waas_rent_to_come, 0.0)

    def test_a_contract_with_months_to_invoice_does_not_end(self):
        with freeze_time(START + relativedelta(months=13)):
            self._end_contracts()
        self.assertEqual(self.first.waas_state, "running")

    def test_every_day_a_run_opens_by_itself(self):
        runs = self.env["waas.invoice.run"].with_user(SUPERUSER_ID)
        runs._cron_open()
        run = runs.search([("company_id", "=", self.also.id)])
        self.assertTrue(run.is_automatic)
        self.assertEqual(run.state, "running")
        with self._working():
            runs._cron_work()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.invoiced_count, 9)
        runs._cron_open()
        self.assertEqual(len(runs.search([("company_id", "=", self.also.id)])), 1)

    def test_no_mail_leaves_with_a_run(self):
        mails = self.env["mail.mail"].search_count([])
        self._work(self._create_run(TODAY))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(self._get_invoices().message_partner_ids)

    def test_contracts_of_another_company_are_left_alone(self):
        company = self.env["res.company"].create({"name": "Another Lessor"})
        run = self.env["waas.invoice.run"].create(
            {"company_id": company.id, "date": TODAY}
        )
        self.assertEqual(run.installment_count, 0)

    # === LIFE CYCLE ===#

    def test_a_cancelled_run_leaves_the_rest_to_another(self):
        run = self._create_run(TODAY)
        run.action_start()
        with (
            self._working(),
            patch(
                "odoo.addons.also_waas.models.invoicing.waas_invoice_run_batch.BATCH", 2
            ),
        ):
            run.sudo()._work_on_batch()
            run.action_cancel()
            self.assertIsNone(run.sudo()._work_on_batch())
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(run.invoiced_count, 2)
        self.assertEqual(self._work(self._create_run(TODAY)).invoiced_count, 7)
        with self._assert_refuses("has ended already"):
            run.action_cancel()

    def test_a_started_run_stays_as_it_is(self):
        run = self._work(self._create_run(TODAY))
        with self._assert_refuses("cannot be changed", AccessError):
            run.date = START
        with self._assert_refuses("was started already"):
            run.action_start()
        with self._assert_refuses("is kept as a record"):
            run.unlink()

    def test_nobody_types_the_state_of_a_run(self):
        with self._assert_refuses("cannot be changed", AccessError):
            self._create_run(TODAY, state="done")
        run = self._create_run(TODAY)
        self.assertEqual(run.state, "draft")
        with self._assert_refuses("cannot be changed", AccessError):
            run.state = "done"

    def test_only_accountants_start_a_run(self):
        run = self._create_run(TODAY)
        for action in ("action_start", "action_cancel", "action_retry"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(run.with_user(self.seller), action)()
        with self.assertRaises(AccessError):
            self.env["waas.invoice.run"].with_user(self.seller).create({"date": TODAY})
        self.assertEqual(run.with_user(self.seller).installment_count, 9)

    def test_nobody_writes_on_months_by_hand(self):
        month = self.first.waas_installment_ids[0]
        for user in (self.accountant, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                month.with_user(user).amount = 0.0

    def test_nobody_changes_what_was_signed(self):
        chief = self.env.user  # may do everything in accounting
        line = self.first.contract_line_ids.with_user(chief)
        with self._assert_refuses("signed by both", AccessError):
            line.price_unit = 1.0
        with self._assert_refuses("signed by both", AccessError):
            line.unlink()
        with self._assert_refuses("signed by both", AccessError):
            self.first.with_user(chief).contract_line_ids = [
                Command.create(
                    {"product_id": self.bundle.id, "name": "One more", "quantity": 1}
                )
            ]


@tagged("post_install", "-at_install")
class TestBrokenContracts(InvoiceRunCommon):
    """One bad contract never stops the others, and says what is wrong with it."""

    def _assert_only_first_fails(self, reason, run=None):
        run = run or self._work(self._create_run(TODAY))
        self.assertEqual(run.state, "done")
        self.assertEqual(run.failed_count, 1)
        self.assertEqual(run.failure_ids, self.first.waas_installment_ids[0])
        self.assertRegex(run.failure_ids.error, reason)
        self.assertEqual(run.waiting_count, 2)  # behind it
        self.assertEqual(len(self._get_invoices(self.second + self.third)), 6)
        self.assertFalse(self._get_invoices(self.first))
        self.assertEqual(run.activity_ids.user_id, self.accountant)
        return run

    def _mend_and_retry(self, run):
        run.action_retry()
        with self._working():
            run.sudo()._work()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.failure_ids)
        self.assertFalse(self.first.waas_installment_ids.filtered("error"))
        self.assertEqual(len(self._get_invoices(self.first)), 3)

    def _bill_alone(self, contract):
        """Give a contract a product of its own."""
        product = self._create_waas_product("Own", "bundle")
        contract.contract_line_ids.product_id = product
        return product

    def test_an_archived_tax_is_reported(self):
        tax = self.tax_sale_a.copy({"name": "Old VAT"})
        self._bill_alone(self.first).taxes_id = tax
        tax.active = False
        run = self._assert_only_first_fails("The tax Old VAT of Own is archived")
        tax.active = True
        self._mend_and_retry(run)

    def test_a_product_that_kept_an_old_tax_beside_the_new_one_is_fine(self):
        tax = self.tax_sale_a.copy({"name": "Old VAT"})
        self._bill_alone(self.first).taxes_id = tax + self.tax_sale_a
        tax.active = False
        self.assertFalse(self._work(self._create_run(TODAY)).failure_ids)

    def test_no_journal_is_reported(self):
        journal = self.company_data["default_journal_sale"].copy({"name": "Own"})
        self.first.journal_id = journal
        journal.active = False
        run = self._assert_only_first_fails("journal")
        journal.active = True
        self._mend_and_retry(run)

    def test_a_currency_without_rate_is_reported(self):
        pound = self._enable_currency("GBP")
        pound.rate_ids.unlink()
        self.first.waas_installment_ids.currency_id = pound
        self.first.manual_currency_id = pound
        run = self._assert_only_first_fails("no rate of GBP for 04/15/2026")
        pound.rate_ids = [
            Command.create({"name": TODAY, "rate": 1.1, "company_id": self.also.id})
        ]
        self._mend_and_retry(run)
        self.assertEqual(self._get_invoices(self.first).currency_id, pound)

    def test_a_closed_period_is_reported(self):
        """Each invoice dated on its month: the first contract began in a period that
        is closed, the others later."""
        self.second.waas_installment_ids[:2].unlink()
        self.third.waas_installment_ids[:2].unlink()
        self.also.sale_lock_date = date(2026, 2, 10)
        run = self._work(self._create_run(TODAY, invoice_date=False))
        self.assertEqual(run.failure_ids, self.first.waas_installment_ids[0])
        self.assertRegex(run.failure_ids.error, "01/31/2026.*closed up to 02/10/2026")
        self.assertEqual(len(self._get_invoices(self.second + self.third)), 2)
        self.also.sale_lock_date = False
        self._mend_and_retry(run)

    def test_an_invoice_that_differs_from_what_was_signed_is_reported(self):
        self.first.waas_installment_ids.amount = 80.0
        self._assert_only_first_fails(r"is \$\s80.00 without VAT.*would be \$\s79.00")

    @mute_logger("odoo.addons.also_waas.models.invoicing.waas_invoice_run_batch")
    def test_whatever_else_is_broken_is_reported(self):
        contract_class = self.registry["contract.contract"]
        prepare = contract_class._prepare_invoice

        def fail(contract, *args, **kwargs):
            if contract == self.first:
                raise ZeroDivisionError("nobody foresaw this")
            return prepare(contract, *args, **kwargs)

        with patch.object(contract_class, "_prepare_invoice", fail):
            run = self._assert_only_first_fails("nobody foresaw this")
        self._mend_and_retry(run)

    def test_a_retry_takes_what_failed_and_nothing_else(self):
        self.first.waas_installment_ids.amount = 80.0
        run = self._work(self._create_run(TODAY))
        later = self._create_contract(START)
        self.first.waas_installment_ids.amount = 79.0
        self._mend_and_retry(run)
        self.assertFalse(self._get_invoices(later))
        with self._assert_refuses("nothing to try again"):
            run.action_retry()
