"""Who handed devices over, or took them for the processor. What they signed goes
with their names; the chain of custody keeps its fingerprint."""

from odoo import models
from odoo.fields import Domain

from ..gate.res_partner_forget import _replace
from .waas_return_handover import SIGNED_FIELDS


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _waas_forget(self):
        texts = [text for some in self._waas_get_own_texts() for text in some]
        handovers = self._waas_find_handovers()
        result = super()._waas_forget()
        for handover in handovers:
            names = {
                name: _replace(handover[name], texts, self.name)
                for name in ("handed_over_by", "collected_by")
            }
            handover.write({**names, **dict.fromkeys(SIGNED_FIELDS, False)})
        return result

    def _waas_find_handovers(self):
        """What this person handed over or took, as superuser: by name only where it is
        of the customer or of the processor."""
        addresses, names = self._waas_get_own_texts()
        company = self.commercial_partner_id
        domain = Domain.OR(
            Domain(field, "ilike", text)
            for field in ("handed_over_by", "collected_by")
            for text in addresses
        )
        for field, path in (
            ("handed_over_by", "return_id.partner_id"),
            ("collected_by", "return_id.processor_id"),
        ):
            domain |= Domain(path, "child_of", company.ids) & Domain.OR(
                Domain(field, "ilike", text) for text in names
            )
        return self.env["waas.return.handover"].sudo().search(domain)
