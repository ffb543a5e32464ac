from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from ..common.cases import WaasCommon

prices = st.lists(
    st.tuples(
        st.decimals("0.01", "9999.99", places=2).map(float),
        st.sampled_from((1.0, 2.0, 3.0, 7.0, 12.0, 250.0)),
    ),
    min_size=1,
    max_size=4,
)
# Days on which somebody starts a run, counted from the first day of the contract.
run_days = st.lists(st.integers(-5, 400), min_size=1, max_size=6).map(sorted)


@tagged("post_install", "-at_install")
class TestInvariants(WaasCommon):
    """Whatever the first day, the term, the prices and the days of the runs."""

    def _create_any_contract(self, start, months, lines):
        """A running contract with lines of any price and quantity."""
        values = self._create_order(months, quantity=1)._waas_prepare_contract()
        [(_command, _id, line)] = values["contract_line_ids"]
        values["contract_line_ids"] = [
            Command.create(
                {**line, "price_unit": price, "specific_price": price, "quantity": qty}
            )
            for price, qty in lines
        ]
        currency = self.also.currency_id
        monthly = currency.round(sum(currency.round(p * qty) for p, qty in lines))
        values["waas_monthly_amount"] = monthly
        values["waas_total_amount"] = currency.round(monthly * months)
        contract_sudo = self.env["contract.contract"].sudo().create(values)
        contract_sudo._waas_run_from(start)
        return contract_sudo

    def _assert_months_fit(self, contract):
        """I1: as many as months, touching, adding up to the total."""
        months = contract.waas_installment_ids
        self.assertEqual(len(months), contract.waas_term_id.months)
        for month, following in zip(months, months[1:], strict=False):
            self.assertEqual(month.date_end + timedelta(days=1), following.date_start)
        self.assertEqual(months[0].date_start, contract.date_start)
        self.assertEqual(months[-1].date_end, contract.date_end)
        self.assertEqual(
            contract.currency_id.compare_amounts(
                sum(months.mapped("amount")), contract.waas_total_amount
            ),
            0,
        )

    def _assert_invoiced_once(self, contract, day):
        """I2: what is due has one posted invoice over its amount, the rest none."""
        for month in contract.waas_installment_ids:
            lines = self.env["account.move.line"].search(
                [("waas_installment_id", "=", month.id)]
            )
            if month.date_start > day:
                self.assertFalse(lines)
                continue
            self.assertEqual(lines.move_id, month.move_id)
            self.assertEqual(month.move_id.state, "posted")
            self.assertAlmostEqual(month.move_id.amount_untaxed, month.amount, 2)

    @settings(
        deadline=None,
        max_examples=12,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(
        st.dates(date(2024, 1, 1), date(2028, 12, 31)),
        st.sampled_from((12, 24, 36)),
        prices,
        run_days,
    )
    def test_r13_every_month_is_invoiced_once_to_the_cent(
        self, start, months, lines, days
    ):
        with self._undone():
            contract = self._create_any_contract(start, months, lines)
            self._assert_months_fit(contract)
            for day in (start + timedelta(days=offset) for offset in days):
                run = self._create_run(day)
                if run.installment_count:
                    self._work(run)
                    self.assertFalse(run.failure_ids)
                self._assert_invoiced_once(contract, day)
            self._invoice_the_rest(contract)

    def _invoice_the_rest(self, contract):
        """To the end: the invoices add up to the contract total."""
        end = contract.date_start + relativedelta(months=contract.waas_term_id.months)
        run = self._create_run(end)
        if run.installment_count:
            self._work(run)
        invoiced = sum(contract.waas_installment_ids.move_id.mapped("amount_untaxed"))
        self.assertEqual(
            contract.currency_id.compare_amounts(invoiced, contract.waas_total_amount),
            0,
        )
        self.assertEqual(contract.currency_id.round(contract.waas_rent_to_come), 0.0)
