from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class WaasReturnReceive(models.TransientModel):
    """Scan what came; each serial number is answered at once (R15)."""

    _name = "waas.return.receive"
    _description = "Receive WaaS Devices"
    _inherit = "waas.readable.mixin"

    return_id = fields.Many2one(
        comodel_name="waas.return",
        ondelete="cascade",
        help="Empty: whatever return the devices belong to.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    scan = fields.Char(
        string="Serial Number",
        store=False,
        help="Scan or type, then Enter. Several, separated by spaces, will do.",
    )
    line_ids = fields.One2many(
        comodel_name="waas.return.receive.line",
        inverse_name="receive_id",
        string="Scanned",
    )
    expected_count = fields.Integer(
        string="Still to Come", compute="_compute_expected_count"
    )

    @api.depends("return_id", "line_ids.kind")
    def _compute_expected_count(self):
        for wizard in self:
            scanned = wizard.line_ids.filtered(lambda line: line.kind == "expected")
            wizard.expected_count = wizard.return_id.open_count - len(scanned)

    @api.onchange("scan")
    def _onchange_scan(self):
        """Answer each serial number, and be ready for the next."""
        seen = set(self.line_ids.mapped("serial"))
        for serial in (self.scan or "").split():
            if serial not in seen:
                seen.add(serial)
                self.line_ids = [Command.create(self._answer(serial))]
        self.scan = False

    def _answer(self, serial):
        scan = self.env["waas.return"]._judge(
            serial, self.return_id.company_id or self.company_id, self.return_id
        )
        return {"serial": serial, "kind": scan.kind, "message": scan.message}

    def action_receive(self):
        """Take in what was scanned, put aside what does not belong here."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Scan the serial numbers of what came first."))
        result = self.env["waas.return"]._receive_scans(
            self.line_ids.mapped("serial"),
            self.return_id.company_id or self.company_id,
            self.return_id,
            {
                line.serial: line.damage_note or self.env._("damaged")
                for line in self.line_ids
                if line.is_damaged
            },
        )
        returns = result["lines"].return_id | self.return_id
        if returns:
            return returns._get_records_action()
        return result["findings"]._get_records_action()


class WaasReturnReceiveLine(models.TransientModel):
    """One serial number that was scanned."""

    _name = "waas.return.receive.line"
    _description = "WaaS Scanned Serial Number"
    _inherit = "waas.readable.mixin"

    receive_id = fields.Many2one(
        comodel_name="waas.return.receive", required=True, ondelete="cascade"
    )
    serial = fields.Char(string="Serial Number", required=True)
    kind = fields.Char()
    message = fields.Char(string="Answer")
    is_damaged = fields.Boolean(string="Damaged")
    damage_note = fields.Char(string="What Is Wrong")
