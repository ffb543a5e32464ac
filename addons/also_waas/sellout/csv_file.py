"""A sell-out report as CSV (R5)."""

import csv
import io
import re
from datetime import date

from .columns import FileProblem, get_flat_rows

EXTENSION = "csv"
MIMETYPE = "text/csv"

# Numbers that we or a manufacturer gave: they are compared letter for letter.
_NUMBERS = frozenset(
    (
        "sku",
        "mpn",
        "serial",
        "reference",
        "report",
        "account",
        "bundle_code",
        "reseller_number",
        "deal_registration",
    )
)
# So a number may begin as a formula does: nothing in it calls anything.
_HARMLESS = re.compile(r"[-+]?[\w .:/#-]*")
# What a spreadsheet would take for a formula, full-width signs included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DELIMITER = re.compile(r"([,;\t|])")


def write(document, layout):
    """The bytes of the file: the same for the same report.

    :raises FileProblem: when the encoding has no such character
    """
    text = io.StringIO()
    # Each text in quotes: no delimiter in it begins a new cell.
    writer = csv.writer(
        text,
        delimiter=layout.delimiter,
        lineterminator="\r\n",
        quoting=csv.QUOTE_NONNUMERIC,
    )
    titles, rows = get_flat_rows(document)
    writer.writerow(titles)
    for row in rows:
        writer.writerow(
            [
                _get_cell(title, value, layout)
                for title, value in zip(titles, row, strict=True)
            ]
        )
    try:
        return text.getvalue().encode(layout.encoding)
    except UnicodeEncodeError as error:
        raise FileProblem(error.object[error.start : error.end]) from error


def _get_cell(title, value, layout):
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime(layout.date_format)
    if isinstance(value, str):
        if title in _NUMBERS and not layout.apostrophe and _HARMLESS.fullmatch(value):
            return value
        return _defuse(value)
    return value


def _defuse(text):
    """Text that stays text when somebody opens the file with a spreadsheet, also with
    another delimiter than its own."""
    parts = _DELIMITER.split(text)
    parts[::2] = map(_defuse_cell, parts[::2])
    return "".join(parts)


def _defuse_cell(text):
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA_STARTS) else text
