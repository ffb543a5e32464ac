"""What a month costs: a price for each seat and period, changes by the day.

A period begins on the day of the month on which the subscription was bought. Its seats
are charged on the invoice of the month in which it begins; a change within a period is
charged or credited by its remaining days, on the invoice of the month in which it
happens.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

CENT = Decimal("0.01")


def get_charges(start, history, price, year, month):
    """The charges of a subscription on the invoice of a month.

    :param datetime start: when it was bought: its periods begin on that day
    :param history: list of a moment, and the number of seats from then on
    :param Decimal price: of a seat and month
    :return: iterator of (units, cost, first day, day after the last)
    """
    for begin, end in _find_periods(start.date(), year, month):
        opens = start if begin == start.date() else _at_midnight(begin)
        seats = _get_seats_at(history, opens)
        if seats and (begin.year, begin.month) == (year, month):
            yield seats, _round(price * seats), begin, end
        before = seats
        for moment, after in history:
            if not opens < moment < _at_midnight(end):
                continue
            if (moment.year, moment.month) == (year, month) and after != before:
                days = Decimal((end - moment.date()).days) / (end - begin).days
                units = after - before
                yield units, _round(price * units * days), moment.date(), end
            before = after


def _find_periods(start, year, month):
    """The periods that touch a month."""
    number = 0
    while True:
        begin = start + relativedelta(months=number)
        end = start + relativedelta(months=number + 1)
        if (begin.year, begin.month) > (year, month):
            return
        if (end.year, end.month) >= (year, month):
            yield begin, end
        number += 1


def _at_midnight(day):
    return datetime.combine(day, datetime.min.time())


def _get_seats_at(history, moment):
    seats = 0
    for changed, after in history:
        if changed <= moment:
            seats = after
    return seats


def _round(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)
