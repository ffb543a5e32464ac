from odoo import fields, models

from .waas_commission import Earning

EARNING_KINDS = ("upgrade", "seats", "extension")


class WaasChange(models.Model):
    """What a change of a contract earns its reseller, once and at the amounts frozen
    when it was sent (R1, R8). An early end earns nothing and takes nothing back."""

    _inherit = "waas.change"

    def _after_apply(self):
        result = super()._after_apply()
        if self.kind in EARNING_KINDS:
            self.contract_id._waas_accrue(
                self.kind, self, self._get_earnings(), self._get_earned_moment()
            )
        return result

    def _get_earnings(self):
        return [
            Earning(
                key=f"{line._name}:{line.id}",
                product=line.product_id,
                quantity=line.quantity,
                unit_amount=line.commission_unit,
            )
            for line in self.line_ids
        ]

    def _get_earned_moment(self):
        """When the last condition of R1 was met: the credit decision that the change
        needed, or a signature. Where it needed neither: now."""
        approved = self.waas_credit_check_ids.filtered(
            lambda check: check.state == "approved"
        )
        signed = self.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "signed"
        )
        moments = [
            *approved.mapped("decided_on"),
            *signed.mapped("customer_signed_on"),
            *signed.mapped("company_signed_on"),
        ]
        return max(filter(None, moments), default=fields.Datetime.now())
