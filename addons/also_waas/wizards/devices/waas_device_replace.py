from odoo import api, fields, models
from odoo.exceptions import AccessError


class WaasDeviceReplace(models.TransientModel):
    """Choose which device is replaced, by which one and why."""

    _name = "waas.device.replace"
    _description = "Replace a WaaS Device"
    _inherit = "waas.readable.mixin"

    contract_id = fields.Many2one(
        comodel_name="contract.contract", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id")
    holder_id = fields.Many2one(related="contract_id.partner_id", string="End Customer")
    date_end = fields.Date(related="contract_id.date_end", string="Contract End")
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Defective Device",
        required=True,
        domain="[('waas_contract_id', '=', contract_id)]",
        ondelete="cascade",
    )
    replacement_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Replace By",
        required=True,
        domain="[('waas_role', '=', 'device'), ('waas_contract_id', '=', False), "
        "('location_id.usage', '=', 'internal'), "
        "('location_id.company_id', '=', company_id)]",
        ondelete="cascade",
        help="A device in stock: of the same product, or another that may be rented "
        "out and whose warranty can last as long as the contract.",
    )
    reason = fields.Text(required=True, help="Kept with both devices.")
    warning = fields.Char(compute="_compute_warning")

    @api.depends("device_id", "replacement_id", "reason")
    def _compute_warning(self):
        """Warn before the button would refuse."""
        for wizard in self:
            today = wizard.company_id._waas_today()
            chosen = bool(wizard.device_id and wizard.replacement_id)
            wizard.warning = chosen and (
                self.env["waas.replacement"]._get_start_problem(
                    wizard.device_id,
                    wizard.replacement_id,
                    wizard.reason or self.env._("not written yet"),
                    today,
                )
            )

    def action_replace(self):
        """Plan the delivery and the receipt, and show them."""
        self.ensure_one()
        self.contract_id.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users replace a device."))
        replacement = self.env["waas.replacement"]._start(
            self.device_id, self.replacement_id, self.reason
        )
        return replacement.action_view_transfers()
