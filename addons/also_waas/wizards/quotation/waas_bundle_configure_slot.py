from odoo import fields, models


class WaasBundleConfigureSlot(models.TransientModel):
    _name = "waas.bundle.configure.slot"
    _description = "Configure a WaaS Bundle: Contents"
    _inherit = "waas.readable.mixin"

    configure_id = fields.Many2one(
        comodel_name="waas.bundle.configure", required=True, ondelete="cascade"
    )
    slot_id = fields.Many2one(
        comodel_name="waas.bundle.slot", string="For", required=True, ondelete="cascade"
    )
    component_id = fields.Many2one(related="slot_id.component_id", string="Included")
    allowed_upgrade_ids = fields.Many2many(related="slot_id.upgrade_ids")
    upgrade_id = fields.Many2one(
        comodel_name="product.product",
        string="Upgrade to",
        domain="[('id', 'in', allowed_upgrade_ids)]",
    )
