"""The chain of custody is evidence."""

from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _waas_get_evidence(self):
        return super()._waas_get_evidence() | {"waas.custody.entry": "id"}
