"""The content of a sell-out file, in any format (R5)."""

import re
from typing import Any, NamedTuple

HEADER = (
    "report",
    "reporter",
    "account",
    "manufacturer",
    "period_from",
    "period_to",
)
# The values are of waas.sellout.report._get_row(). A new column is also an element of
# static/sellout/sell-out-1.xsd, in the same order; a code is text in csv_file.py.
COLUMNS = (
    "line",
    "kind",
    "date",
    "reseller",
    "reseller_vat",
    "product",
    "sku",
    "mpn",
    "serial",
    "quantity",
    "country",
    "reference",
    "corrects",
    "bundle",
    "bundle_code",
    "reseller_number",
    "deal_registration",
)
# Only columns that the agreement with the manufacturer names.
CUSTOMER_COLUMNS = {
    "name": ("customer",),
    "address": ("customer_street", "customer_zip", "customer_city"),
    "vat": ("customer_vat",),
}

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+"
)


class Layout(NamedTuple):
    """The layout of a manufacturer's CSV file."""

    delimiter: str = ";"
    encoding: str = "utf-8"
    date_format: str = "%Y-%m-%d"
    apostrophe: bool = False  # also in front of our own numbers


class Document(NamedTuple):
    """A report without its format: the header, and a dict for each line.

    The values of a line are text, ``int``, ``date`` or None.
    """

    header: dict[str, Any]
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]


class FileProblem(ValueError):
    """The content does not fit the format; the message says why."""


def get_columns(customer_data):
    """The columns of a report.

    :param customer_data: keys of ``CUSTOMER_COLUMNS`` that the manufacturer may get
    """
    return COLUMNS + tuple(
        column
        for key, columns in CUSTOMER_COLUMNS.items()
        if key in customer_data
        for column in columns
    )


def clean(text):
    """Text on one line, without characters that XML or a spreadsheet cannot hold."""
    return _UNPRINTABLE.sub(" ", text or "").strip()


def get_flat_rows(document):
    """Titles and rows of a table: the header is repeated on each row.

    :return: pair of a list of titles and a list of lists
    """
    titles = [*HEADER, *document.columns]
    header = [document.header[key] for key in HEADER]
    return titles, [
        header + [row[column] for column in document.columns] for row in document.rows
    ]
