from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockPicking(models.Model):
    """Chapter 7, changes: the delivery of what a change brings lets its rent begin."""

    _inherit = "stock.picking"

    # Copied: what is delivered later, is delivered for the same change.
    waas_change_id = fields.Many2one(
        comodel_name="waas.change",
        string="WaaS Change",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )

    @api.depends("waas_change_id")
    def _compute_waas_contract_id(self):
        return super()._compute_waas_contract_id()

    @api.model_create_multi
    def create(self, vals_list):
        new = [vals for vals in vals_list if vals.get("waas_change_id")]
        if new and not self._waas_may_set_change(new):
            self._waas_refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        if "waas_change_id" in vals and not self.env.su:
            self._waas_refuse_change()
        return super().write(vals)

    def _waas_may_set_change(self, vals_list):
        """A backorder or return of such a transfer is one, too; a new one is not."""
        changes = (
            self.env["waas.change"]
            .sudo()
            .browse([vals["waas_change_id"] for vals in vals_list])
        )
        return self.env.su or all(change.picking_ids for change in changes)

    def _waas_refuse_change(self):
        raise AccessError(
            self.env._("A change makes its own deliveries: send it and have it signed.")
        )

    def _action_done(self):
        result = super()._action_done()
        for picking in self:
            # Who delivers has no rights on contracts; the gate let the change pass.
            change_sudo = picking.sudo().waas_change_id
            change_sudo._apply_delivered(
                picking.company_id._waas_get_day(picking.date_done)
            )
        return result
