"""A month that was credited is owed until it is waived (R11), and exposure as
long (R13)."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _waas_get_exposures(self, company):
        exposures = super()._waas_get_exposures(company)
        # As in the gate: the answer is a sum, not a list of months.
        months = (
            self.env["waas.installment"]
            .sudo()
            .search(
                [
                    ("contract_id.commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("undecided_amount", ">", 0.0),
                ]
            )
        )
        today = company._waas_today()
        for month in months:
            contract = month.contract_id
            exposures[contract.commercial_partner_id.id]["rent"] += (
                contract._waas_get_exposed(month.undecided_amount, today)
            )
        return exposures
