"""Dates of a contract: plain functions without a database (R10 to R12)."""

from fractions import Fraction
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

STANDARD_MONTHS = (12, 24, 36)  # R10: the promised terms; another term needs a reason
MAX_MONTHS = 36  # R12: the default limit of a company
LONGEST_MONTHS = 120  # a longer term is a typing error


class Period(NamedTuple):
    """One month of a contract: its number from 1, its first and its last day."""

    number: int
    date_start: object
    date_end: object


def cut_periods(start, months):
    """Divide a contract into its months, counted from its first day.

    Every period begins ``number - 1`` months after ``start``, counted from ``start``
    itself: a contract from 31 January has periods from 31 January, 28 February and 31
    March. They have no gaps or overlaps, for any day, and there are exactly ``months``
    of them.

    :param date start: first day of the contract
    :param int months: length of the term
    :return: list of :class:`Period`
    """
    firsts = [start + relativedelta(months=index) for index in range(months + 1)]
    return [
        Period(index + 1, first, following - relativedelta(days=1))
        for index, (first, following) in enumerate(
            zip(firsts, firsts[1:], strict=False)
        )
    ]


def get_last_day(start, months):
    """Last day of a contract or a warranty of ``months`` months from ``start``."""
    return start + relativedelta(months=months, days=-1)


def count_months(start, last_day):
    """The number of months of a contract from ``start`` to ``last_day``; an incomplete
    month counts."""
    months = (last_day.year - start.year) * 12 + last_day.month - start.month
    while get_last_day(start, months) < last_day:
        months += 1
    return months


def get_needed_day(delivered, start, last_day):
    """The day until which a device has to be under warranty (R12): the last of the
    contract, but no more months than the contract has.

    The days between its delivery and the start of the contract do not count: with
    partial deliveries, or contracts from the first of a month, a device of 36 months
    could otherwise never be rented out for 36 months.

    :param date delivered: when it was delivered to the customer; False: not yet
    :param date start: first day of the contract
    :param date last_day: last day of the contract
    """
    if not delivered or delivered >= start:
        return last_day
    return min(last_day, get_last_day(delivered, count_months(start, last_day)))


def get_period_end(anchor, start):
    """The last day of the contract month that begins on ``start``.

    :param date anchor: first day of the contract
    :param date start: first day of one of its months
    """
    months = (start.year - anchor.year) * 12 + start.month - anchor.month
    while anchor + relativedelta(months=months) <= start:
        months += 1
    return anchor + relativedelta(months=months, days=-1)


def get_next_first(date):
    """The first day of a calendar month on or after ``date``."""
    return date if date.day == 1 else date + relativedelta(months=1, day=1)


def get_share(month, date):
    """The share of a month that is left on ``date``, by days, that day included.

    :param month: anything with ``date_start`` and ``date_end``
    :return: ``Fraction`` from 0 to 1
    """
    days = (month.date_end - month.date_start).days + 1
    left = (month.date_end - max(date, month.date_start)).days + 1
    return Fraction(max(left, 0), days)


def get_extension_lengths(months, step, longest):
    """The lengths to which a contract of ``months`` can be extended.

    In steps, with the longest itself, and a longer one, to show why that is not
    possible (R12).

    :param int longest: the maximum number of months of the contract
    """
    step = max(step, 1)
    lengths = list(range(months + step, longest, step))
    if months < longest:
        lengths.append(longest)
    return [*lengths, longest + step]
