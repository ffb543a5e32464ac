from odoo import models

from ..story import paper


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, **kw
    ):
        """Print the documents of the story with their styles inside: there is no server
        to fetch them from."""
        if styles := self.env.context.get("waas_story_styles"):
            bodies = [paper.inline(body, styles) for body in bodies]
            header, footer = paper.inline(header, styles), paper.inline(footer, styles)
        return super()._run_wkhtmltopdf(
            bodies, report_ref=report_ref, header=header, footer=footer, **kw
        )
