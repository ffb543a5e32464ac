"""Values as SimpleAPI writes them.

Dates have no zone and up to three decimals; numbers may come as text; the same thing is
here an object and there a list with one.
"""

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

MAX_DIGITS = 18
ISO_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?)?(?:Z|\+00:00)?"
)
# As the technology of the server writes dates by default.
EPOCH_MOMENT = re.compile(r"/Date\((-?\d{1,16})(?:[+-]\d{4})?\)/")
CHARGE_DAYS = re.compile(r"(\d\d\.\d\d\.\d{4}) ?- ?(\d\d\.\d\d\.\d{4})")
BILLING_MONTH = re.compile(r"(\d\d)/(\d{4})")


def parse_moment(value):
    """:return: naive datetime in the zone of the server; None for nothing
    :raises ValueError: when it is no date"""
    if value in (None, ""):
        return None
    if isinstance(value, str):
        if match := EPOCH_MOMENT.fullmatch(value):
            epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
            moment = epoch + timedelta(milliseconds=int(match[1]))
            return moment.replace(tzinfo=None)
        if match := ISO_MOMENT.fullmatch(value):
            day, time, decimals = match.groups()
            moment = datetime.fromisoformat(f"{day}T{time or '00:00:00'}")
            return moment.replace(microsecond=int((decimals or "0").ljust(6, "0")[:6]))
    raise ValueError(f"{str(value)[:40]!r} is not a date")


def parse_whole(value):
    """A whole number, written as ``5``, ``"5"`` or ``5.0``.

    :raises ValueError: when it is none
    """
    number = parse_decimal(value)
    if number is None or number != number.to_integral_value():
        raise ValueError(f"{str(value)[:40]!r} is not a whole number")
    return int(number)


def parse_decimal(value):
    """:return: ``Decimal``; None for nothing
    :raises ValueError: when it is no finite number of a sensible size"""
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise ValueError(f"{str(value)[:40]!r} is not a number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{str(value)[:40]!r} is not a number") from None
    if not number.is_finite() or number.adjusted() > MAX_DIGITS:
        raise ValueError(f"{str(value)[:40]!r} is not a number")
    return number


def is_same(value, other):
    """Whether two values of a field are the same one: ``5``, ``"5"`` or ``5.0``."""
    try:
        return parse_decimal(value) == parse_decimal(other)
    except ValueError:
        return str(value) == str(other)


def parse_charge_days(text):
    """The days of a charge, ``01.02.2027 - 01.03.2027``: the second one is the first
    day after.

    :return: pair of dates; None where the text says something else
    """
    match = CHARGE_DAYS.fullmatch(text or "")
    if not match:
        return None
    try:
        first, after = (
            datetime.strptime(day, "%d.%m.%Y").date() for day in match.groups()
        )
    except ValueError:
        return None
    return (first, after) if first <= after else None


def parse_billing_month(text):
    """:return: first day of ``02/2027``; None where the text says something else"""
    match = BILLING_MONTH.fullmatch(text or "")
    if not match or not 1 <= int(match[1]) <= 12:
        return None
    return date(int(match[2]), int(match[1]), 1)


def as_list(value):
    """An object where a list is declared, and nothing where it is empty."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
