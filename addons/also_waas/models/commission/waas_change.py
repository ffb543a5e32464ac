from odoo import models

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
                self.kind,
                self,
                self._waas_get_earnings(),
                self._waas_get_earned_moment(),
            )
        return result

    def _waas_get_earnings(self):
        return [
            Earning(
                key=f"{line._name}:{line.id}",
                product=line.product_id,
                quantity=line.quantity,
                unit_amount=line.commission_unit,
            )
            for line in self.line_ids
        ]

    def _waas_get_deciding_checks(self):
        return self.waas_credit_check_ids.filtered(
            lambda check: check.state == "approved"
        )
