"""A confirmed order earns its reseller a fixed amount, a cancelled one takes it
back (R1, R8)."""

from odoo import fields, models

from .waas_commission import READER_GROUPS, Earning


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_commission_ids = fields.One2many(
        comodel_name="waas.commission",
        inverse_name="order_id",
        string="Commission",
        readonly=True,
        groups=READER_GROUPS,
    )

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self.filtered("is_waas"):
            order._waas_accrue_new()
        return result

    def _action_cancel(self):
        # What has run has earned: no claw-back when a customer ends early (R1).
        never_ran = self.filtered(
            lambda order: set(order.sudo().waas_contract_ids.mapped("waas_state"))
            <= {"awaiting"}
        )
        result = super()._action_cancel()
        # The right to cancel the order carries over to what it has earned.
        never_ran.sudo().waas_commission_ids._reverse()
        return result

    def _waas_accrue_new(self):
        """Book the commission of a new contract: the gate was passed a moment ago."""
        contract_sudo = self.sudo().waas_contract_ids  # made by this confirmation
        contract_sudo._waas_accrue(
            "new", self, self._waas_get_earnings(), self._waas_get_earned_moment()
        )

    def _waas_get_earnings(self):
        return [
            Earning(
                key=f"{line._name}:{line.id}",
                product=line.product_id,
                quantity=line.product_uom_qty,
                unit_amount=line.waas_commission_unit,
                order_line=line,
            )
            # As the system: a signatory, who causes many a confirmation, must not
            # read commissions.
            for line in self.sudo().order_line
            if line._waas_is_priced()
        ]

    def _waas_get_deciding_checks(self):
        return self.partner_id._waas_get_credit_check(self.company_id)
