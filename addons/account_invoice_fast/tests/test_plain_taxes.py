from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..invoicing.builder import Builder
from ..invoicing.columns import LineAnswer, PricedLine
from ..invoicing.plain_taxes import NO_TAX, read_plain_tax
from ..invoicing.regular import Guard
from .common import FastInvoicesCommon

PERCENTS = (0.0, 9.0, 21.0, 5.5, 33.3333, 100.0)
prices = st.one_of(
    st.decimals("-999.99", "9999.99", places=2).map(float),
    st.sampled_from((0.335, 0.005, 99.995, 33.333333, 100000 / 7, 0.01, 0.0)),
)
lines = st.lists(
    st.tuples(
        prices,
        st.sampled_from((1.0, 2.0, 3.0, 0.333, 12.5, 250.0, -1.0)),
        st.sampled_from((0.0, 10.0, 33.33, 50.0, 12.345, 100.0)),
        st.integers(-1, len(PERCENTS) - 1),  # the tax; -1: none
    ),
    min_size=1,
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestPlainTaxes(FastInvoicesCommon):
    """Where taxes are plain, our short way to the cents is the tax engine's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        template = cls.service.taxes_id[:1]
        cls.account = cls.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        cls.tax_account = cls.env["account.account"].search(
            [("account_type", "=", "liability_current")], limit=1
        )
        cls.transition_account = cls.tax_account.copy({"reconcile": True})
        cls.taxes = cls.env["account.tax"].create(
            [
                {
                    "name": f"Plain {percent}",
                    "amount": percent,
                    "tax_group_id": template.tax_group_id.id,
                    "price_include_override": "tax_excluded",
                }
                for percent in PERCENTS
            ]
        )
        for rows in (
            cls.taxes.invoice_repartition_line_ids,
            cls.taxes.refund_repartition_line_ids,
        ):
            of_tax = rows.filtered(lambda row: row.repartition_type == "tax")
            of_tax.account_id = cls.tax_account
        cls.yen = cls.env.ref("base.JPY")
        cls.dollar = cls.env.ref("base.USD")

    def _get_header(self, move_type, currency, rate):
        return {
            "move_type": move_type,
            "currency_id": currency.id,
            "invoice_currency_rate": rate,
            "date": date(2026, 2, 1),
        }

    def _get_lines(self, rows):
        return [
            PricedLine(
                LineAnswer(
                    self.service,
                    self.account,
                    self.taxes[tax] if tax >= 0 else self.taxes.browse(),
                    self.service.uom_id,
                    None,
                    None,
                ),
                None,
                price,
                quantity,
                discount,
            )
            for price, quantity, discount, tax in rows
        ]

    def _assert_same(self, header, priced_lines):
        builder = Builder(self.env, self.company, Guard(self.env))
        taxes = [builder._get_plain_tax(header, line) for line in priced_lines]
        self.assertNotIn(None, taxes)
        plain = builder._compute_plain_amounts(header, priced_lines, taxes)
        engine = builder._compute_amounts(header, priced_lines)
        self.assertEqual(
            [self._round(row) for row in plain.products],
            [self._round(row) for row in engine.products],
        )
        # What the engine gives besides is what a line has that is told nothing.
        nothing = {"analytic_distribution": None, "group_tax_id": None, "tax_ids": ()}
        self.assertEqual(
            [self._round({**nothing, **row}) for row in plain.taxes],
            [self._round(row) for row in engine.taxes],
        )

    @staticmethod
    def _round(row):
        """As the columns hold it: no -0.0, no digits beyond what a double is good for,
        no order of tags."""
        return {
            name: round(value, 9) + 0.0
            if isinstance(value, float)
            else sorted(value)
            if name == "tax_tag_ids"
            else value
            for name, value in row.items()
        }

    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
    )
    @given(
        rows=lines,
        rounding=st.sampled_from(("round_globally", "round_per_line")),
        move_type=st.sampled_from(("out_invoice", "out_refund")),
        abroad=st.sampled_from((None, ("yen", 161.37), ("dollar", 1.0837))),
    )
    def test_plain_amounts_are_the_tax_engines(self, rows, rounding, move_type, abroad):
        self.company.tax_calculation_rounding_method = rounding
        currency, rate = self.company.currency_id, 1.0
        if abroad:
            currency, rate = getattr(self, abroad[0]), abroad[1]
        self._assert_same(
            self._get_header(move_type, currency, rate), self._get_lines(rows)
        )

    def test_what_is_not_plain(self):
        plain = self.taxes[2]
        self.assertEqual(read_plain_tax(plain, False).percent, 21.0)
        self.assertIs(read_plain_tax(plain.browse(), False), NO_TAX)
        for reason, values in (
            ("included in the price", {"price_include_override": "tax_included"}),
            ("a fixed amount", {"amount_type": "fixed"}),
            (
                "due when paid",
                {
                    "tax_exigibility": "on_payment",
                    "cash_basis_transition_account_id": self.transition_account.id,
                },
            ),
        ):
            with self.subTest(reason):
                tax = plain.copy({"name": reason, **values})
                self.assertIsNone(read_plain_tax(tax, False))
        with self.subTest("two taxes"):
            self.assertIsNone(read_plain_tax(self.taxes[:2], False))
        with self.subTest("no account of its own"):
            tax = plain.copy({"name": "No account"})
            tax.repartition_line_ids.account_id = False
            self.assertIsNone(read_plain_tax(tax, False))
        with self.subTest("reverse charge"):
            tax = plain.copy({"name": "Reverse charge"})
            tax.invoice_repartition_line_ids[-1].copy({"factor_percent": -100.0})
            self.assertIsNone(read_plain_tax(tax, False))
