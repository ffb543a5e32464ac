from odoo import api, fields, models
from odoo.exceptions import UserError


class WaasReturnReceiveLine(models.TransientModel):
    """One serial number that was scanned."""

    _name = "waas.return.receive.line"
    _description = "WaaS Scanned Serial Number"
    _inherit = "waas.readable.mixin"

    receive_id = fields.Many2one(
        comodel_name="waas.return.receive", required=True, ondelete="cascade"
    )
    serial = fields.Char(string="Serial Number", required=True)
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        ondelete="cascade",
        domain="[('id', 'in', candidate_ids)]",
        help="Where the number can mean several devices: the one that is here.",
    )
    product_id = fields.Many2one(related="device_id.product_id")
    candidate_ids = fields.Many2many(comodel_name="stock.lot")
    kind = fields.Char()
    message = fields.Char(string="Answer")
    is_damaged = fields.Boolean(string="Damaged")
    damage_note = fields.Char(string="Damage Details")

    @api.onchange("device_id")
    def _onchange_device_id(self):
        """A user chose which device is here."""
        if self.device_id and self.candidate_ids:
            scan = self.env["waas.return"]._judge_device(
                self.device_id, self.receive_id.return_id
            )
            self.kind, self.message = scan.kind, scan.message

    def _ensure_certain(self):
        """:raises UserError: while no device is chosen"""
        if self.candidate_ids and not self.device_id:
            raise UserError(
                self.env._(
                    "%(serial)s can be one of %(count)s devices: choose on its line "
                    "the one that is here, or remove the line.",
                    serial=self.serial,
                    count=len(self.candidate_ids),
                )
            )
        twice = self.receive_id.line_ids.filtered(
            lambda line: line.device_id and line.device_id == self.device_id
        )
        if len(twice) > 1:
            raise UserError(
                self.env._(
                    "%(device)s is on two lines: choose another device on one of "
                    "them, or remove the line.",
                    device=self.device_id.display_name,
                )
            )

    def _get_scanned(self):
        return self.device_id or self.serial
