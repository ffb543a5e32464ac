"""Prices in a file, read as they were meant or refused (R8).

Odoo's import uses the separators and the date format that the screen sends, those of
the user's language, and ignores those of the file: ``45,99`` becomes 4599. These are
plain functions that look at a whole column.
"""

import re
from datetime import datetime

NUMBER = re.compile(r"[-+]?\d[\d.,]*")
CURRENCY = re.compile(r"[€$£\s\u00a0\u202f]|EUR|USD|GBP")
# Blanks separate thousands; 45 99 is ambiguous.
TWO_NUMBERS = re.compile(r"\d\s+(?!\d{3}(?!\d))\d")
DAY = re.compile(
    r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?"
)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FIRST_MOMENT, LAST_MOMENT = "00:00:00", "23:59:59"


class UnclearError(ValueError):
    """An ambiguous or invalid value; the argument is the value."""


def read_numbers(texts, thousands=""):
    """The numbers of a column as Python writes them.

    :param list texts: as in the file; empty ones stay empty
    :param str thousands: the thousands separator that the user chose: it decides where
        the column is ambiguous
    :raises UnclearError: with the value that is invalid or ambiguous
    """
    plain = [CURRENCY.sub("", text or "") for text in texts]
    for text, number in zip(texts, plain, strict=True):
        if number and (not NUMBER.fullmatch(number) or TWO_NUMBERS.search(text)):
            raise UnclearError(text)
    decimal = _find_decimal_separator(texts, plain)
    return [
        _read_number(text, number, decimal, thousands)
        for text, number in zip(texts, plain, strict=True)
    ]


def _find_decimal_separator(texts, plain):
    """The decimal separator that a number of the column proves, or None."""
    found = None
    for text, number in zip(texts, plain, strict=True):
        separator = _get_certain_separator(number)
        if separator and found and separator != found:
            raise UnclearError(text)
        found = separator or found
    return found


def _get_certain_separator(number):
    """The decimal separator of a number, where only one is possible."""
    marks = re.findall(r"[.,]", number)
    if len(set(marks)) == 2:
        return marks[-1]
    if not marks:
        return None
    if len(marks) > 1:  # 1.234.567
        return "," if marks[0] == "." else "."
    return marks[0] if len(number.partition(marks[0])[2]) != 3 else None


def _read_number(text, number, decimal, thousands):
    if not number:
        return ""
    marks = re.findall(r"[.,]", number)
    if marks and not _get_certain_separator(number):
        # 1.234: thousands, if other numbers of the column or the user say so.
        if marks[0] == decimal or (not decimal and marks[0] != thousands):
            raise UnclearError(text)
        _ensure_grouped(text, number)
        return number.replace(marks[0], "")
    if not marks:
        return number
    whole, _mark, cents = number.rpartition(decimal)
    if not _mark:  # 1.234.567
        whole, cents = cents, ""
    _ensure_grouped(text, whole)
    return f"{re.sub(r'[.,]', '', whole)}.{cents or 0}"


def _ensure_grouped(text, number):
    """Thousands come in groups of three, the first of which does not start with
    zero."""
    first, *others = re.split(r"[.,]", number.lstrip("-+"))
    if others and (
        not 0 < len(first) < 4
        or first.startswith("0")
        or any(len(group) != 3 for group in others)
    ):
        raise UnclearError(text)


def read_moments(texts, is_last=False):
    """Moments of a column as Odoo writes them; a date without time is the whole day.

    ``01-07-2026`` and ``01.07.2026`` are 1 July: formats with the month first use
    slashes. With slashes, the column decides.

    :param list texts: as in the file; empty ones stay empty, and other formats stay as
        they are
    :param bool is_last: a date without time is its last moment, not its first
    :raises UnclearError: with the value that may be two dates
    """
    parts = [DAY.fullmatch((text or "").strip()) for text in texts]
    order = _find_day_order(filter(None, parts))
    return [
        _read_moment(text, match, order, LAST_MOMENT if is_last else FIRST_MOMENT)
        for text, match in zip(texts, parts, strict=True)
    ]


def _find_day_order(matches):
    """``d`` where the day comes first, ``m`` where the month does; None when
    unknown."""
    found = None
    for match in matches:
        first, second = int(match[1]), int(match[3])
        order = "d" if first > 12 else "m" if second > 12 else None
        if order and found and order != found:
            raise UnclearError(match[0])
        found = order or found
    return found


def _read_moment(text, match, order, moment):
    text = (text or "").strip()
    if ISO_DAY.fullmatch(text):
        return f"{text} {moment}"
    if not match:
        return text
    first, mark, second, year, time = match.groups()
    if not order and mark == "/" and first.zfill(2) != second.zfill(2):
        raise UnclearError(text)
    day, month = (second, first) if order == "m" else (first, second)
    year = year if len(year) == 4 else f"20{year}"
    try:
        date = datetime(int(year), int(month), int(day)).date()
    except ValueError as error:
        raise UnclearError(text) from error
    if time:
        moment = time if time.count(":") == 2 else f"{time}:00"
    return f"{date} {moment.zfill(8)}"
