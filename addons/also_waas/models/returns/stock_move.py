"""The one device that a move of a return takes back."""

from odoo import api, fields, models
from odoo.exceptions import AccessError


class StockMove(models.Model):
    _inherit = "stock.move"

    waas_return_line_id = fields.Many2one(
        comodel_name="waas.return.line",
        string="Returned Device",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        check_company=True,
    )

    @api.model
    def _waas_refuse_system_fields(self, names):
        """Its moves are on the transfers of a contract."""
        raise AccessError(
            self.env._(
                "The transfers of a return are created by the return: open it and "
                "announce it."
            )
        )

    def _waas_find_contract(self):
        if line := self.waas_return_line_id:
            return line.contract_id
        return super()._waas_find_contract()

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Take back the very device that was announced."""
        if line := self.waas_return_line_id:
            # The warehouse moves for a return that it may not read.
            lot_id = line.sudo().device_id.with_env(self.env)
        return super()._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    # === RETURNS ===#

    def _action_done(self, cancel_backorder=False):
        """Continue the returns of the devices that moved, once for the whole
        transfer."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        devices = moves.filtered(lambda move: move.product_id.waas_role == "device")
        # As superuser: warehouse users cannot write returns.
        devices.sudo().move_line_ids.lot_id.waas_return_line_ids.return_id._settle()
        return moves

    # === DEVICES THAT DO NOT COME BACK ===#

    @api.model
    def _waas_prepare_loss(self, device, source, company, **values):
        """Values of the move that takes one device out of stock permanently."""
        return {
            "company_id": company.id,
            "product_id": device.product_id.id,
            "product_uom": device.product_id.uom_id.id,
            "product_uom_qty": 1,
            "location_id": source.id,
            "location_dest_id": company._waas_get_release_location("scrap").id,
            **values,
        }

    @api.private
    def _waas_move_device(self, device):
        """Move this device immediately."""
        self.ensure_one()
        self._action_confirm(merge=False)
        self._do_unreserve()
        self._waas_pick_device(device)
        self._action_done()

    # === WHICH DEVICE ===#

    @api.private
    def _waas_pick_device(self, device):
        """Choose this device as the one that moves."""
        self.ensure_one()
        self._waas_pick_devices(device)

    @api.private
    def _waas_pick_devices(self, devices):
        """Choose the device of each of these moves, in their order."""
        self.env["stock.move.line"].create(
            [
                {
                    "move_id": move.id,
                    "picking_id": move.picking_id.id,
                    "company_id": move.company_id.id,
                    "product_id": device.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "lot_id": device.id,
                    "quantity": 1,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
                for move, device in zip(self, devices, strict=True)
            ]
        )
        self.picked = True
