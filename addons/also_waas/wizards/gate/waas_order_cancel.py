from odoo import api, fields, models


class WaasOrderCancel(models.TransientModel):
    """Cancel a deal that both have signed, with the reason (R11)."""

    _name = "waas.order.cancel"
    _description = "Cancel a Signed WaaS Order"
    _inherit = "waas.readable.mixin"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        ondelete="cascade",
        domain="[('is_waas', '=', True)]",
    )
    owed_message = fields.Text(compute="_compute_owed_message")
    reason = fields.Text(
        required=True, help="Why the deal is given up. Kept on the order."
    )

    @api.depends("order_id")
    def _compute_owed_message(self):
        for wizard in self:
            order = wizard.order_id
            wizard.owed_message = order and order._waas_get_owed_message()

    def action_cancel_order(self):
        """Cancel the order and its contract; nothing of it is claimed."""
        self.ensure_one()
        self.order_id._waas_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
