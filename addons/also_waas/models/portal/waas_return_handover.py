from odoo import api, models


class WaasReturnHandover(models.Model):
    """The proof of a pick-up as the portal shows it to the end customer (R15)."""

    _inherit = "waas.return.handover"

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{collected_on, facts, people}``, the facts a list of texts"""
        self.ensure_one()
        return {
            "collected_on": self.collected_on,
            "facts": self._get_facts(),
            "people": self._name_people(),
        }
