"""The registration numbers of the deal (R5)."""

from odoo import fields, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_deal_registration_ids = fields.One2many(
        related="waas_order_id.waas_deal_registration_ids",
        groups="also_waas.group_waas_user",
    )

    def action_waas_deal_registrations(self):
        """Enter the registration numbers of the deal with manufacturers. They may come
        later than the signatures."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deal Registrations of %(deal)s", deal=self.name),
            "res_model": "waas.deal.registration",
            "view_mode": "list",
            "domain": [("order_id", "=", self.waas_order_id.id)],
            "context": {"default_order_id": self.waas_order_id.id},
        }
