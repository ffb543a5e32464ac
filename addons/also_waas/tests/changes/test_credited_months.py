from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_change_rules import ChangesToTheLetterCommon
from .test_upgrade import START, TODAY


@tagged("post_install", "-at_install")
class TestCreditedMonths(ChangesToTheLetterCommon):
    """What was credited is waived or invoiced again before a contract ends (R11)."""

    def _credit(self, move, amount=None):
        """A posted credit note over an invoice, or over a part of it without tax."""
        note = move._reverse_moves([{"invoice_date": TODAY}])
        if amount:
            note.invoice_line_ids.write({"quantity": 1.0, "price_unit": amount})
        note.action_post()
        return note

    def _get_february(self):
        self._invoice_up_to(self.contract, TODAY)
        return self.contract.waas_installment_ids[1]

    def _get_lengths(self, contract=None):
        contract = contract or self.contract
        return [
            offer["months"]
            for offer in contract._waas_get_extension_offers()
            if offer["possible"]
        ]

    def _create_neighbours_contract(self, months, quantity):
        """Of a customer in the lessor's own country: with 15% of VAT."""
        neighbour = self._create_party(
            "Neighbour", country_id=self.also.account_fiscal_country_id.id
        )
        return self._create_contract(
            START, months=months, quantity=quantity, partner_id=neighbour.id
        )

    def test_r11_a_credited_month_waits_for_a_decision(self):
        month = self._get_february()
        self.assertFalse(self._get_todos(self.contract, "credited"))
        note = self._credit(month.move_id)
        self.assertEqual(month.undecided_amount, 395.0)
        todo = self._get_todos(self.contract, "credited")
        self.assertEqual(len(todo), 1)
        self.assertTrue(todo.user_id.has_group("account.group_account_invoice"))
        self.assertIn("month 2", todo.note)
        self.assertEqual(
            self.env["waas.installment"].search([("undecided_amount", ">", 0)]), month
        )
        note.button_draft()
        self.assertEqual(month.undecided_amount, 0.0)
        self.assertFalse(self._get_todos(self.contract, "credited"))

    def test_r11_a_cancelled_or_partly_credited_month_waits_as_well(self):
        month = self._get_february()
        self._credit(month.move_id, 100.0)
        self.assertEqual(month.undecided_amount, 100.0)
        other = self.contract.waas_installment_ids[2]
        other.move_id.button_draft()
        other.move_id.button_cancel()
        self.assertEqual(other.undecided_amount, 395.0)
        note = self._get_todos(self.contract, "credited").note
        self.assertRegex(note, "month 2, .*100.00, month 3, .*395.00")

    def test_r13_what_nobody_decided_is_exposure(self):
        month = self._get_february()

        def get_owed():
            return sum(self.customer._waas_get_exposure(self.also).values())

        owed = get_owed()
        self._credit(month.move_id, 100.0)
        self.assertAlmostEqual(get_owed(), owed)
        other = self.contract.waas_installment_ids[2]
        other.move_id.button_draft()
        other.move_id.button_cancel()
        self.assertAlmostEqual(get_owed(), owed)
        month.with_user(self.accountant)._waive("Outage")
        self.assertAlmostEqual(get_owed(), owed - self.contract._waas_add_taxes(100.0))
        other.with_user(self.accountant).action_invoice_again()
        self.assertAlmostEqual(get_owed(), owed - self.contract._waas_add_taxes(100.0))

    def test_r11_what_is_credited_again_is_decided_again(self):
        month = self._get_february()
        note = self._credit(month.move_id)
        month.with_user(self.accountant)._waive("Outage")
        note.with_user(self.accountant).button_draft()
        self.assertFalse(month.waived_amount or month.waive_reason)
        note.with_user(self.accountant).button_cancel()
        self._credit(month.move_id)
        self.assertEqual(month.undecided_amount, month.amount)

    def test_r11_a_month_is_waived_with_a_reason(self):
        month = self._get_february()
        self._credit(month.move_id, 100.0)
        for user in (self.seller, self.manager):
            with self._assert_refuses("Only accountants decide", AccessError):
                month.with_user(user).action_waive()
            with self._assert_refuses("Only accountants decide", AccessError):
                month.with_user(user)._waive("Outage")
        mine = month.with_user(self.accountant)
        for reason in (False, "", " "):
            with self._assert_refuses("Write why"):
                mine._waive(reason)
        action = mine.action_waive()
        self.env[action["res_model"]].with_user(self.accountant).with_context(
            **action["context"]
        ).create({"reason": "Outage in May"}).action_waive()
        self.assertRecordValues(
            month,
            [
                {
                    "waived_amount": 100.0,
                    "undecided_amount": 0.0,
                    "waive_reason": "Outage in May",
                    "waived_by_id": self.accountant.id,
                }
            ],
        )
        self.assertTrue(month.waived_on)
        self.assertFalse(self._get_todos(self.contract, "credited"))
        self.assertTrue(
            self.contract.message_ids.filtered(
                lambda message: "Outage in May" in message.body
            )
        )
        with self._assert_refuses("Nothing of .* waits for a decision"):
            mine.action_waive()
        # What is credited later is another decision.
        self._credit(month.move_id, 50.0)
        self.assertEqual(month.undecided_amount, 50.0)
        self.assertTrue(self._get_todos(self.contract, "credited"))

    def test_r11_a_month_that_is_owed_is_invoiced_again(self):
        month = self._get_february()
        self._credit(month.move_id)
        month.with_user(self.accountant)._waive("By mistake")
        month.with_user(self.accountant).action_invoice_again()
        self.assertRecordValues(
            month,
            [
                {
                    "state": "planned",
                    "undecided_amount": 0.0,
                    "waived_amount": 0.0,
                    "waive_reason": False,
                }
            ],
        )
        self.assertFalse(self._get_todos(self.contract, "credited"))
        self._invoice_up_to(self.contract, TODAY)
        self.assertEqual(self.contract.waas_invoiced_amount, 3 * 395.0)

    def test_r11_the_database_wants_the_reason(self):
        month = self._get_february()
        for values in (
            {"waived_amount": 1.0},
            {
                "waived_amount": 1.0,
                "waive_reason": " ",
                "waived_by_id": self.accountant.id,
                "waived_on": "2026-04-15",
            },
        ):
            with self.subTest(values=values), self._assert_violates():
                month.write(values)
                month.flush_recordset()

    def test_r11_an_early_end_waits_for_the_decision(self):
        month = self._get_february()
        self._credit(month.move_id)
        cost = self.contract._waas_get_leaving_cost()
        self.assertEqual((cost["credited"], cost["undecided"]), (395.0, 395.0))
        change = self._create_change(self.contract, "termination")
        self._agree(change)
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self._get_codes(change), ["credited"])
        with self._assert_refuses("Credited and not decided: month 2"):
            change.action_apply()
        month.with_user(self.accountant)._waive("Outage")
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            self.contract.waas_invoiced_amount + month.waived_amount,
            self.contract.waas_total_amount,
        )

    def test_r11_what_is_owed_is_in_the_final_invoice(self):
        month = self._get_february()
        self._credit(month.move_id)
        change = self._create_change(self.contract, "termination")
        self._agree(change)
        month.with_user(self.accountant).action_invoice_again()
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            self.contract.waas_invoiced_amount, self.contract.waas_total_amount
        )

    # === HOW LONG (R12) ===#

    def test_r12_a_raised_limit_lets_a_contract_go_on_longer(self):
        self.also.waas_max_months = 48
        self.assertEqual(self._get_lengths()[-2:], [45, 48])
        change = self._create_change(self.contract, "extension", months=48)
        self._agree(change)
        self.assertEqual(len(self.contract.waas_installment_ids), 48)
        self.assertEqual(self.contract.waas_max_months, 48)
        with self._assert_violates():
            self.contract.waas_installment_ids[-1].write({"number": 49})
            self.contract.waas_installment_ids.flush_recordset()

    def test_r12_a_limit_that_is_raised_counts_for_a_draft(self):
        change = self._create_change(self.contract, "extension", months=36)
        self.also.waas_max_months = 48
        change.months = 48
        self.env.flush_all()
        with self._assert_refuses("48 months at most"):
            change.months = 49

    def test_r12_a_lower_limit_breaks_no_running_contract(self):
        self.assertEqual(self.contract.waas_max_months, 36)
        self.also.waas_max_months = 10
        # What was signed stays: to its end, through changes, and to the month that
        # was promised.
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        self.assertEqual(self._get_lengths()[-1], 36)
        self._agree(self._create_change(self.contract, "extension", months=36))
        self._invoice_up_to(self.contract, date(2029, 1, 30))
        self._assert_ledger()
        # What is signed from now on is shorter.
        order = self._create_order(12, quantity=1)
        self.assertIn("term_length", self._get_codes(order))

    # === WHAT LEAVING COSTS, WITH VAT (R11) ===#

    def test_r11_leaving_cost_is_known_with_vat(self):
        contract = self._create_neighbours_contract(12, 5)
        self._invoice_up_to(contract, TODAY)
        cost = contract._waas_get_leaving_cost()
        self.assertEqual((cost["owed"], cost["owed_total"]), (3555.0, 4088.25))
        change = self._create_change(contract, "termination")
        self.assertIn("4,088.25", change.preview_html)
        self._agree(change)
        self.assertEqual(change.move_ids.amount_total, cost["owed_total"])

    def test_r11_with_vat_to_the_cent_where_months_round(self):
        """36 × 45.99 is invoiced at once, and so is its VAT."""
        contract = self._create_neighbours_contract(36, 1)
        cost = contract._waas_get_leaving_cost()
        self._agree(self._create_change(contract, "termination"))
        moves = contract.waas_installment_ids.move_id
        self.assertEqual(sum(moves.mapped("amount_total")), cost["owed_total"])

    def test_r13_what_a_change_adds_counts_with_vat(self):
        contract = self._create_neighbours_contract(12, 5)
        self.assertEqual(contract.waas_monthly_total, 454.25)
        change = self._upgrade(contract, date(2026, 4, 30))
        self.assertEqual(change.growth_amount, 9 * 32.5)
        self.assertAlmostEqual(change.growth_total, 336.38, 2)
        self.assertEqual(change._waas_get_credit_amount(), change.growth_total)
        self._agree(change)
        self.assertEqual(contract.waas_monthly_total, 491.63)
        extension = self._create_change(contract, "extension", months=15)
        self.assertAlmostEqual(extension.growth_total, 3 * 491.63, 2)
