from odoo import fields, models
from odoo.exceptions import AccessError


class WaasDeviceLoss(models.TransientModel):
    """Write off devices that were lost in quarantine (R15)."""

    _name = "waas.device.loss"
    _description = "Write Off Lost WaaS Devices"
    _inherit = "waas.readable.mixin"

    device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Devices",
        required=True,
        domain="[('waas_arrival_id', '!=', False)]",
    )
    reason = fields.Text(
        required=True,
        help="How the devices were lost, and who searched for them. Kept in the "
        "chain of custody.",
    )

    def action_write_off(self):
        """Take the devices out of quarantine, stock and books."""
        self.ensure_one()
        if not self.env.user.has_group("stock.group_stock_manager"):
            raise AccessError(
                self.env._(
                    "Only an administrator of the inventory writes off what was lost: "
                    "ask one."
                )
            )
        self.device_ids.check_access("read")
        self.device_ids._waas_write_off(self.reason)
        return {"type": "ir.actions.act_window_close"}
