from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..common.waas_retention import REMOVED


class WaasRetention(models.Model):
    """What people were sent to sign, and why credit was given or not."""

    _inherit = "waas.retention"

    kind = fields.Selection(
        selection_add=[
            ("signing_link", "Signing Links"),
            ("unsigned_agreement", "Agreements Never Signed"),
            ("credit_check", "Credit Checks"),
        ],
        ondelete={
            "signing_link": "cascade",
            "unsigned_agreement": "cascade",
            "credit_check": "cascade",
        },
    )

    def _forget_signing_link(self, before):
        links = self.env["waas.signing.link"].search(
            [("expires_on", "<", before)], limit=GC_UNLINK_LIMIT
        )
        return links._waas_forget()

    def _forget_unsigned_agreement(self, before):
        agreements = self.env["waas.agreement"].search(
            [
                ("state", "in", ("refused", "void")),
                ("signed_document_sha256", "=", False),
                ("forgotten_on", "=", False),
                ("create_date", "<", before),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        return agreements._waas_forget()

    def _forget_credit_check(self, before):
        checks = self.env["waas.credit.check"].search(
            Domain("decided_on", "<", before)
            & (Domain("valid_until", "=", False) | Domain("valid_until", "<", before))
            & Domain("reason", "not in", (False, REMOVED)),
            limit=GC_UNLINK_LIMIT,
        )
        return checks._waas_forget()
