"""For how long licenses are bought, so that they end with the contract (R12).

A vendor sells terms; a longer one is cheaper, and cannot be left. What runs past the
contract is paid for nobody: so the terms add up to the months of the contract, and of
all such mixes the cheapest is bought.
"""

from decimal import Decimal
from typing import NamedTuple


class Term(NamedTuple):
    """A term that is for sale."""

    code: str  # of the vendor, for example P1Y
    months: int
    price: Decimal  # for a seat and month


def plan_terms(months, terms):
    """The cheapest terms that add up to a number of months exactly.

    :param int months: that the contract still runs
    :param terms: list of :class:`Term`
    :return: list of :class:`Term`, the longest first: its price is protected longest,
        and the fewest of them where several mixes cost the same; None where no mix
        adds up, so that licenses would outlive the contract, or end before it
    """
    # cost, number of terms and last term of the best plan for each number of months
    best = [(Decimal(0), 0, None)]
    for target in range(1, months + 1):
        plans = [
            (cost + term.price * term.months, number + 1, term)
            for term in terms
            if term.months <= target and best[target - term.months]
            for cost, number, _last in (best[target - term.months],)
        ]
        best.append(min(plans, default=None, key=lambda plan: plan[:2]))
    if not best[months]:
        return None
    chosen = []
    while months:
        term = best[months][2]
        chosen.append(term)
        months -= term.months
    return sorted(chosen, key=lambda term: -term.months)


def get_cost(plan):
    """What the terms of a plan cost for one seat."""
    return sum((term.price * term.months for term in plan), Decimal(0))
