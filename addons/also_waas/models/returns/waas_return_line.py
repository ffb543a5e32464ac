from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# Fields that users edit.
OPEN_FIELDS = frozenset(("damage_note",))
# States in which a return waits for the device.
WAITING = ("expected", "missing")


class WaasReturnLine(models.Model):
    """One device on its way back (R15)."""

    _name = "waas.return.line"
    _description = "WaaS Returned Device"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "return_id, id"
    _rec_name = "device_id"
    _check_company_auto = True

    return_id = fields.Many2one(
        comodel_name="waas.return", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    partner_id = fields.Many2one(related="return_id.partner_id", string="End Customer")
    return_state = fields.Selection(related="return_id.state", string="Return State")
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(related="device_id.product_id")
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="It rented the device out when it was announced.",
    )
    state = fields.Selection(
        selection=[
            ("expected", "Expected"),
            ("received", "Received"),
            ("damaged", "Received Damaged"),
            ("missing", "Missing"),
            ("claimed", "Claimed"),
            ("cancelled", "Not Returned"),
        ],
        default="expected",
        required=True,
        readonly=True,
        index=True,
    )
    is_extra = fields.Boolean(
        string="Unannounced",
        readonly=True,
        help="It was received without being expected.",
    )
    damage_note = fields.Char(string="Damage")
    received_on = fields.Datetime(readonly=True)
    arrival_id = fields.Many2one(
        comodel_name="stock.move.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    move_ids = fields.One2many(
        comodel_name="stock.move", inverse_name="waas_return_line_id", readonly=True
    )
    erasure_ids = fields.One2many(
        comodel_name="waas.erasure", inverse_name="return_line_id", readonly=True
    )
    grade = fields.Selection(related="device_id.waas_grade")
    # === Claim ===
    claim_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Claim",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    write_off_move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Written Off With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _unique_open = models.UniqueIndex(
        "(device_id) WHERE state IN ('expected', 'missing')",
        "This device is in a return already.",
    )
    _check_claimed = models.Constraint(
        "CHECK (state != 'claimed' OR write_off_move_id IS NOT NULL)",
        "A device that is claimed is written off.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("device_id")
    def _compute_display_name(self):
        """Accountants read returns, and no stock."""
        for line in self:
            # The serial number, for users who may read the return.
            line.display_name = line.sudo().device_id.display_name

    # === CONSTRAINT METHODS ===#

    @api.constrains("return_id", "device_id", "contract_id")
    def _check_customer(self):
        for line in self:
            customer = line.return_id.partner_id.commercial_partner_id
            # The customer of the contract decides.
            contract_sudo = line.contract_id.sudo()
            if (
                contract_sudo.partner_id.commercial_partner_id != customer
                or contract_sudo.company_id != line.return_id.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(device)s is not with %(customer)s: a return takes back "
                        "devices of one end customer.",
                        device=line.device_id.display_name,
                        customer=customer.display_name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        lines = super().create(vals_list)
        if not self.env.su:
            lines._ensure_draft()
        return lines

    @api.model
    def _waas_fill_system_fields(self, vals_list):
        result = super()._waas_fill_system_fields(vals_list)
        for vals in vals_list:
            vals["contract_id"] = self._get_contract_of(vals.get("device_id")).id
        return result

    @api.model
    def _get_contract_of(self, device_id):
        if not device_id:
            raise UserError(self.env._("Choose the device that comes back."))
        device = self.env["stock.lot"].browse(device_id)
        # The contract that holds the device decides.
        if contract_sudo := device.sudo().waas_contract_id:
            return contract_sudo
        raise UserError(
            self.env._(
                "%(device)s is not with a customer, so it cannot be returned.",
                device=device.display_name,
            )
        )

    def write(self, vals):
        if not self.env.su:
            self._ensure_open_fields(vals)
        result = super().write(vals)
        if "state" in vals:
            # A new line of the same device is written immediately, this one is not.
            self.flush_recordset(["state"])
        return result

    def _ensure_open_fields(self, vals):
        """Hook: the fields that users edit.

        :raises AccessError: when the system writes it
        """
        if vals.keys() - OPEN_FIELDS:
            self._refuse_by_hand()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        self._ensure_draft()

    @api.model
    def _waas_refuse_system_fields(self, names):
        self._refuse_by_hand()

    def _refuse_by_hand(self):
        raise AccessError(
            self.env._(
                "A returned device is recorded when it is received: scan it with "
                "Receive Devices."
            )
        )

    def _ensure_draft(self):
        for line in self:
            if line.return_id.state != "draft":
                raise UserError(
                    self.env._(
                        "%(return)s was announced: take a device off it with Remove, "
                        "and add one with Add All Devices or from the device itself.",
                        **{"return": line.return_id.name},
                    )
                )

    # === ACTIONS ===#

    def action_remove(self):
        """The device stays with the customer."""
        lines_sudo = self._get_allowed()
        for line in lines_sudo:
            if line.state not in WAITING:
                raise UserError(
                    self.env._(
                        "%(device)s is not expected with this return any more: there "
                        "is nothing to remove.",
                        device=line.device_id.display_name,
                    )
                )
        lines_sudo._cancel()
        lines_sudo.return_id._settle()
        return True

    def action_report_missing(self):
        """Report this device missing."""
        lines_sudo = self._get_allowed("stock.group_stock_user")
        for line in lines_sudo:
            line.return_id._ensure_may_miss()
            if line.state != "expected":
                raise UserError(
                    self.env._(
                        "%(device)s is not expected any more, so it cannot be missing.",
                        device=line.device_id.display_name,
                    )
                )
        lines_sudo._report_missing()
        return True

    def action_claim(self):
        """Claim this device."""
        self._get_allowed()._claim()
        return True

    def _get_allowed(self, group="also_waas.group_waas_user"):
        # The right was asked for; lines are written by the system.
        return self.return_id._get_allowed(group) and self.sudo()

    # === THE WAY BACK ===#

    def _announce(self):
        """Plan the receipt: one move for each device, so that none is taken for
        another."""
        for record, lines in self.grouped("return_id").items():
            picking, company = record._get_receipt(), record.company_id
            source, target = company.waas_location_id, company._waas_get_quarantine()
            picking._waas_add_devices(
                [
                    picking._waas_prepare_device_move(
                        line.device_id, source, target, waas_return_line_id=line.id
                    )
                    for line in lines
                ]
            )
            lines.device_id._waas_log(
                "announced", document=record, party=record.partner_id
            )

    def _receive(self, damages=None):
        """The devices are here.

        :param dict damages: what is wrong with a line's device, as text
        :raises UserError: when one cannot be received
        """
        damages = damages or {}
        for line in self:
            if line.state not in WAITING:
                raise UserError(
                    self.env._(
                        "%(device)s was received already.",
                        device=line.device_id.display_name,
                    )
                )
            line.damage_note = damages.get(line)
        moves = self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves.move_line_ids.unlink()
        moves._waas_pick_devices([move.waas_return_line_id.device_id for move in moves])
        moves.picking_id._action_done()

    @api.model
    def _note_arrivals(self, arrival_by_line):
        """The devices are in quarantine, however they came there.

        :param dict arrival_by_line: ``stock.move.line`` that brought it, by line
        """
        arrived = self.browse().union(*arrival_by_line)
        for line, arrival in arrival_by_line.items():
            line.arrival_id = arrival
        for state, lines in arrived.grouped(
            lambda line: "damaged" if line.damage_note else "received"
        ).items():
            lines.write({"state": state, "received_on": fields.Datetime.now()})
        by_other_transfers = arrived.filtered(
            lambda line: arrival_by_line[line].move_id not in line.move_ids
        )
        by_other_transfers._cancel_moves()

    def _note_moved(self):
        """After the move was noted in the chain of custody."""
        for line in self.filtered(lambda line: line.state == "damaged"):
            line.device_id._waas_log(
                "damaged", document=line.return_id, note=line.damage_note
            )

    def _exchange(self, others, device, other):
        """Deliveries were corrected: what waits for a device waits for the other one.

        :param others: the line that waits for ``other``, as this one for ``device``;
            either may be empty
        """
        state = others.state
        # A device is in one open return at every moment; `write` flushes a state.
        others.state = "cancelled"
        self.device_id = other
        self.flush_recordset(["device_id"])
        others.write({"device_id": device.id, "state": state})

    def _cancel(self):
        self._cancel_moves()
        self.write({"state": "cancelled"})

    def _cancel_moves(self):
        self.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
