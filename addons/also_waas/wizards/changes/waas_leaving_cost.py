from odoo import api, fields, models


class WaasLeavingCost(models.TransientModel):
    """What leaving a contract early would cost today (R11): to look at. Nothing of it
    is stored, and no change of the contract is created."""

    _name = "waas.leaving.cost"
    _description = "Cost of Leaving a WaaS Contract"
    _inherit = "waas.readable.mixin"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    owed_amount = fields.Monetary(
        string="Still Owed",
        compute="_compute_cost",
        help="Without VAT; invoiced immediately when the contract ends early.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced Before", compute="_compute_cost", help="Without VAT."
    )
    preview_html = fields.Html(string="Effect", compute="_compute_cost", sanitize=False)

    @api.depends("contract_id")
    def _compute_cost(self):
        for wizard in self:
            change = wizard._get_change()
            wizard.owed_amount = change.owed_amount
            wizard.invoiced_amount = change.invoiced_amount
            wizard.preview_html = change.preview_html

    def _get_change(self):
        """The early end as it would be, in memory only."""
        changes = self.env["waas.change"]
        if not self.contract_id:
            return changes
        return changes.new({"contract_id": self.contract_id.id, "kind": "termination"})

    def action_prepare(self):
        """Draft the early termination."""
        self.ensure_one()
        return self.contract_id._waas_open_change("termination")
