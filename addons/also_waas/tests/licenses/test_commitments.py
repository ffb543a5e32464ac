from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.also_simpleapi_server.server.commitments import Commitment

from ...commitments import (
    SAFETY,
    Term,
    change_seats,
    get_cost,
    get_returnable,
    plan_terms,
)

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


class TestSeatsThatCanBeGivenBack(BaseCase):
    @given(
        st.lists(
            st.tuples(st.integers(0, 200), st.integers(1, 12)), min_size=1, max_size=12
        )
    )
    def test_r11_the_vendor_never_refuses_what_we_count_as_returnable(self, steps):
        """Hours that pass, and seats that are wanted then."""
        now = datetime(2027, 3, 20, 12, 0)
        vendors = Commitment(now, 12)
        additions, exact = [], []
        for hours, wanted in steps:
            now += timedelta(hours=hours)
            returnable = get_returnable(additions, now)
            self.assertLessEqual(returnable, vendors.get_returnable(now))
            seats = max(wanted, vendors.seats - returnable)
            change = seats - vendors.seats
            vendors.change_to(seats, now)
            additions = change_seats(additions, change, now)
            exact = change_seats(exact, change, now, timedelta(0))
            self.assertEqual(
                get_returnable(exact, now, timedelta(0)), vendors.get_returnable(now)
            )

    def test_r11_the_last_hours_are_not_counted_on(self):
        bought = datetime(2027, 3, 20, 12, 0)
        additions = change_seats([], 5, bought)
        late = bought + timedelta(days=7) - SAFETY
        self.assertEqual(get_returnable(additions, late - timedelta(minutes=1)), 5)
        self.assertEqual(get_returnable(additions, late), 0)
