from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ...commitments import Term, get_cost, plan_terms

LENGTHS = ((1, 3, 12), (1, 6, 12), (2, 3, 12), (3, 6, 12))
PRICES = (Decimal("5.00"), Decimal("5.75"), Decimal("6.00"))


def find_all(months, terms):
    """Every mix of terms that adds up, by trying."""
    if not months:
        yield []
    for place, term in enumerate(terms):
        if term.months <= months:
            for rest in find_all(months - term.months, terms[place:]):
                yield [term, *rest]


class TestCommitments(BaseCase):
    def test_r12_as_cheap_as_any_mix_that_ends_with_the_contract(self):
        """All cases up to 12 months, three terms and three prices."""
        for lengths, prices in product(LENGTHS, product(PRICES, repeat=3)):
            terms = [
                Term(f"P{length}M", length, price)
                for length, price in zip(lengths, prices, strict=True)
            ]
            for months in range(1, 13):
                mixes = list(find_all(months, terms))
                plan = plan_terms(months, terms)
                if not mixes:
                    self.assertIsNone(plan)
                    continue
                self.assertEqual(get_cost(plan), min(map(get_cost, mixes)))
                self.assertEqual(sum(term.months for term in plan), months)

    @given(
        st.integers(0, 60),
        st.lists(
            st.builds(
                Term,
                st.just("P"),
                st.integers(1, 36),
                st.decimals("0.01", "99.99", places=2),
            ),
            max_size=4,
        ),
    )
    def test_r12_licenses_never_outlive_the_contract(self, months, terms):
        plan = plan_terms(months, terms)
        if plan is not None:
            self.assertEqual(sum(term.months for term in plan), months)
            self.assertEqual(plan, sorted(plan, key=lambda term: -term.months))

    def test_r12_a_year_and_a_half(self):
        month = Term("P1M", 1, Decimal("6.00"))
        year = Term("P1Y", 12, Decimal("5.00"))
        plan = plan_terms(18, [month, year])
        self.assertEqual(plan, [year] + [month] * 6)
        self.assertEqual(get_cost(plan), Decimal("96.00"))
        self.assertIsNone(plan_terms(18, [year]))
        self.assertEqual(plan_terms(24, [month, year]), [year, year])
        self.assertEqual(plan_terms(0, [month]), [])
