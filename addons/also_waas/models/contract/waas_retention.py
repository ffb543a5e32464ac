from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT


class WaasRetention(models.Model):
    """What was signed, for as long as its contract counts."""

    _inherit = "waas.retention"

    kind = fields.Selection(
        selection_add=[("agreement", "Signed Agreements")],
        ondelete={"agreement": "cascade"},
    )

    def _forget_agreement(self, before):
        in_force = Domain("waas_state", "not in", ("ended", "cancelled"))
        late = Domain("date_end", ">=", before.date())
        agreements = self.env["waas.agreement"].search(
            Domain("signed_document_sha256", "!=", False)
            & Domain("forgotten_on", "=", False)
            & Domain("company_signed_on", "<", before)
            & ~Domain("order_id.waas_contract_ids", "any", in_force | late),
            limit=GC_UNLINK_LIMIT,
        )
        return agreements._waas_forget()
