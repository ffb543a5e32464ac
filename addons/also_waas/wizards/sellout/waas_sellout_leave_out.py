from odoo import fields, models
from odoo.exceptions import UserError

from ...models.sellout.waas_manufacturer import REASONS


class WaasSelloutLeaveOut(models.TransientModel):
    """Enter why manufacturers and suppliers get no sell-out reports (R5)."""

    _name = "waas.sellout.leave.out"
    _description = "Leave Out of WaaS Sell-out"
    _inherit = "waas.readable.mixin"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    manufacturer_ids = fields.Many2many(
        comodel_name="waas.manufacturer", string="Manufacturers"
    )
    vendor_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Suppliers Not Set Up",
        help="They are noted as suppliers that get no reports.",
    )
    reason = fields.Char(
        required=True, help="Why they are not notified. Kept on the manufacturer."
    )

    def action_leave_out(self):
        """Save the reason on each of them, for this company."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Enter why they are not notified."))
        made = self.env["waas.manufacturer"]._introduce_suppliers(self.vendor_ids)
        chosen = self.manufacturer_ids | made
        for manufacturer in chosen.with_company(self.company_id):
            # One that gets reports of its own products is left out as a supplier only.
            side = "sellout_as_vendor" if manufacturer.sellout else "sellout"
            manufacturer[REASONS[side]] = self.reason
        return {"type": "ir.actions.client", "tag": "soft_reload"}
