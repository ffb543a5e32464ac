from odoo import api, fields, models


class WaasWarrantyExtend(models.TransientModel):
    """Enter a longer warranty that was bought for an extension, or take the risk
    (R12)."""

    _name = "waas.warranty.extend"
    _description = "Extend the Warranty of WaaS Devices"
    _inherit = "waas.readable.mixin"

    change_id = fields.Many2one(
        comodel_name="waas.change", required=True, ondelete="cascade"
    )
    allowed_device_ids = fields.Many2many(
        comodel_name="stock.lot", compute="_compute_allowed_device_ids"
    )
    device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Devices",
        compute="_compute_device_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', allowed_device_ids)]",
    )
    date_end = fields.Date(
        string="Warranty Until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        help="Last day of the warranty that was bought.",
    )
    reference = fields.Char(
        string="Purchase or Certificate",
        help="Number by which the manufacturer knows the longer warranty.",
    )
    reason = fields.Text(
        help="Why the contract is extended without the longer warranty. Kept on the "
        "change.",
    )

    @api.depends("change_id")
    def _compute_allowed_device_ids(self):
        for wizard in self:
            wizard.allowed_device_ids = wizard.change_id.short_device_ids

    @api.depends("change_id")
    def _compute_device_ids(self):
        for wizard in self:
            wizard.device_ids = wizard.change_id.short_device_ids

    @api.depends("change_id")
    def _compute_date_end(self):
        for wizard in self:
            wizard.date_end = wizard.change_id.date_end

    def action_enter(self):
        """Note the longer warranty on the devices."""
        self.ensure_one()
        self.change_id._enter_warranty(self.device_ids, self.date_end, self.reference)
        return {"type": "ir.actions.act_window_close"}

    def action_take_risk(self):
        """Extend without it."""
        self.ensure_one()
        self.change_id._take_warranty_risk(self.reason)
        return {"type": "ir.actions.act_window_close"}
