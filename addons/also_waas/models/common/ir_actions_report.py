"""Documents of ours: printed without asking this server for anything, within a
time, and as a PDF or not at all."""

from odoo import api, models, tools
from odoo.exceptions import UserError

from ... import printing

# A document of some hundred rows takes seconds.
PRINT_SECONDS = 60


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        options = {
            "report_ref": report_ref,
            "landscape": landscape,
            "specific_paperformat_args": specific_paperformat_args,
            "set_viewport_size": set_viewport_size,
        }
        if not self._waas_is_ours(report_ref):
            return super()._run_wkhtmltopdf(
                bodies, header=header, footer=footer, **options
            )
        styles = self._waas_get_styles(self.env.company.font or "")
        seconds = self._waas_get_print_seconds()
        with printing.time_limit(seconds) as ended:
            try:
                content = super()._run_wkhtmltopdf(
                    [printing.inline(body, styles) for body in bodies],
                    header=printing.inline(header, styles),
                    footer=printing.inline(footer, styles),
                    **options,
                )
            except UserError as error:
                raise UserError(self._waas_get_print_problem(ended)) from error
        if not printing.is_pdf(content):
            raise UserError(self._waas_get_print_problem(ended))
        return content

    @api.model
    def _waas_is_ours(self, report_ref):
        report = self._get_report(report_ref) if report_ref else self
        return (report.report_name or "").startswith("also_waas.")

    @api.model
    @tools.ormcache("font", cache="assets")
    def _waas_get_styles(self, font):
        return printing.get_styles(self.env, font)

    @api.model
    def _waas_get_print_seconds(self):
        # Settings of the server.
        parameters = self.env["ir.config_parameter"].sudo()
        value = parameters.get_param("also_waas.print_seconds")
        try:
            return max(float(value), 0.1) if value else PRINT_SECONDS
        except ValueError:
            return PRINT_SECONDS

    @api.model
    def _waas_get_print_problem(self, ended):
        """Why a document was not printed, and what to do about it."""
        if ended:
            return self.env._(
                "The document was not printed: the PDF program did not end in time. "
                "Nothing was saved or sent. Try again; if it happens again, "
                "contact your administrator."
            )
        return self.env._(
            "The document was not printed: the PDF program wrote no document. Nothing "
            "was saved or sent. Try again; if it happens again, "
            "contact your administrator."
        )
