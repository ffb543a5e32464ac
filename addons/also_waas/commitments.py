"""What a vendor binds us to, and how to be bound no longer than needed (R12).

A vendor sells terms; a longer one is cheaper, and cannot be left. What runs past the
contract is paid for nobody: so the terms add up to the months of the contract, and of
all such mixes the cheapest is bought.

Seats can be given back within seven days of their addition, and only those.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

WINDOW = timedelta(days=7)
# The vendor's clock decides: nothing is given back at the last moment.
SAFETY = timedelta(hours=6)


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


# === SEATS THAT CAN BE GIVEN BACK ===#


class Addition(NamedTuple):
    """Seats that were added, less those of them that were given back."""

    moment: datetime
    seats: int


def get_returnable(additions, now, safety=SAFETY):
    """How many seats can still be given back.

    :param additions: list of :class:`Addition`, the oldest first
    """
    return sum(one.seats for one in additions if now - one.moment < WINDOW - safety)


def change_seats(additions, change, now, safety=SAFETY):
    """The additions after a change that the vendor accepted.

    :param int change: seats more, or fewer: the latest additions are given back first
    :return: list of :class:`Addition`; those whose window is over are left out
    """
    left = []
    for one in reversed(additions):
        if now - one.moment >= WINDOW - safety:
            continue
        taken = min(one.seats, max(-change, 0))
        change += taken
        left.insert(0, one._replace(seats=one.seats - taken))
    if change > 0:
        left.append(Addition(now, change))
    return [one for one in left if one.seats]
