import base64
import functools
import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from ...sellout import csv_file, xlsx_file, xml_file
from ...sellout.columns import Document, FileProblem, clean, get_columns

WRITERS = {"csv": csv_file, "xlsx": xlsx_file, "xml": xml_file}
PREVIEW_LINES = 40


class WaasSelloutReport(models.Model):
    """The file, created once and kept (R5)."""

    _inherit = "waas.sellout.report"

    file = fields.Binary(attachment=True, readonly=True, copy=False)
    file_name = fields.Char(readonly=True, copy=False)
    sha256 = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Fingerprint of the file: it shows whether two files are the same.",
    )
    preview = fields.Text(
        compute="_compute_preview", help="The beginning of the file, as it would be."
    )
    problems = fields.Text(string="Closing Issues", compute="_compute_preview")

    _closed_complete = models.Constraint(
        "CHECK (state = 'draft' OR (sha256 IS NOT NULL AND file_name IS NOT NULL "
        "AND closed_on IS NOT NULL))",
        "A closed report has its file.",
    )

    @api.depends("line_ids", "manufacturer_id")
    def _compute_preview(self):
        for report in self:
            is_open = report.state == "draft" and bool(report.ids)
            report.problems = is_open and "\n".join(report._get_problems())
            report.preview = is_open and report._get_preview()

    def _get_preview(self):
        """The beginning of the file as text; a spreadsheet as the table in it."""
        try:
            content = self._write_file(as_text=True)
        except FileProblem:
            return False  # ``problems`` says why
        layout = self._get_manufacturer()._get_sellout_layout()
        lines = content.decode(layout.encoding).splitlines()
        rest = ["…"] if len(lines) > PREVIEW_LINES else []
        return "\n".join(lines[:PREVIEW_LINES] + rest)

    # === ACTIONS ===#

    def action_download(self):
        """Download the file of a closed report: always the same."""
        self.ensure_one()
        self._get_content()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true"
            f"&filename={self.file_name}",
        }

    # === BUSINESS METHODS ===#

    def _get_problems(self):
        return super()._get_problems() + self._get_file_problems()

    def _get_file_problems(self):
        """Why the file cannot be written, as sentences."""
        if self._get_line_problems():
            return []  # a more helpful message is shown already
        try:
            self._write_file()
        except FileProblem as problem:
            if self._get_manufacturer().sellout_format == "csv":
                return [
                    self.env._(
                        "“%(text)s” cannot be written in the encoding of "
                        "%(manufacturer)s: choose UTF-8 on the manufacturer.",
                        text=problem,
                        manufacturer=self.manufacturer_id.name,
                    )
                ]
            return [
                self.env._(
                    "The file would not be valid by its schema: %(error)s",
                    error=problem,
                )
            ]
        return []

    def _prepare_closing(self):
        content = self._write_file()
        return {
            **super()._prepare_closing(),
            "file": base64.b64encode(content),
            "file_name": self._get_file_name(),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    def _write_file(self, as_text=False):
        """The bytes of the file, from the lines.

        :param as_text: a table as text instead of a spreadsheet
        :raises FileProblem: when it does not fit the format
        """
        manufacturer = self._get_manufacturer()
        kind = manufacturer.sellout_format
        document = self._get_document()
        if kind == "xml":
            return xml_file.write(document, _get_schema())
        if kind == "xlsx" and not as_text:
            return xlsx_file.write(document)
        return csv_file.write(document, manufacturer._get_sellout_layout())

    def _get_file_name(self):
        """A file name that is valid on every system and describes the report."""
        words = (
            self.name,
            self.manufacturer_id.name,
            self.date_from.isoformat(),
            self.date_to.isoformat(),
        )
        name = re.sub(r"[^A-Za-z0-9-]+", "-", "_".join(words).replace("_", " "))
        extension = WRITERS[self._get_manufacturer().sellout_format].EXTENSION
        return f"sell-out-{name.strip('-').lower()}.{extension}"

    def _get_document(self):
        """The content of the file, as ``Document``."""
        manufacturer = self._get_manufacturer()
        columns = get_columns(manufacturer._get_sellout_customer_data())
        header = {
            "report": self.name,
            "reporter": clean(self.company_id.name),
            "account": clean(manufacturer.sellout_account),
            "manufacturer": clean(manufacturer.name),
            "period_from": self.date_from,
            "period_to": self.date_to,
        }
        rows = [
            {column: row[column] for column in columns}
            for row in map(self._get_row, self.line_ids.sorted("number"))
        ]
        return Document(header, columns, rows)

    @api.model
    def _get_row(self, line):
        return {
            "line": line.number,
            "kind": line.kind,
            "date": line.date,
            "reseller": line.reseller_name,
            "reseller_vat": line.reseller_vat or "",
            "product": line.product_name,
            "sku": line.sku or "",
            "mpn": line.mpn or "",
            "serial": line.serial or "",
            "quantity": line.quantity,
            "country": line.country_id.code or "",
            "reference": clean(line.contract_id.sudo().name),
            "corrects": line.corrects_id.display_name or "",
            "bundle": line.bundle_name or "",
            "bundle_code": line.bundle_code or "",
            "reseller_number": line.reseller_number or "",
            "deal_registration": line.deal_registration or "",
            "customer": line.customer_name or "",
            "customer_street": line.customer_street or "",
            "customer_zip": line.customer_zip or "",
            "customer_city": line.customer_city or "",
            "customer_vat": line.customer_vat or "",
        }

    def _get_content(self):
        """The bytes of the file as it was closed, checked against their checksum.

        :raises UserError: when the report is not closed, or the file has changed
        """
        self.ensure_one()
        if self.state == "draft":
            raise UserError(
                self.env._(
                    "%(report)s is open: close it first, then it has a file.",
                    report=self.name,
                )
            )
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise UserError(
                self.env._(
                    "The file of %(report)s is not the one that was closed: restore it "
                    "from a backup before it is sent.",
                    report=self.name,
                )
            )
        return content


@functools.cache
def _get_schema():
    with file_open(xml_file.SCHEMA, "rb") as schema:
        return xml_file.load_schema(schema.read())
