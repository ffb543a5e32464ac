"""What is agreed and on its way is exposure, too (R13)."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _waas_get_exposures(self, company):
        exposures = super()._waas_get_exposures(company)
        # As in the gate: the answer is a sum, not a list of changes.
        changes = (
            self.env["waas.change"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "delivering"),
                ]
            )
        )
        for change in changes:
            customer = change.partner_id.commercial_partner_id
            exposures[customer.id]["rent"] += change._waas_get_credit_amount()
        return exposures
