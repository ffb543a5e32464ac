"""Rent still to come is exposure too, with VAT: what an early end claims is taxed
(R11, R13)."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _waas_get_exposures(self, company):
        exposures = super()._waas_get_exposures(company)
        # As in the gate: the answer is a sum, not a list of contracts.
        rents = (
            self.env["contract.contract"]
            .sudo()
            .search_fetch(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("waas_rent_to_come", ">", 0.0),
                ],
                [
                    "company_id",
                    "commercial_partner_id",
                    "manual_currency_id",
                    "waas_rent_to_come",
                    "waas_monthly_amount",
                    "waas_monthly_total",
                ],
            )
        )
        today = company._waas_today()
        for exposure in exposures.values():
            exposure["rent"] = 0.0
        for contract in rents:
            exposures[contract.commercial_partner_id.id]["rent"] += (
                contract._waas_get_exposed(contract.waas_rent_to_come, today)
            )
        return exposures
