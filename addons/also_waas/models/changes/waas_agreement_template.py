from odoo import api, fields, models


class WaasAgreementTemplate(models.Model):
    """The text by which both sides agree on a change."""

    _inherit = "waas.agreement.template"

    kind = fields.Selection(
        selection_add=[("change", "Change of a Contract")],
        ondelete={"change": "cascade"},
    )

    @api.model
    def _find(self, company):
        """A quotation needs no text about changes."""
        return super()._find(company).filtered(lambda text: text.kind != "change")

    @api.model
    def _find_change(self, company):
        """What a change of a contract of ``company`` needs."""
        return self.search(
            [("company_id", "in", (False, company.id)), ("kind", "=", "change")]
        )
