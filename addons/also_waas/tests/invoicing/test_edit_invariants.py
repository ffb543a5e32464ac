from datetime import timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..contract.common_reconciliation import ReconciliationCommon
from .common_invoice_run import TODAY

month = st.integers(0, 3)
money = st.decimals("0.01", "99.99", places=2).map(float)
# What accountants do with the invoices of a contract, in any order.
steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(("draft", "post", "cancel", "again", "undo_note")), month
        ),
        st.tuples(
            st.sampled_from(("pay", "credit", "reprice", "freight")), month, money
        ),
        st.tuples(st.sampled_from(("allocate", "unreconcile")), month, month),
        st.tuples(st.sampled_from(("credit_all", "requantify", "readdress")), month),
        st.tuples(st.just("run")),
    ),
    min_size=3,
    max_size=12,
)


@tagged("post_install", "-at_install", "slow")
class TestEditInvariants(ReconciliationCommon):
    """Whatever is edited, credited, paid and set off: month, contract and ledger agree,
    and no month has two invoices that stand (A6, C, R11)."""

    @settings(
        deadline=None,
        max_examples=25,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @example([("credit_all", 1), ("allocate", 1, 2), ("again", 1), ("run",)])
    @example([("credit_all", 1), ("again", 1), ("run",), ("undo_note", 1)])
    @example([("post", 2), ("cancel", 2), ("credit", 2, 23.43), ("run",)])
    @example([("draft", 0), ("reprice", 0, 5.0), ("post", 0), ("run",)])
    @example([("draft", 0), ("freight", 0, 25.0), ("post", 0), ("cancel", 0)])
    @example([("credit", 0, 15.0), ("pay", 0, 30.0), ("credit", 0, 9.0), ("run",)])
    @given(steps)
    def test_a6_contract_month_and_ledger_never_disagree(self, steps):
        with self._undone():
            self.day = TODAY
            for name, *values in steps:
                self._try(name, values)
                self._assert_agrees()

    def _try(self, name, values):
        """A step that is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_step_{name}")(*values)
                self.env.flush_all()
        except UserError:
            self.env.invalidate_all()

    # === WHAT ACCOUNTANTS DO ===#

    def _get_move(self, number):
        return self.first.waas_installment_ids[number].move_id

    def _get_notes(self, number):
        """Credit notes of all invoices that a month ever had."""
        lines = self.env["account.move.line"].search(
            [
                (
                    "waas_installment_id",
                    "=",
                    self.first.waas_installment_ids[number].id,
                )
            ]
        )
        return lines.move_id.reversal_move_ids

    def _step_draft(self, number):
        self._get_move(number).button_draft()

    def _step_post(self, number):
        self._get_move(number).action_post()

    def _step_cancel(self, number):
        self._get_move(number).button_cancel()

    def _step_again(self, number):
        self.first.waas_installment_ids[number].action_invoice_again()

    def _step_undo_note(self, number):
        self._get_notes(number)[:1].button_cancel()

    def _step_pay(self, number, amount):
        self._pay_part(self._get_move(number), amount)

    def _step_credit(self, number, amount):
        self._credit(self._get_move(number), amount)

    def _step_credit_all(self, number):
        self._credit(self._get_move(number))

    def _step_reprice(self, number, amount):
        self._get_move(number).invoice_line_ids.price_unit = amount

    def _step_requantify(self, number):
        self._get_move(number).invoice_line_ids.quantity += 1

    def _step_readdress(self, number):
        self._get_move(number).partner_id = self.other_customer

    def _step_freight(self, number, amount):
        self._get_move(number).write(
            {
                "invoice_line_ids": [
                    Command.create({"name": "Freight", "price_unit": amount})
                ]
            }
        )

    def _step_allocate(self, noted, number):
        self._allocate(self._get_notes(noted), self._get_move(number))

    def _step_unreconcile(self, number, _other):
        (
            self._get_move(number) | self._get_notes(number)
        ).line_ids.remove_move_reconcile()

    def _step_run(self):
        self.day += timedelta(days=20)
        self._invoice_up_to(self.first, self.day)

    # === WHAT HOLDS ===#

    def _assert_agrees(self):
        self._assert_ledger_agrees()
        contract = self.first
        self._assert_same(
            contract.waas_invoiced_amount
            + contract.waas_credited_amount
            + contract.waas_rent_to_come,
            contract.waas_total_amount,
        )
        for month_ in contract.waas_installment_ids:
            self._assert_month_stands_once(month_)

    def _assert_month_stands_once(self, month_):
        lines = self.env["account.move.line"].search(
            [("waas_installment_id", "=", month_.id), ("parent_state", "=", "posted")]
        )
        standing = lines.move_id.filtered(lambda move: not move._waas_is_credited())
        self.assertLessEqual(standing, month_.move_id)
        if month_.move_id.state == "posted":
            self._assert_same(month_.move_id.amount_untaxed, month_.amount)
            self.assertEqual(
                month_.move_id.commercial_partner_id,
                month_.contract_id.waas_customer_id,
            )
