from odoo import models
from odoo.tools import format_date

TITLE_ROW = 0
SUMMARY_ROW = 3


class CommissionStatementXlsx(models.AbstractModel):
    """Statements as a spreadsheet, one sheet for each reseller and currency."""

    _name = "report.also_waas.commission_statement_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "WaaS Commission Statement (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        values = self.env[
            "report.also_waas.report_commission_statement"
        ]._get_report_values(objs.ids)
        names = self.env["report.also_waas.price_list_xlsx"]
        used_names = set()
        for statement in values["statements"]:
            sheet = workbook.add_worksheet(
                names._get_sheet_name(statement["reseller"].name, used_names)
            )
            formats = self._get_formats(workbook, statement["currency"])
            self._write_heading(sheet, statement, formats)
            row = self._write_summary(sheet, statement, values, formats)
            row = self._write_rows(sheet, row + 2, statement, values, formats)
            self._write_bills(sheet, row + 2, statement, formats)
            self._lay_out(sheet)

    def _get_formats(self, workbook, currency):
        decimals = currency.decimal_places
        number = "#,##0" + ("." + "0" * decimals if decimals else "")
        return {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "header": workbook.add_format({"bold": True, "bottom": 1}),
            "money": workbook.add_format({"num_format": number}),
            "total": workbook.add_format({"num_format": number, "bold": True}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        }

    def _write_heading(self, sheet, statement, formats):
        # Never write(): a name that starts with = would become a formula.
        sheet.write_string(
            TITLE_ROW, 0, statement["reseller"].display_name, formats["title"]
        )
        sheet.write_string(
            TITLE_ROW + 1,
            0,
            self.env._(
                "Commission from %(date_from)s to %(date_to)s, in %(currency)s without "
                "VAT, paid by %(company)s.",
                date_from=format_date(self.env, statement["date_from"]),
                date_to=format_date(self.env, statement["date_to"]),
                currency=statement["currency"].name,
                company=statement["company"].name,
            ),
        )

    def _write_summary(self, sheet, statement, values, formats):
        """The account; returns the last row."""
        lines = [
            (self.env._("Opening balance"), statement["opening"]),
            *(
                (values["events"][event], amount)
                for event, amount in statement["earned"].items()
            ),
            (values["events"]["reversal"], statement["reversed"]),
            (self.env._("Paid"), -statement["paid"]),
            (self.env._("Closing balance"), statement["closing"]),
        ]
        for index, (label, amount) in enumerate(lines):
            last = index == len(lines) - 1
            sheet.write_string(SUMMARY_ROW + index, 0, label)
            sheet.write_number(
                SUMMARY_ROW + index, 1, amount, formats["total" if last else "money"]
            )
        return SUMMARY_ROW + len(lines) - 1

    def _write_rows(self, sheet, row, statement, values, formats):
        """What was booked, with its total; returns the last row."""
        titles = [
            self.env._("Booked On"),
            self.env._("Contract"),
            self.env._("End Customer"),
            self.env._("Event"),
            self.env._("Product"),
            self.env._("Quantity"),
            self.env._("Per Piece"),
            self.env._("Amount"),
            self.env._("State"),
            self.env._("Bill"),
            self.env._("Paid On"),
        ]
        self._write_titles(sheet, row, titles, formats)
        for commission in statement["rows"]:
            row += 1
            self._write_date(sheet, row, 0, commission.date, formats)
            texts = {
                1: commission.sudo().contract_id.name,  # names only
                2: commission.sudo().partner_id.name,
                3: values["events"][commission.event],
                4: commission.product_id.display_name,
                8: values["states"][commission.state],
                9: commission.bill_number,
            }
            for column, text in texts.items():
                sheet.write_string(row, column, text or "")
            sheet.write_number(row, 5, commission.quantity)
            sheet.write_number(row, 6, commission.unit_amount, formats["money"])
            sheet.write_number(row, 7, commission.amount, formats["money"])
            self._write_date(sheet, row, 10, commission.date_paid, formats)
        row += 1
        sheet.write_string(row, 0, self.env._("Total"), formats["header"])
        sheet.write_number(
            row, 7, sum(statement["rows"].mapped("amount")), formats["total"]
        )
        return row

    def _write_bills(self, sheet, row, statement, formats):
        titles = [
            self.env._("Settlement"),
            self.env._("From"),
            self.env._("To"),
            self.env._("Settled"),
            self.env._("Bill"),
            self.env._("Billed"),
            self.env._("Due On"),
            self.env._("Paid On"),
        ]
        self._write_titles(sheet, row, titles, formats)
        for bill in statement["bills"]:
            row += 1
            sheet.write_string(row, 0, bill["settlement"] or "")
            sheet.write_string(row, 4, bill["bill"] or "")
            for column, name in ((1, "date_from"), (2, "date_to")):
                self._write_date(sheet, row, column, bill[name], formats)
            sheet.write_number(row, 3, bill["total"], formats["money"])
            sheet.write_number(row, 5, bill["amount"], formats["money"])
            self._write_date(sheet, row, 6, bill["date_due"], formats)
            self._write_date(sheet, row, 7, bill["date_paid"], formats)

    def _write_titles(self, sheet, row, titles, formats):
        for column, title in enumerate(titles):
            sheet.write_string(row, column, title, formats["header"])

    def _write_date(self, sheet, row, column, date, formats):
        if date:
            sheet.write_datetime(row, column, date, formats["date"])

    def _lay_out(self, sheet):
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 24)
        sheet.set_column(3, 3, 16)
        sheet.set_column(4, 4, 32)
        sheet.set_column(5, 10, 13)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
