from odoo import models


class ResPartner(models.Model):
    """Chapter 7, changes: what is agreed and on its way is exposure, too (R13)."""

    _inherit = "res.partner"

    def _waas_get_exposure(self, company):
        exposure = super()._waas_get_exposure(company)
        # As in the gate: the answer is a sum, not a list of changes.
        changes = (
            self.env["waas.change"]
            .sudo()
            .search(
                [
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        self.commercial_partner_id.id,
                    ),
                    ("company_id", "=", company.id),
                    ("state", "=", "delivering"),
                ]
            )
        )
        exposure["rent"] += sum(change._waas_get_credit_amount() for change in changes)
        return exposure
