from odoo import api, models


class ResPartner(models.Model):
    """Who signed a deal signs for its contract, too."""

    _inherit = "res.partner"

    @api.model
    def _waas_get_signatory_of(self, record):
        for name in ("waas_order_id", "contract_ids"):
            if name in record:
                return self._waas_get_signatory_of(record[name][:1])
        return super()._waas_get_signatory_of(record)
