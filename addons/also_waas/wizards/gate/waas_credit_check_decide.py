from odoo import api, fields, models


class WaasCreditCheckDecide(models.TransientModel):
    """Approve or reject a credit check."""

    _name = "waas.credit.check.decide"
    _description = "Decide on a WaaS Credit Check"
    _inherit = "waas.readable.mixin"

    check_id = fields.Many2one(
        comodel_name="waas.credit.check", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="check_id.partner_id")
    currency_id = fields.Many2one(related="check_id.currency_id")
    requested_amount = fields.Monetary(related="check_id.requested_amount")
    approved_amount = fields.Monetary(
        compute="_compute_decision",
        store=True,
        readonly=False,
        help="Highest exposure that your company accepts, rent to come included.",
    )
    valid_until = fields.Date(compute="_compute_decision", store=True, readonly=False)
    reason = fields.Text(help="Needed for a rejection; sales reads it.")

    @api.depends("check_id")
    def _compute_decision(self):
        for wizard in self:
            wizard.approved_amount = wizard.check_id.requested_amount
            wizard.valid_until = wizard.check_id._get_default_valid_until()

    def action_approve(self):
        """Approve the credit up to the amount (R1)."""
        self.ensure_one()
        self.check_id._approve(self.approved_amount, self.valid_until, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_reject(self):
        """Reject the credit, with the reason (R1)."""
        self.ensure_one()
        self.check_id._reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
