from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ...models.commission.waas_commission import Earning
from .common_commission import CommissionCommon

START = datetime(2026, 3, 10, 10)
DEALS = 2
deal = st.integers(0, DEALS - 1)
amount = st.decimals("0.01", "999.99", places=2).map(float)
pieces = st.sampled_from((1.0, 2.0, 3.0, 7.0, 250.0))
# What people do, in any order; each takes about two weeks.
steps = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), deal, amount, pieces),
        st.tuples(st.just("take_back"), deal),
        st.tuples(st.sampled_from(("settle", "bill", "post_bill"))),
        st.tuples(
            st.sampled_from(
                (
                    "cancel_settlement",
                    "delete_settlement",
                    "delete_bill",
                    "cancel_bill",
                    "bill_again",
                    "pay",
                    "credit",
                    "set_off",
                    "edit_bill",
                    "undo_credit",
                )
            )
        ),
    ),
    min_size=4,
    max_size=14,
)


def _story(text):
    """Steps from words: ``earn:1`` is a step for the second deal."""
    steps = []
    for word in text.split():
        name, _colon, number = word.partition(":")
        values = (int(number),) if number else ()
        steps.append((name, *values, *((12.34, 3.0) if name == "earn" else ())))
    return steps


@tagged("post_install", "-at_install")
class TestCommissionInvariants(CommissionCommon):
    """Whatever people do in whatever order: ledger, settlements and bills net to the
    same sum, and nothing is paid twice (I5, I6, I8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].union(
            *(cls._confirm(cls._create_order(36, quantity=1)) for _i in range(DEALS))
        )

    # Without shrinking: a step takes long, and the steps tell their story as they are.
    @settings(
        deadline=None,
        max_examples=12,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @example(_story("earn:0 settle bill post_bill pay take_back:0 settle bill"))
    @example(_story("settle bill post_bill credit bill_again bill take_back:1 settle"))
    @example(_story("settle bill post_bill cancel_bill bill_again bill pay settle"))
    @example(_story("settle take_back:0 settle cancel_settlement settle bill"))
    @example(_story("settle bill delete_bill delete_settlement take_back:1 settle"))
    @example(
        _story(
            "settle bill post_bill pay take_back:0 settle bill post_bill "
            "earn:1 settle bill post_bill set_off settle bill_again bill"
        )
    )
    @example(
        _story("settle bill edit_bill post_bill credit bill_again bill undo_credit")
    )
    @given(steps)
    def test_i8_ledger_settlements_and_bills_net_to_the_same_sum(self, steps):
        with self._undone():
            self._live(steps)
            self._take_everything_back()

    def test_i8_the_steps_are_taken(self):
        """What is refused is passed over: here nothing is."""
        self._live(
            _story(
                "earn:0 settle settle bill post_bill pay take_back:0 settle settle "
                "settle"
            )
        )
        rows = self.orders[0].waas_commission_ids
        self.assertEqual(
            sorted(rows.mapped("state")), ["paid", "paid", "settled", "settled"]
        )

    def _live(self, steps):
        self.now = START
        for name, *values in steps:
            self.now += timedelta(days=13)
            with freeze_time(self.now):
                self._try(name, values)
            self._assert_nets()

    def _try(self, name, values):
        """A step that is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                getattr(self, f"_step_{name}")(*values)
        except UserError:
            self.env.invalidate_all()

    # === WHAT PEOPLE DO ===#

    def _step_earn(self, number, unit_amount, quantity):
        order = self.orders[number]
        order.waas_contract_ids._waas_accrue(
            "upgrade",
            # A document of its own for every event.
            self.env["sale.order"].create({"partner_id": self.customer.id}),
            [Earning("it", self.premium_upgrade, quantity, unit_amount)],
        )

    def _step_take_back(self, number):
        self._cancel(self.orders[number])

    def _step_settle(self):
        self._settle(self.now)

    def _step_cancel_settlement(self):
        self._get_settlements()[:1].with_user(self.accountant).action_cancel()

    def _step_delete_settlement(self):
        self._get_settlements()[-1:].with_user(self.accountant).unlink()

    def _step_bill(self):
        settlements = self._get_settlements().filtered(lambda s: s.state == "settled")
        if settlements:
            self._bill(settlements, self.now)

    def _step_post_bill(self):
        self._post(self._get_bills("draft"), self.now)

    def _step_delete_bill(self):
        self._get_bills("draft")[:1].unlink()

    def _step_cancel_bill(self):
        bill = self._get_bills("posted")[:1]
        bill.button_draft()
        bill.button_cancel()

    def _step_bill_again(self):
        self._get_settlements().filtered(
            lambda s: s.state == "except_invoice" or not s.invoice_id
        ).action_draft()

    def _step_pay(self):
        if bill := self._get_bills("posted").filtered(
            lambda bill: bill.payment_state == "not_paid"
        )[:1]:
            self._pay(bill, self.now)

    def _step_credit(self):
        if bill := self._get_bills("posted").filtered(
            lambda bill: bill.payment_state == "not_paid"
        )[-1:]:
            self._credit(bill)

    def _step_set_off(self):
        """Bills and refunds of the ledger against each other."""
        lines = self._get_bills("posted").line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
            and not line.reconciled
        )
        lines.reconcile()

    def _step_edit_bill(self):
        if bill := self._get_bills("draft")[:1]:
            bill.invoice_line_ids[:1].price_unit *= 10

    def _step_undo_credit(self):
        bills = self._get_settlements().invoice_line_ids.move_id
        bills.reversal_move_ids[:1].button_cancel()

    def _get_bills(self, state):
        bills = self._get_settlements().invoice_id
        return bills.filtered(lambda bill: bill.state == state)

    # === WHAT HOLDS ===#

    def _assert_nets(self):
        rows = self.env["waas.commission"].search([("order_id", "in", self.orders.ids)])
        settlements = self._get_settlements()
        lines = settlements.line_ids
        self.assertEqual(len(lines), len(lines.waas_commission_id), "settled twice")
        settled = rows.filtered("settlement_id")
        self.assertEqual(settled, rows & lines.waas_commission_id)
        for settlement in settlements:
            self._assert_settlement_nets(settlement)
        self._assert_same(
            sum(rows.mapped("amount")),
            sum(settlements.mapped("total")) + sum((rows - settled).mapped("amount")),
        )
        netted = rows.filtered(lambda row: row.state == "reversed")
        self._assert_same(sum(netted.mapped("amount")), 0.0)
        for order in self.orders.filtered(lambda order: order.state == "cancel"):
            self._assert_same(self._get_balance(order), 0.0)
        reseller = self.reseller.with_company(self.also)
        reseller.invalidate_recordset(["credit"])
        self._assert_same(reseller.credit_to_invoice, 0.0)

    def _assert_settlement_nets(self, settlement):
        commissions = settlement.line_ids.waas_commission_id
        self._assert_same(settlement.total, sum(commissions.mapped("amount")))
        bill_lines = settlement.invoice_line_ids.filtered(
            lambda line: line.move_id.state != "cancel"
            and not line.move_id._waas_is_credited()
        )
        # At most one bill stands, and it is over the whole settlement.
        self.assertLessEqual(len(bill_lines.move_id), 1)
        self.assertEqual(bill_lines.move_id, settlement.invoice_id)
        if settlement.invoice_id:
            sign = -1 if settlement.invoice_id.move_type == "in_refund" else 1
            billed = sign * sum(bill_lines.mapped("price_subtotal"))
            # A draft may be edited; it is not posted then (A6).
            if settlement.invoice_id.state == "posted":
                self._assert_same(billed, settlement.total)
            self.assertIn(commissions.mapped("state")[0], ("billed", "paid"))

    def _take_everything_back(self):
        """Cancel all, then settle and bill the rest: ALSO has paid nothing, net."""
        self.now += timedelta(days=40)
        with freeze_time(self.now):
            for order in self.orders.filtered(lambda o: o.state != "cancel"):
                self._cancel(order)
            self._step_bill_again()
        self.now += timedelta(days=40)
        with freeze_time(self.now):
            self._step_settle()
            self._step_bill()
        self._assert_nets()
        self._assert_same(sum(self._get_settlements().mapped("total")), 0.0)

    def _assert_same(self, one, other):
        self.assertEqual(
            self.also.currency_id.compare_amounts(one, other), 0, (one, other)
        )
