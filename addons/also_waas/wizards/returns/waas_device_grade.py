from odoo import fields, models
from odoo.exceptions import AccessError

from ...models.returns.stock_lot import GRADES


class WaasDeviceGrade(models.TransientModel):
    """Grade many erased devices at once, and decide on their destination (R15)."""

    _name = "waas.device.grade"
    _description = "Grade WaaS Devices"
    _inherit = "waas.readable.mixin"

    device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Devices",
        required=True,
        domain="[('waas_arrival_id', '!=', False)]",
    )
    grade = fields.Selection(selection=GRADES, required=True, default="b")
    decision = fields.Selection(
        selection=[
            ("refurbished", "Rent out again"),
            ("resale", "Sell"),
            ("scrap", "Scrap"),
        ],
        required=True,
        default="refurbished",
        help="Back to stock as refurbished, to the resale location, or scrapped.",
    )

    def action_grade(self):
        """Move the devices out of quarantine; each needs its certificate."""
        self.ensure_one()
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Only warehouse users and WaaS users grade devices.")
            )
        self.device_ids.check_access("read")
        moved = self.device_ids._waas_dispose(self.grade, self.decision)
        return moved.with_env(self.env)._get_records_action()
