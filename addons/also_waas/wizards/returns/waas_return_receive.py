from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ... import scans

MAX_WORDS = 4  # of one serial number with blanks in it


class WaasReturnReceive(models.TransientModel):
    """Scan the devices that came; each serial number is answered immediately (R15)."""

    _name = "waas.return.receive"
    _description = "Receive WaaS Devices"
    _inherit = "waas.readable.mixin"

    return_id = fields.Many2one(
        comodel_name="waas.return",
        ondelete="cascade",
        help="Empty: devices of all returns.",
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
    proof = fields.Text(
        string="At the Pick-up",
        compute="_compute_proof",
        help="What was counted and sealed when the devices were handed over.",
    )
    is_seal_broken = fields.Boolean(
        string="Seal Broken or Another One",
        help="Something differs from the hand-over: it is recorded as a finding.",
    )
    seal_note = fields.Char(string="Seal Problem")

    @api.depends("return_id", "line_ids.kind")
    def _compute_expected_count(self):
        for wizard in self:
            scanned = wizard.line_ids.filtered(lambda line: line.kind == "expected")
            wizard.expected_count = wizard.return_id.open_count - len(scanned)

    @api.depends("return_id")
    def _compute_proof(self):
        for wizard in self:
            wizard.proof = (
                wizard.return_id._describe_proof() if wizard.return_id else False
            )

    @api.onchange("scan")
    def _onchange_scan(self):
        """Answer each serial number, and be ready for the next."""
        for serial in self._split(self.scan):
            answer = self._answer(serial)
            if not self._is_answered(answer):
                self.line_ids = [Command.create(answer)]
        self.scan = False

    def _split(self, text):
        """The serial numbers in a text: one with blanks in it stays whole."""
        words = scans.split(text)
        while words:
            sizes = range(1, min(MAX_WORDS, len(words)) + 1)
            size = next((size for size in sizes if self._is_known(words[:size])), 1)
            yield " ".join(words[:size])
            words = words[size:]

    def _is_known(self, words):
        return bool(
            self.env["waas.return"]._find_devices(" ".join(words), self._get_company())
        )

    def _get_company(self):
        return self.return_id.company_id or self.company_id

    def _answer(self, serial):
        """Values of the line of one scan."""
        scan = self.env["waas.return"]._judge(
            serial, self._get_company(), self.return_id
        )
        is_certain = len(scan.device) == 1
        return {
            "serial": scan.device.name if is_certain else scans.clean(serial),
            "kind": scan.kind,
            "message": scan.message,
            "device_id": scan.device.id if is_certain else False,
            "candidate_ids": scan.device.ids if scan.kind == "which" else [],
        }

    def _is_answered(self, answer):
        """Whether a line is about this scan already: of as many as there are devices
        that it can mean."""
        same = self.line_ids.filtered(
            lambda line: line.device_id.id == answer["device_id"]
            if answer["device_id"]
            else scans.get_key(line.serial) == scans.get_key(answer["serial"])
        )
        return len(same) >= max(1, len(answer["candidate_ids"]))

    def action_receive(self):
        """Take in what was scanned, put aside what does not belong here."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Scan the serial numbers of what came first."))
        for line in self.line_ids:
            line._ensure_certain()
        if self.is_seal_broken and self.return_id:
            self.return_id._note_seal(self.seal_note)
        result = self.env["waas.return"]._receive_scans(
            [line._get_scanned() for line in self.line_ids],
            self._get_company(),
            self.return_id,
            {
                line._get_scanned(): line.damage_note or self.env._("damaged")
                for line in self.line_ids
                if line.is_damaged
            },
        )
        returns = result["lines"].return_id | self.return_id
        if returns:
            return returns._get_records_action()
        return result["findings"]._get_records_action()
