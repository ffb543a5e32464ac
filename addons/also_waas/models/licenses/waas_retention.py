from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

TEXTS = ("payload", "answer", "log")


class WaasRetention(models.Model):
    """Messages to the marketplace contain personal data of end customers."""

    _inherit = "waas.retention"

    kind = fields.Selection(
        selection_add=[("marketplace_message", "Messages of the Marketplace")],
        ondelete={"marketplace_message": "cascade"},
    )

    def _forget_marketplace_message(self, before):
        messages = self.env["waas.marketplace.message"].search(
            Domain("state", "in", ("done", "dropped"))
            & Domain("create_date", "<", before)
            & (Domain("done_on", "=", False) | Domain("done_on", "<", before))
            & Domain.OR(Domain(name, "!=", False) for name in TEXTS),
            limit=GC_UNLINK_LIMIT,
        )
        messages.write(dict.fromkeys(TEXTS, False))
        return messages
