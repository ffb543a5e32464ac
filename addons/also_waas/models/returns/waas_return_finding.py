from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .waas_return_line import WAITING


class WaasReturnFinding(models.Model):
    """A device that this return cannot take in, or a seal that differs from the record.
    It is held until a user enters its outcome (R15)."""

    _name = "waas.return.finding"
    _description = "WaaS Return Finding"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "id desc"
    _rec_name = "serial"
    _check_company_auto = True

    return_id = fields.Many2one(
        comodel_name="waas.return",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    serial = fields.Char(string="Serial Number", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("other_customer", "Of another customer"),
            ("written_off", "Written off before"),
            ("in_stock", "Not rented out"),
            ("unknown", "Unknown"),
            ("seal", "Seal broken or another one"),
        ],
        required=True,
        readonly=True,
    )
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    found = fields.Char(
        string="As Received", readonly=True, help="As the receiver noted it."
    )
    holder_id = fields.Many2one(related="device_id.waas_holder_id")
    note = fields.Char(string="Outcome")
    state = fields.Selection(
        selection=[("open", "Unidentified"), ("settled", "Settled")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )

    # === CRUD METHODS ===#

    def write(self, vals):
        if not self.env.su and vals.keys() - {"note"}:
            raise AccessError(
                self.env._(
                    "A finding cannot be changed: enter its outcome, and settle it."
                )
            )
        return super().write(vals)

    # === ACTIONS ===#

    def action_take_back(self):
        """Take the device in: for the customer who rents it, or, when it was written
        off, into ALSO's stock again."""
        for finding in self:
            finding._ensure_open()
            if finding.kind == "other_customer" and finding.device_id.waas_contract_id:
                finding._take_from_holder()
            elif finding.kind == "written_off":
                finding._take_into_stock()
            else:
                raise UserError(
                    self.env._(
                        "%(serial)s is not a device that a customer has: enter its "
                        "outcome, then settle it.",
                        serial=finding.serial,
                    )
                )
            finding._settle()
        return True

    def action_correct(self):
        """Open the window to choose instead of which device this one was delivered."""
        self.ensure_one()
        self._ensure_open()
        if self.kind not in ("in_stock", "other_customer"):
            raise UserError(
                self.env._(
                    "%(serial)s is not one of our devices in stock or at a "
                    "customer, so it cannot have been delivered instead of another "
                    "one.",
                    serial=self.serial,
                )
            )
        swapped = self.return_id.line_ids.filtered(
            lambda line: line.state in WAITING
            and line.product_id == self.device_id.product_id
        ).device_id
        return {
            **self.device_id.action_waas_correct(),
            "context": {
                "default_finding_id": self.id,
                "default_actual_device_id": self.device_id.id,
                "default_device_id": swapped.id if len(swapped) == 1 else False,
            },
        }

    def action_settle(self):
        """Settle the finding, whose outcome a user entered."""
        for finding in self:
            finding._ensure_open()
            if not (finding.note or "").strip():
                raise UserError(
                    self.env._(
                        "Enter the outcome of %(serial)s.", serial=finding.serial
                    )
                )
            finding._settle()
        return True

    # === BUSINESS METHODS ===#

    def _ensure_open(self):
        self.check_access("write")
        if self.state != "open":
            raise UserError(
                self.env._("%(serial)s is settled already.", serial=self.serial)
            )

    def _ensure_may_correct(self, device):
        """:raises UserError: when a correction is not about what was found"""
        for finding in self:
            finding._ensure_open()
            if finding.device_id != device:
                raise UserError(
                    self.env._(
                        "%(serial)s was found: choose it as the device in the box.",
                        serial=finding.serial,
                    )
                )

    def _take_corrected(self, reason):
        """The delivery was corrected: the device that was found is the customer's, and
        is received."""
        for finding in self:
            finding._take_from_holder()
            finding.note = reason
            finding._settle()

    def _take_from_holder(self):
        device_sudo = self.device_id.sudo()  # the right to receive was checked
        returns_sudo = self.env["waas.return"].sudo()
        line = returns_sudo._take_in(device_sudo)
        line._receive()
        self.note = line.return_id.name

    def _take_into_stock(self):
        """A device that was written off is there again: it waits for its erasure like
        any other; what the customer paid for it is for the accountant."""
        # Places and devices of a finding that the user may settle.
        company_sudo = self.company_id.sudo()
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": company_sudo.waas_return_type_id.id,
                    "company_id": company_sudo.id,
                    "origin": self.return_id.name or self.env._("Found again"),
                    "location_id": self._get_lost_location().id,
                    "location_dest_id": company_sudo._waas_get_quarantine().id,
                }
            )
        )
        move = picking._waas_add_device(
            self.device_id.sudo(),
            picking.location_id,
            picking.location_dest_id,
        )
        move._waas_pick_device(self.device_id)
        picking._action_done()
        self.note = self.note or picking.name
        self._tell_claim()

    def _get_lost_location(self):
        # Its location, for users who may settle the finding.
        quants_sudo = self.device_id.sudo().quant_ids
        return quants_sudo.filtered(
            lambda quant: quant.location_id.usage == "inventory" and quant.quantity > 0
        ).location_id[:1]

    def _tell_claim(self):
        # Its claims, for users who may settle the finding.
        claims = self.device_id.sudo().waas_return_line_ids.filtered(
            lambda line: line.state == "claimed"
        )
        for line in claims[-1:]:
            line.return_id._remind(
                "return_credit_claim",
                lambda env, line=line: env._(
                    "%(device)s was claimed with %(invoice)s.",
                    device=self.device_id.display_name,
                    invoice=line.claim_move_id.display_name,
                ),
                add=True,
            )

    def _settle(self):
        finding_sudo = self.sudo()  # users edit its note only
        finding_sudo.state = "settled"
        finding_sudo.return_id._settle()
