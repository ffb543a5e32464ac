from odoo import models

READ_FIELDS = (
    "date",
    "manufacturer_id",
    "kind",
    "product_name",
    "sku",
    "mpn",
    "serial",
    "contract_id",
    "report_id",
    "quantity",
    "bundle_name",
    "bundle_code",
    "reseller_number",
    "deal_registration",
)


class SelloutXlsx(models.AbstractModel):
    """What was reported in a partner's name, as a spreadsheet for its own partner
    programmes (R5)."""

    _name = "report.also_waas.sellout_xlsx"
    _inherit = "report.report_xlsx.abstract"
    _description = "WaaS Sell-out of a Partner (XLSX)"

    def generate_xlsx_report(self, workbook, data, objs):
        self._read_at_once(objs)
        sheet = workbook.add_worksheet(self.env._("Sell-out")[:31])
        bold = workbook.add_format({"bold": True, "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        titles = self._get_titles()
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        kinds = dict(objs._fields["kind"]._description_selection(self.env))
        for row, line in enumerate(objs, 1):
            sheet.write_datetime(row, 0, line.date, day)
            # Never write(): a text that starts with = would become a formula.
            texts = (
                line.manufacturer_id.name,
                kinds[line.kind],
                line.product_name,
                line.sku,
                line.mpn,
                line.serial,
                line.contract_id.name,
                line.report_id.name,
            )
            for column, text in enumerate(texts, 1):
                sheet.write_string(row, column, text or "")
            sheet.write_number(row, len(texts) + 1, line.quantity)
            numbers = (
                line.bundle_name,
                line.bundle_code,
                line.reseller_number,
                line.deal_registration,
            )
            for column, text in enumerate(numbers, len(texts) + 2):
                sheet.write_string(row, column, text or "")
        sheet.set_column(0, len(titles) - 1, 18)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(objs), len(titles) - 1)

    def _read_at_once(self, lines):
        """Read thousands of lines at once, instead of in the ORM's batches of a
        thousand."""
        lines.fetch(READ_FIELDS)
        for name in ("manufacturer_id", "contract_id", "report_id"):
            lines[name].fetch(["name"])

    def _get_titles(self):
        return [
            self.env._("Date"),
            self.env._("Manufacturer"),
            self.env._("Kind"),
            self.env._("Product"),
            self.env._("SKU"),
            self.env._("Part Number"),
            self.env._("Serial Number"),
            self.env._("Contract"),
            self.env._("Report"),
            self.env._("Quantity"),
            self.env._("Bundle"),
            self.env._("Bundle Code"),
            self.env._("Partner Number"),
            self.env._("Deal Registration"),
        ]
