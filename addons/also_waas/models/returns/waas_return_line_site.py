from odoo import fields, models
from odoo.exceptions import UserError


class WaasReturnLine(models.Model):
    """The site where a device is picked up (R15)."""

    _inherit = "waas.return.line"

    pickup_address_id = fields.Many2one(
        comodel_name="res.partner",
        string="Site",
        index="btree_not_null",
        ondelete="restrict",
        help="Where this device is picked up. Empty: at the pick-up address of the "
        "return.",
        check_company=True,
    )

    # === CRUD METHODS ===#

    def _ensure_open_fields(self, vals):
        """WaaS users choose the site of a device, until the pick-up is confirmed."""
        if "pickup_address_id" in vals:
            self._get_allowed()
            if any(line.return_id.confirmed_on for line in self):
                raise UserError(
                    self.env._(
                        "The pick-up was confirmed with its sites and its fee: cancel "
                        "the return and make another one."
                    )
                )
        return super()._ensure_open_fields(
            {name: value for name, value in vals.items() if name != "pickup_address_id"}
        )

    # === ACTIONS ===#

    def action_remove(self):
        """The fee stays, and the responsible gets a to-do."""
        result = super().action_remove()
        self.return_id.sudo()._note_fee_difference()  # the right was checked
        return result

    # === BUSINESS METHODS ===#

    def _get_pickup_address(self):
        self.ensure_one()
        return self.pickup_address_id or self.return_id.pickup_address_id
