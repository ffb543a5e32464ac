from odoo import api, fields, models


class WaasInstallmentWaive(models.TransientModel):
    """Waive credited months, with the reason (R11)."""

    _name = "waas.installment.waive"
    _description = "Waive Credited WaaS Months"
    _inherit = "waas.readable.mixin"

    installment_ids = fields.Many2many(
        comodel_name="waas.installment",
        string="Months",
        required=True,
        domain="[('undecided_amount', '>', 0)]",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_undecided_amount"
    )
    undecided_amount = fields.Monetary(
        string="Credited, to Decide", compute="_compute_undecided_amount"
    )
    reason = fields.Text(
        required=True,
        help="Why the customer does not have to pay. Kept on the contract.",
    )

    @api.depends("installment_ids")
    def _compute_undecided_amount(self):
        for wizard in self:
            months = wizard.installment_ids
            wizard.currency_id = months.currency_id[:1]
            wizard.undecided_amount = sum(months.mapped("undecided_amount"))

    def action_waive(self):
        """Waive the months; invoicing users may."""
        self.ensure_one()
        self.installment_ids._waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
