from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.changes import waas_change_termination
from .test_upgrade import TODAY, ChangeCommon


@tagged("post_install", "-at_install")
class TestTermination(ChangeCommon):
    """Leaving costs the total of the contract, to the cent (R11)."""

    def _leave(self, contract=None, **values):
        return self._agree(
            self._create_change(contract or self.contract, "termination", **values)
        )

    def _assert_closed(self, contract=None):
        """I3: all invoiced = total."""
        contract = contract or self.contract
        self.assertEqual(contract.waas_state, "ended")
        self.assertAlmostEqual(
            sum(contract.waas_installment_ids.move_id.mapped("amount_untaxed")),
            contract.waas_total_amount,
            2,
        )
        self.assertAlmostEqual(
            contract.waas_invoiced_amount, contract.waas_total_amount, 2
        )
        self.assertEqual(contract.waas_rent_to_come, 0.0)
        self._assert_ledger(contract)

    def test_r11_the_quote_says_what_leaving_costs_before_anything_is_done(self):
        moves = self._invoice_up_to(self.contract, TODAY)
        self._pay(moves[0])
        cost = self.contract._waas_get_leaving_cost(TODAY)
        self.assertEqual(
            {
                name: cost[name]
                for name in ("total", "invoiced", "paid", "open", "owed")
            },
            {
                "total": 4740.0,
                "invoiced": 1185.0,
                "paid": 395.0,
                "open": 790.0,
                "owed": 3555.0,
            },
        )
        self.assertEqual((cost["months"], cost["commission"]), (9, 0.0))
        self.assertEqual(cost["licenses"], ["5 × Office Basic"])
        change = self._create_change(self.contract, "termination")
        self.assertEqual((change.owed_amount, change.growth_amount), (3555.0, 0.0))
        for text in (
            "3,555.00",
            "9 months",
            "5 × Office Basic",
            "keeps its commission",
        ):
            self.assertIn(text, change.preview_html)
        self.assertEqual(self.contract.waas_state, "running")

    def _pay(self, move):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()

    def test_r11_what_was_quoted_is_invoiced_in_one_invoice(self):
        self._invoice_up_to(self.contract, TODAY)
        change = self._leave()
        self.assertEqual(change.state, "applied")
        move = change.move_ids
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "amount_untaxed": 3555.0,
                    "invoice_date": TODAY,
                    "partner_id": self.customer.id,
                }
            ],
        )
        taxes = self.contract._waas_get_taxes(self.bundle)
        self.assertTrue(taxes)
        self.assertRecordValues(
            move.invoice_line_ids,
            [{"quantity": 45.0, "price_unit": 79.0, "tax_ids": taxes.ids}],
        )
        self.assertEqual(
            move.waas_installment_ids, self.contract.waas_installment_ids[3:]
        )
        self.assertIn("04/30/2026 - 01/30/2027", move.invoice_line_ids.name)
        # Each month shows its share of what is open, not the whole invoice.
        open_amount = sum(
            self.contract.waas_installment_ids[3:].mapped("residual_amount")
        )
        self.assertAlmostEqual(open_amount, move.amount_residual, 1)
        self.assertEqual(self.contract.waas_ended_on, TODAY)
        self.assertEqual(self.contract.waas_end_reason, "early")
        self._assert_closed()

    def test_r11_before_the_first_invoice_the_total_is_owed(self):
        change = self._leave()
        self.assertEqual(change.move_ids.amount_untaxed, 4740.0)
        self._assert_closed()

    def test_r11_with_everything_invoiced_nothing_is_owed(self):
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        change = self._leave()
        self.assertEqual(change.owed_amount, 0.0)
        self.assertFalse(change.move_ids)
        self._assert_closed()

    def test_r11_upgrades_and_parts_of_months_count(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 20)))
        change = self._leave()
        self.assertAlmostEqual(
            change.move_ids.amount_untaxed, 4740 + 10.83 + 9 * 32.5, 2
        )
        self._assert_closed()

    def test_r11_an_agreed_day_later_is_waited_for(self):
        change = self._leave(effective_date=date(2026, 5, 10))
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self._get_codes(change), ["day"])
        with self._assert_refuses("runs until 05/10/2026 and ends automatically"):
            change.action_apply()
        self._invoice_up_to(self.contract, date(2026, 5, 1))
        self._end_early()
        self.assertEqual(change.state, "waiting")
        with freeze_time("2026-05-10"):
            self._end_early()
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.contract.waas_ended_on, date(2026, 5, 10))
        self._assert_closed()

    def _end_early(self):
        with self._committing():
            self.env["waas.change"].sudo()._cron_end_early()

    def _create_waiting(self, number):
        """Contracts that end on 10 May, agreed by both."""
        changes = self.env["waas.change"]
        for _index in range(number):
            contract = self._create_contract(date(2026, 1, 31))
            changes |= self._leave(contract, effective_date=date(2026, 5, 10))
        self.assertEqual(set(changes.mapped("state")), {"waiting"})
        return changes

    def test_r11_contracts_end_together_and_each_has_its_invoice(self):
        changes = self._create_waiting(5)
        with (
            freeze_time("2026-05-10"),
            patch.object(waas_change_termination, "BATCH", 2),
        ):
            self._end_early()
        self.assertEqual(set(changes.mapped("state")), {"applied"})
        for change in changes:
            self.assertEqual(len(change.move_ids), 1)
            self.assertEqual(change.move_ids.waas_contract_id, change.contract_id)
            self._assert_closed(change.contract_id)
        self.assertEqual(len(changes.move_ids), 5)

    def test_r11_what_keeps_one_contract_running_ends_the_others(self):
        changes = self._create_waiting(4)
        stuck = changes[2]
        find = self.registry["waas.installment"]._find_invoiced

        def find_stuck(months, date):
            yield from find(months, date)
            if mine := months & stuck.contract_id.waas_installment_ids:
                yield mine, "This one is stuck"

        with (
            freeze_time("2026-05-10"),
            patch.object(
                self.registry["waas.installment"], "_find_invoiced", find_stuck
            ),
        ):
            self._end_early()
        self.assertEqual(
            changes.mapped("state"), ["applied", "applied", "waiting", "applied"]
        )
        self.assertEqual(stuck.contract_id.waas_state, "running")
        self.assertFalse(stuck.contract_id.waas_installment_ids.move_id)
        self.assertIn("This one is stuck", stuck.message_ids[0].body)
        self.assertIn(
            "Apply: everything is signed", stuck.activity_ids.mapped("summary")
        )
        for change in changes - stuck:
            self._assert_closed(change.contract_id)

    def test_r11_what_ended_is_committed_before_the_next(self):
        """Killed on its way, the scheduled action leaves whole contracts."""
        changes = self._create_waiting(3)
        commits = []

        def kill_after_the_first():
            self.env.flush_all()
            commits.append(changes.mapped("state").count("applied"))
            if commits[-1]:
                raise KeyboardInterrupt

        with (
            freeze_time("2026-05-10"),
            patch.object(waas_change_termination, "BATCH", 1),
        ):
            with (
                patch.object(self.env.cr, "commit", kill_after_the_first),
                self.assertRaises(KeyboardInterrupt),
            ):
                self.env["waas.change"].sudo()._cron_end_early()
            self.assertEqual(commits, [0, 1])
            self._end_early()
        self.assertEqual(set(changes.mapped("state")), {"applied"})
        self.assertEqual(len(changes.move_ids), 3)

    def test_the_queries_of_a_contract_that_ends(self):
        """Bulk work stays bulk work: at most forty queries more for each contract,
        beside what a call costs whatever its number."""
        few, many = 2, 8
        counts = {}
        for number in (1, few, many):  # the first one fills caches
            self._create_waiting(number)
            with freeze_time("2026-05-10"):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._end_early()
                counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual((counts[many] - counts[few]) / (many - few), 40.0)

    def test_r11_a_day_that_passed_while_it_was_signed_costs_nothing_more(self):
        change = self._create_change(self.contract, "termination")
        change.action_submit()
        with freeze_time("2026-04-20"):
            self._customer_signs(change)
            self._also_signs(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.contract.waas_ended_on, date(2026, 4, 20))
        self._assert_closed()

    def test_r11_months_that_were_credited_stay_credited(self):
        moves = self._invoice_up_to(self.contract, TODAY)
        moves[1].button_draft()
        moves[1].button_cancel()
        moves[2].button_draft()
        self.contract.waas_installment_ids[1].with_user(self.accountant)._waive(
            "Agreed"
        )
        cost = self.contract._waas_get_leaving_cost()
        self.assertEqual(
            (cost["invoiced"], cost["draft"], cost["credited"], cost["owed"]),
            (395.0, 395.0, 395.0, 3555.0),
        )
        change = self._leave()
        self.assertEqual(change.move_ids.amount_untaxed, 3555.0)
        moves[2]._post()
        self.assertEqual(
            self.contract.waas_invoiced_amount + self.contract.waas_credited_amount,
            self.contract.waas_total_amount,
        )

    def test_r11_a_month_invoiced_again_is_owed(self):
        move = self._invoice_up_to(self.contract, date(2026, 1, 31))
        move.button_draft()
        move.button_cancel()
        self.contract.waas_installment_ids[0].with_user(
            self.accountant
        ).action_invoice_again()
        change = self._leave()
        self.assertEqual(change.move_ids.amount_untaxed, 4740.0)

    def test_r11_in_the_currency_of_the_contract(self):
        currency = self.setup_other_currency("USD", rates=[("2025-01-01", 2.0)])
        pricelist = self._create_list("Dollars", currency)
        self._follow(pricelist, self.pricelist)
        self.reseller.with_company(self.also).waas_pricelist_id = pricelist
        contract = self._create_contract(date(2026, 2, 28), quantity=3)
        self.assertEqual(contract.currency_id, currency)
        self._invoice_up_to(contract, TODAY)
        change = self._leave(contract)
        self.assertEqual(change.move_ids.currency_id, currency)
        self._assert_closed(contract)

    def test_r11_where_the_sum_rounds_otherwise_each_month_has_its_invoice(self):
        """21% included: 79.00 is 65.29 without, 12 × 79.00 is 783.47, not 783.48."""
        self.bundle.taxes_id = self.env["account.tax"].create(
            {
                "name": "21% incl.",
                "amount": 21.0,
                "price_include_override": "tax_included",
            }
        )
        contract = self._create_contract(date(2026, 2, 28))
        self.assertEqual(contract.waas_total_amount, 783.48)
        change = self._leave(contract)
        self.assertEqual(len(change.move_ids), 12)
        self._assert_closed(contract)

    def test_r11_on_the_first_and_on_the_last_day(self):
        for day in (date(2026, 1, 31), date(2027, 1, 30)):
            contract = self._create_contract(date(2026, 1, 31), quantity=2)
            with freeze_time(day):
                self._leave(contract)
            self._assert_closed(contract)

    def test_r11_what_keeps_the_invoice_from_being_made_keeps_the_contract_running(
        self,
    ):
        change = self._create_change(self.contract, "termination")
        change.action_submit()
        self._customer_signs(change)
        self.also.sale_lock_date = TODAY
        self._also_signs(change)
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self.contract.waas_state, "running")
        self.assertFalse(self.contract.waas_installment_ids.move_id)
        with self._assert_refuses("is in a period that is closed up to"):
            change.action_apply()
        self.also.sale_lock_date = False
        change.action_apply()
        self._assert_closed()

    def test_an_ended_contract_is_over(self):
        change = self._leave()
        with self._assert_refuses("An ended contract is followed by a new one"):
            change.action_cancel()
        with self._assert_refuses("no running WaaS contract"):
            self._create_change(self.contract, "termination").action_submit()
        with self._assert_refuses("follows its deal", AccessError):
            self.contract.with_user(self.accountant).waas_ended_on = TODAY

    def test_r11_more_prices_have_a_line_each(self):
        contract = self._create_contract(date(2026, 1, 31), months=12, quantity=2)
        self._agree(self._upgrade(contract, date(2026, 4, 30)))
        move = self._leave(contract).move_ids
        self.assertEqual(
            [(line.quantity, line.price_unit) for line in move.invoice_line_ids],
            [(24.0, 79.0), (18.0, 6.5)],
        )
        taxes = contract._waas_get_taxes(self.bundle)
        self.assertTrue(taxes)
        self.assertEqual(move.invoice_line_ids.tax_ids, taxes)
