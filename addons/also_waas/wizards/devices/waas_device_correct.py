from odoo import fields, models


class WaasDeviceCorrect(models.TransientModel):
    """Say which device was in the box: the delivery names another one."""

    _name = "waas.device.correct"
    _description = "Correct a WaaS Delivery"
    _inherit = "waas.readable.mixin"

    device_id = fields.Many2one(
        comodel_name="stock.lot",
        string="On the Delivery",
        required=True,
        ondelete="cascade",
        domain="[('waas_contract_id', '!=', False), ('product_id', '=?', product_id)]",
        help="The serial number that the delivery names, and that this customer never "
        "had.",
    )
    actual_device_id = fields.Many2one(
        comodel_name="stock.lot",
        string="In the Box",
        required=True,
        ondelete="cascade",
        domain="[('waas_role', '=', 'device'), ('id', '!=', device_id)]",
        help="The serial number that the customer really has. If it is recorded at "
        "another customer, both devices are exchanged.",
    )
    product_id = fields.Many2one(related="actual_device_id.product_id")
    holder_id = fields.Many2one(related="device_id.waas_holder_id")
    actual_holder_id = fields.Many2one(
        related="actual_device_id.waas_holder_id", string="Recorded Customer"
    )
    reason = fields.Text(
        required=True,
        help="How it was noticed. Kept in both chains of custody.",
    )

    def action_correct(self):
        """Correct the delivery."""
        self.ensure_one()
        self.device_id._waas_correct_delivery(self.actual_device_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
