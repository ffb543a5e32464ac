from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .product_template import CONTENT_ROLES


class WaasBundleSlot(models.Model):
    """A place in a bundle, filled by the included component or by one of the allowed
    upgrades (R6, R7)."""

    _name = "waas.bundle.slot"
    _description = "WaaS Bundle Slot"
    _inherit = "waas.readable.mixin"
    _order = "sequence, id"

    bundle_id = fields.Many2one(
        comodel_name="product.template",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True,
        translate=True,
        help="What this place is for, e.g. Laptop or Office suite.",
    )
    component_id = fields.Many2one(
        comodel_name="product.product",
        string="Included Component",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('waas_role', 'in', ('device', 'license', 'service'))]",
        help="What the customer gets without paying more.",
    )
    quantity = fields.Integer(
        default=1, required=True, help="How many of it belong to one workplace."
    )
    upgrade_ids = fields.Many2many(
        comodel_name="product.product",
        relation="waas_bundle_slot_upgrade_rel",
        column1="slot_id",
        column2="upgrade_id",
        string="Allowed Upgrades",
        domain="[('waas_role', '=', 'upgrade')]",
        help="One of these may be chosen instead, at its monthly surcharge.",
    )

    _check_quantity = models.Constraint(
        "CHECK (quantity > 0)", "A slot holds at least one component."
    )

    @api.constrains("bundle_id")
    def _check_bundle(self):
        self.bundle_id._check_waas_composition()

    @api.constrains("component_id", "upgrade_ids")
    def _check_components(self):
        for slot in self:
            if slot.component_id.waas_role not in CONTENT_ROLES:
                raise ValidationError(
                    self.env._(
                        "%(product)s cannot fill slot %(slot)s: give it the WaaS role "
                        "Device, License or Included Service first.",
                        product=slot.component_id.display_name,
                        slot=slot.name,
                    )
                )
            for upgrade in slot.upgrade_ids:
                if upgrade.waas_role != "upgrade":
                    raise ValidationError(
                        self.env._(
                            "%(product)s is not an upgrade, so slot %(slot)s cannot "
                            "offer it: set its WaaS role to Upgrade.",
                            product=upgrade.display_name,
                            slot=slot.name,
                        )
                    )
            for component in slot.component_id | slot.upgrade_ids.waas_component_id:
                if problem := component._waas_get_hardware_problem():
                    raise ValidationError(problem)
