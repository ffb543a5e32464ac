import re

from odoo import models
from odoo.tools import format_date

HEADER_ROW = 3
FIRST_PRICE_COLUMN = 5
MAX_SHEET_NAME = 31  # Excel's limit


class PriceListXlsx(models.AbstractModel):
    """The price list as a spreadsheet, one sheet per list, to filter and calculate with
    (R8, R10)."""

    _name = "report.also_waas.price_list_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "WaaS Price List (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        values = self.env["report.also_waas.report_price_list"]._get_report_values(
            objs.ids
        )
        used_names = set()
        for price_list in values["price_lists"]:
            name = self._get_sheet_name(price_list["pricelist"].name, used_names)
            sheet = workbook.add_worksheet(name)
            self._write_heading(workbook, sheet, price_list, values["date"])
            last_column = self._write_header(workbook, sheet, price_list)
            last_row = self._write_rows(workbook, sheet, price_list)
            self._lay_out(sheet, last_row, last_column)

    def _get_sheet_name(self, name, used_names):
        """A name that Excel accepts and that no sheet before has.

        :param set used_names: names so far, in lower case; the new one is added
        """
        clean = re.sub(r"[\[\]:*?/\\]", " ", name or "").strip(" '")
        clean = clean[:MAX_SHEET_NAME].strip(" '") or self.env._("Price List")
        # Excel keeps this name for itself.
        unique = "History_" if clean.lower() == "history" else clean
        number = 1
        while unique.lower() in used_names:
            number += 1
            suffix = f" ({number})"
            unique = clean[: MAX_SHEET_NAME - len(suffix)] + suffix
        used_names.add(unique.lower())
        return unique

    def _write_heading(self, workbook, sheet, price_list, date):
        pricelist = price_list["pricelist"]
        day = self.env.company._waas_get_day(date)
        sheet.write_string(
            0, 0, pricelist.name, workbook.add_format({"bold": True, "font_size": 14})
        )
        sheet.write_string(
            1,
            0,
            self.env._(
                "In force on %(date)s. Amounts in %(currency)s, without VAT: the price "
                "per month, the commission once for each piece in a new contract.",
                date=format_date(self.env, day),
                currency=pricelist.currency_id.name,
            ),
        )
        if price_list["extension_terms"]:
            sheet.write_string(
                2,
                0,
                self.env._(
                    "The commission of an extension: once for each extended piece."
                ),
            )

    def _write_header(self, workbook, sheet, price_list):
        """Write the row of column titles.

        :return: index of the last column
        """
        titles = [
            self.env._("Kind"),
            self.env._("Reference"),
            self.env._("Product"),
            self.env._("Contents"),
            self.env._("From Quantity"),
        ]
        for term in price_list["terms"]:
            titles += [
                self.env._("%(term)s: price per month", term=term.display_name),
                self.env._("%(term)s: commission", term=term.display_name),
            ]
            if term in price_list["extension_terms"]:
                titles.append(
                    self.env._("%(term)s: extension", term=term.display_name),
                )
        bold = workbook.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        for column, title in enumerate(titles):
            sheet.write_string(HEADER_ROW, column, title, bold)
        return len(titles) - 1

    def _write_rows(self, workbook, sheet, price_list):
        """Write a row for every product and quantity.

        :return: index of the last row
        """
        decimals = price_list["pricelist"].currency_id.decimal_places
        money = workbook.add_format(
            {"num_format": "#,##0" + ("." + "0" * decimals if decimals else "")}
        )
        kinds = dict(
            self.env["product.template"]
            ._fields["waas_role"]
            ._description_selection(self.env)
        )
        row_number = HEADER_ROW
        for section in price_list["sections"]:
            for row in section["rows"]:
                row_number += 1
                product = row["product"]
                # Never write(): a name that starts with = would become a formula.
                sheet.write_string(row_number, 0, kinds[section["role"]])
                sheet.write_string(row_number, 1, product.default_code or "")
                sheet.write_string(
                    row_number,
                    2,
                    product.with_context(display_default_code=False).display_name,
                )
                sheet.write_string(row_number, 3, ", ".join(row["contents"]))
                sheet.write_number(row_number, 4, row["min_quantity"])
                self._write_amounts(sheet, row_number, row, price_list, money)
        return row_number

    def _write_amounts(self, sheet, row_number, row, price_list, money):
        column = FIRST_PRICE_COLUMN
        for term in price_list["terms"]:
            amounts = row["terms"].get(term, {})
            names = ["price", "commission"]
            if term in price_list["extension_terms"]:
                names.append("extension_commission")
            for name in names:
                if name in amounts:
                    sheet.write_number(row_number, column, amounts[name], money)
                column += 1

    def _lay_out(self, sheet, last_row, last_column):
        sheet.set_column(0, 0, 10)
        sheet.set_column(1, 1, 14)
        sheet.set_column(2, 2, 36)
        sheet.set_column(3, 3, 48)
        sheet.set_column(4, 4, 10)
        if last_column >= FIRST_PRICE_COLUMN:
            sheet.set_column(FIRST_PRICE_COLUMN, last_column, 14)
        sheet.freeze_panes(HEADER_ROW + 1, 3)
        sheet.autofilter(HEADER_ROW, 0, last_row, last_column)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
