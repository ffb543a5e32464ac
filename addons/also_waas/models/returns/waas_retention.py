from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..common.waas_retention import REMOVED
from .waas_return_handover import SIGNED_FIELDS


class WaasRetention(models.Model):
    """The persons who handed devices over."""

    _inherit = "waas.retention"

    kind = fields.Selection(
        selection_add=[("return_contact", "Contacts of Pick-ups")],
        ondelete={"return_contact": "cascade"},
    )

    def _forget_return_contact(self, before):
        records = self.env["waas.return"].search(
            Domain("state", "in", ("closed", "cancelled"))
            & Domain("write_date", "<", before)
            & (
                Domain("pickup_contact", "!=", False)
                | Domain("pickup_phone", "!=", False)
                | Domain("handover_ids", "any", [("handed_over_by", "!=", REMOVED)])
            ),
            limit=GC_UNLINK_LIMIT,
        )
        records.write({"pickup_contact": False, "pickup_phone": False})
        records.handover_ids.write(
            {
                "handed_over_by": REMOVED,
                "collected_by": REMOVED,
                "note": False,
                **dict.fromkeys(SIGNED_FIELDS, False),
            }
        )
        return records
