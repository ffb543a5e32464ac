"""The receipt of a return."""

from odoo import api, fields, models

from ...defaults import without_defaults


class StockPicking(models.Model):
    _inherit = "stock.picking"

    waas_return_id = fields.Many2one(
        comodel_name="waas.return",
        string="WaaS Return",
        compute="_compute_waas_return_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        check_company=True,
    )

    @api.depends("move_ids.waas_return_line_id")
    def _compute_waas_return_id(self):
        for picking in self:
            picking.waas_return_id = picking.move_ids.waas_return_line_id.return_id[:1]

    @api.depends("move_ids.waas_return_line_id")
    def _compute_waas_contract_id(self):
        return super()._compute_waas_contract_id()

    @api.private
    def _waas_add_device(self, device, source, target, **values):
        """Add one move for one device; it takes no other.

        :return: the confirmed ``stock.move``, nothing reserved
        """
        return self._waas_add_devices(
            [self._waas_prepare_device_move(device, source, target, **values)]
        )

    def _waas_prepare_device_move(self, device, source, target, **values):
        self.ensure_one()
        return {
            "picking_id": self.id,
            "picking_type_id": self.picking_type_id.id,
            "company_id": self.company_id.id,
            "product_id": device.product_id.id,
            "product_uom": device.product_id.uom_id.id,
            "product_uom_qty": 1,
            "location_id": source.id,
            "location_dest_id": target.id,
            "location_final_id": target.id,
            **values,
        }

    @api.private
    def _waas_add_devices(self, vals_list):
        """As :meth:`_waas_add_device`, many at once.

        :param list vals_list: of :meth:`_waas_prepare_device_move`
        """
        moves = without_defaults(self.env["stock.move"]).create(vals_list)
        moves._action_confirm(merge=False)
        moves._do_unreserve()  # the type may have reserved other devices
        return moves
