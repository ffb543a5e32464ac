from odoo import api, models


class ReportCommissionStatement(models.AbstractModel):
    """Statements of resellers, laid out for print and XLSX."""

    _name = "report.also_waas.report_commission_statement"
    _description = "WaaS Commission Statement"

    @api.model
    def _get_report_values(self, docids, data=None):
        wizards = self.env["waas.commission.statement"].browse(docids)
        commissions = self.env["waas.commission"]
        # The addresses of reports are open to every user.
        commissions.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "waas.commission.statement",
            "docs": wizards,
            "statements": [
                statement
                for wizard in wizards
                for statement in wizard._get_statements()
            ],
            "events": dict(
                commissions._fields["event"]._description_selection(self.env)
            ),
            "states": dict(
                commissions._fields["state"]._description_selection(self.env)
            ),
        }
