"""Dates of a contract: plain functions without a database (R10 to R12)."""

from typing import NamedTuple

from dateutil.relativedelta import relativedelta


class Period(NamedTuple):
    """One month of a contract: its number from 1, its first and its last day."""

    number: int
    date_start: object
    date_end: object


def cut_periods(start, months):
    """Cut a contract into its months, anchored on its first day.

    Every period begins ``number - 1`` months after ``start``, counted from ``start``
    itself: a contract from 31 January has periods from 31 January, 28 February and
    31 March. They touch, whatever the day, and there are exactly ``months`` of them.

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


def get_period_end(anchor, start):
    """Last day of the month of a contract that begins on ``start``.

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
