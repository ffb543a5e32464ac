from odoo import fields, models


class ResPartner(models.Model):
    """Chapter 4, contract: rent still to come is exposure too (R13)."""

    _inherit = "res.partner"

    def _waas_get_exposure(self, company):
        exposure = super()._waas_get_exposure(company)
        # As in the gate: the answer is a sum, not a list of contracts.
        rents = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", self.commercial_partner_id.id),
                    ("company_id", "=", company.id),
                    ("waas_state", "in", ("awaiting", "running")),
                ]
            )
        )
        currency = company.currency_id
        today = fields.Date.context_today(self)
        exposure["rent"] = sum(
            contract.currency_id._convert(
                contract.waas_rent_to_come, currency, company, today
            )
            for contract in rents
        )
        return exposure
