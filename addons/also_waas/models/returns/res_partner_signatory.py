from odoo import api, models


class ResPartner(models.Model):
    """Mails about a part of a return go where those of the return go."""

    _inherit = "res.partner"

    @api.model
    def _waas_get_signatory_of(self, record):
        if "return_id" in record:
            return self._waas_get_signatory_of(record.return_id)
        return super()._waas_get_signatory_of(record)
