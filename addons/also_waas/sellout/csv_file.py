"""A sell-out report as CSV (R5)."""

import csv
import io
import re
from datetime import date

from .columns import FileProblem, get_flat_rows

EXTENSION = "csv"
MIMETYPE = "text/csv"

# Numbers that we or a manufacturer issued: they are compared literally.
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
# A number may therefore begin like a formula: nothing in it calls a function.
_HARMLESS = re.compile(r"[-+]?[\w .:/#-]*")
# First characters of a formula in a spreadsheet, full-width signs included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DELIMITER = re.compile(r"([,;\t|])")


def write(document, layout):
    """The bytes of the file: the same for the same report.

    :raises FileProblem: when the encoding lacks a character
    """
    text = io.StringIO()
    # Every text in quotes: a delimiter in it cannot begin a new cell.
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
    """Text that a spreadsheet reads as text, also with another delimiter than that of
    the file."""
    parts = _DELIMITER.split(text)
    parts[::2] = map(_defuse_cell, parts[::2])
    return "".join(parts)


def _defuse_cell(text):
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA_STARTS) else text
