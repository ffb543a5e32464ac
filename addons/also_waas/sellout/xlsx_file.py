"""A sell-out report as a spreadsheet (R5)."""

import io
from datetime import date, datetime, time

import xlsxwriter

from .columns import get_flat_rows

EXTENSION = "xlsx"
MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_WIDTH = 16


def write(document, layout=None):
    """The bytes of the file: the same for the same report."""
    output = io.BytesIO()
    workbook = xlsxwriter.Workbook(output, {"in_memory": True})
    # A fixed date: the current time would change the file each time.
    created = datetime.combine(document.header["period_to"], time())
    workbook.set_properties({"created": created})
    sheet = workbook.add_worksheet("Sell-out")
    titles, rows = get_flat_rows(document)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, day)
    sheet.set_column(0, len(titles) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(titles) - 1)
    workbook.close()
    return output.getvalue()


def _write_cell(sheet, row, column, value, day):
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        # Never write(): a text that starts with = would become a formula.
        sheet.write_string(row, column, value)
    else:
        sheet.write_number(row, column, value)
