"""The delivery of what a change brings lets its rent begin."""

from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    waas_change_id = fields.Many2one(
        comodel_name="waas.change",
        string="WaaS Change",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        check_company=True,
    )

    @api.depends("waas_change_id")
    def _compute_waas_contract_id(self):
        return super()._compute_waas_contract_id()

    def copy(self, default=None):
        """What is delivered later, or comes back, belongs to the same change; another
        copy does not."""
        copies = super().copy(default)
        for picking, copied in zip(self, copies, strict=True):
            # Who moves devices has no rights on changes.
            if change_sudo := picking.sudo().waas_change_id:
                if picking in (copied.backorder_id, copied.return_id):
                    copied.sudo().waas_change_id = change_sudo
        return copies

    @api.model
    def _waas_refuse_system_fields(self, names):
        if "waas_change_id" in names:
            raise AccessError(
                self.env._(
                    "The deliveries of a change are created by the change: send it "
                    "and have it signed."
                )
            )
        return super()._waas_refuse_system_fields(names)

    def _action_done(self):
        result = super()._action_done()
        for picking in self:
            # Who delivers has no rights on contracts; the gate let the change pass.
            if change_sudo := picking.sudo().waas_change_id:
                change_sudo._apply_delivered(
                    picking.company_id._waas_get_day(picking.date_done)
                )
        return result
