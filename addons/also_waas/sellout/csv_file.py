"""A sell-out report as CSV (R5)."""

import csv
import io
from datetime import date

from .document import FileProblem, get_flat_rows

EXTENSION = "csv"
MIMETYPE = "text/csv"

# What a spreadsheet would take for a formula, full-width signs included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(document, layout):
    """The bytes of the file: the same for the same report.

    :raises FileProblem: when the encoding has no such character
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=layout.delimiter, lineterminator="\r\n")
    titles, rows = get_flat_rows(document)
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_get_cell(value, layout) for value in row])
    try:
        return text.getvalue().encode(layout.encoding)
    except UnicodeEncodeError as error:
        raise FileProblem(error.object[error.start : error.end]) from error


def _get_cell(value, layout):
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime(layout.date_format)
    if isinstance(value, str):
        return _defuse(value)
    return value


def _defuse(text):
    """Text that stays text when somebody opens the file with a spreadsheet."""
    return f"'{text}" if text.lstrip(" '\"").startswith(_FORMULA_STARTS) else text
