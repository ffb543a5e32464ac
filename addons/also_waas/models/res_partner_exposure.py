from odoo import models


class ResPartner(models.Model):
    """Chapter 4, contract: rent still to come is exposure too (R13)."""

    _inherit = "res.partner"

    def _waas_get_exposures(self, company):
        exposures = super()._waas_get_exposures(company)
        # As in the gate: the answer is a sum, not a list of contracts.
        rents = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("waas_state", "in", ("awaiting", "running")),
                ]
            )
        )
        currency = company.currency_id
        today = company._waas_today()
        for exposure in exposures.values():
            exposure["rent"] = 0.0
        for contract in rents:
            exposures[contract.commercial_partner_id.id]["rent"] += (
                contract.currency_id._convert(
                    contract.waas_rent_to_come, currency, company, today
                )
            )
        return exposures
