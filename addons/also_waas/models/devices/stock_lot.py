"""A serial number that a contract rents out, and that stays ALSO's (R13)."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...qr_codes import make_qr_code
from ...schedule import get_last_day

# A warehouse user cannot write them: contracts may not outlast a warranty (R12).
WARRANTY_FIELDS = frozenset(
    ("waas_warranty_start", "waas_warranty_end", "waas_warranty_max_end")
)


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_role = fields.Selection(related="product_id.waas_role")
    # === Where it is ===
    waas_contract_id = fields.Many2one(
        comodel_name="contract.contract",
        string="Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The contract that rents the device out: from its delivery until it comes "
        "back. Meanwhile only transfers of this contract move it.",
        check_company=True,
    )
    waas_holder_id = fields.Many2one(
        related="waas_contract_id.partner_id",
        string="End Customer",
        store=True,
        index="btree_not_null",
    )
    waas_delivered_on = fields.Date(string="Delivered On", readonly=True, copy=False)
    # === Warranty ===
    waas_manufacturer_id = fields.Many2one(
        related="product_id.waas_manufacturer_id", store=True, index="btree_not_null"
    )
    waas_warranty_start = fields.Date(
        string="Warranty Start",
        copy=False,
        tracking=True,
        help="The day of its first delivery.",
    )
    waas_warranty_end = fields.Date(
        string="Warranty End",
        compute="_compute_waas_warranty",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    waas_warranty_max_end = fields.Date(
        string="Longest Possible Warranty",
        compute="_compute_waas_warranty",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="Last day of the longest warranty that can be bought. No contract with "
        "this device runs past it.",
    )
    # === History ===
    waas_replaces_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Replaces",
        compute="_compute_waas_replacements",
        help="The device that this one was sent for.",
    )
    waas_replaced_by_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Replaced By",
        compute="_compute_waas_replacements",
    )
    waas_history_ids = fields.One2many(
        comodel_name="stock.move.line",
        inverse_name="lot_id",
        string="History",
        domain=[("state", "=", "done")],
        readonly=True,
    )

    _check_waas_warranty = models.Constraint(
        "CHECK (waas_warranty_max_end >= waas_warranty_end)",
        "The longest possible warranty cannot end before the warranty itself.",
    )

    # === COMPUTE METHODS ===#

    # Not on the months of the product: those are of the devices bought next.
    @api.depends("waas_warranty_start")
    def _compute_waas_warranty(self):
        for lot in self:
            start, product = lot.waas_warranty_start, lot.product_id
            lot.waas_warranty_end = _get_warranty_end(
                start, product.waas_warranty_months
            )
            lot.waas_warranty_max_end = _get_warranty_end(
                start, product.waas_warranty_max_months
            )

    def _compute_company_id(self):
        """A device that was delivered once keeps its owner, whatever becomes of the
        company of its product."""
        kept = {
            lot: lot.company_id
            for lot in self
            if lot.waas_warranty_start and lot.company_id
        }
        result = super()._compute_company_id()
        for lot, company in kept.items():
            lot.company_id = company
        return result

    def _compute_waas_replacements(self):
        replacements = (
            self.env["waas.replacement"]
            .sudo()  # which device it was is no secret to who sees the device
            .search(
                [
                    ("delivery_id.state", "=", "done"),
                    "|",
                    ("device_id", "in", self.ids),
                    ("replacement_id", "in", self.ids),
                ],
                order="id",
            )
        )
        replaced = {row.replacement_id.id: row.device_id.id for row in replacements}
        replacing = {row.device_id.id: row.replacement_id.id for row in replacements}
        for lot in self:
            lot.waas_replaces_id = replaced.get(lot.id)
            lot.waas_replaced_by_id = replacing.get(lot.id)

    def _compute_value(self):
        """Count devices at customers, too: they stay in ALSO's stock value (R13)."""
        devices = self.filtered(lambda lot: lot.product_id.waas_role == "device")
        super(StockLot, self - devices)._compute_value()
        locations = self.env["stock.location"]
        return super(
            StockLot, locations._waas_with_valued(devices, self.env.company)
        )._compute_value()

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {f"default_{name}" for name in WARRANTY_FIELDS}
        if not defaults.isdisjoint(self.env.context):
            self._waas_ensure_may_set_warranty()
        for vals in vals_list:
            if not WARRANTY_FIELDS.isdisjoint(vals):
                self._waas_ensure_may_set_warranty()
        return super().create(vals_list)

    def write(self, vals):
        if not WARRANTY_FIELDS.isdisjoint(vals):
            self._waas_ensure_may_set_warranty()
        if "company_id" in vals and not self.env.su:
            self._waas_ensure_keeps_owner(vals["company_id"])
        return super().write(vals)

    def _waas_ensure_keeps_owner(self, company_id):
        """A device without a company is everybody's to read and to write (R13)."""
        for lot in self:
            owner = lot.waas_warranty_start and lot.company_id
            if owner and owner.id != company_id:
                raise AccessError(
                    self.env._(
                        "%(device)s was delivered for %(company)s, and remains its "
                        "property until it is sold.",
                        device=lot.display_name,
                        company=owner.name,
                    )
                )

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._(
                "The contract of a device follows from its delivery and its "
                "return: validate the delivery or the return."
            )
        )

    @api.model
    def _waas_ensure_may_set_warranty(self):
        if self.env.su or self.env.user.has_group("also_waas.group_waas_user"):
            return
        raise AccessError(
            self.env._(
                "Contracts depend on the warranty of a device: ask a WaaS user to "
                "correct it."
            )
        )

    # === ACTIONS ===#

    def action_waas_replace(self):
        """Open the window that sends another device for this one."""
        self.ensure_one()
        if not self.waas_contract_id:
            raise UserError(self._waas_get_not_rented_message())
        return self.waas_contract_id._waas_get_replace_action(self)

    # === BUSINESS METHODS ===#

    def _waas_arrive(self, contract, date):
        """The devices reach the end customer of ``contract`` on ``date``. From now on
        they belong to its company, whoever the user is (R13)."""
        self._waas_note_delivered(contract, date)

    def _waas_note_delivered(self, contract, date):
        self.write(
            {
                "waas_contract_id": contract.id,
                "waas_delivered_on": date,
                "company_id": contract.company_id.id,
            }
        )
        # A used device keeps the warranty of its first delivery.
        self.filtered(lambda lot: not lot.waas_warranty_start).write(
            {"waas_warranty_start": date}
        )

    def _waas_leave(self, date):
        """The devices come back to ALSO on ``date``: no contract holds them."""
        self.write({"waas_contract_id": False, "waas_delivered_on": False})

    def _waas_give_up(self):
        """The devices left ALSO's stock for good: another company may enter them."""
        for company, lots in self.grouped(
            lambda lot: lot.product_id.company_id
        ).items():
            lots.write({"company_id": company.id})

    def _waas_get_owner(self):
        """The company whose device it is: that of its contract, its own, else that of
        the place where it lies. The current user plays no part (R13)."""
        self.ensure_one()
        lot_sudo = self.sudo()  # whose it is, is no secret to who sees the device
        places = lot_sudo.quant_ids.filtered(lambda quant: quant.quantity > 0)
        return (
            lot_sudo.waas_contract_id.company_id
            or lot_sudo.company_id
            or places.location_id.company_id[:1]
            or lot_sudo.product_id.company_id
        ).with_env(self.env)

    def _waas_get_warranty_max_end(self, date):
        """Last day of the longest warranty, if the device is delivered on ``date``;
        False when it has none."""
        self.ensure_one()
        return self.waas_warranty_max_end or _get_warranty_end(
            date, self.product_id.waas_warranty_max_months
        )

    def _waas_is_free(self, company):
        """Whether the device lies unreserved in a warehouse of ``company``."""
        self.ensure_one()
        return any(
            quant.location_id.usage == "internal"
            and not quant.location_id.is_waas
            and quant.company_id == company
            and quant.quantity - quant.reserved_quantity > 0
            for quant in self.sudo().quant_ids  # who plans need not see all stock
        )

    def _waas_get_paper_contract(self):
        """The contract to print on the label: that of the device, or of the delivery
        it is reserved for. As superuser: packers print labels."""
        self.ensure_one()
        # What is read as superuser from here on, the label would show to anybody.
        self.check_access("read")
        lot_sudo = self.sudo()
        return lot_sudo.waas_contract_id or (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", self.id),
                    ("state", "not in", ("done", "cancel")),
                    ("picking_id.waas_contract_id", "!=", False),
                ],
                limit=1,
            )
            .picking_id.waas_contract_id
        )

    def _waas_get_qr_code(self):
        """The serial number as a QR code: the source of an image."""
        self.ensure_one()
        return make_qr_code(self.name, border=0)

    def _waas_get_labels_action(self):
        """Print a label for each of the devices."""
        devices = self.filtered(lambda lot: lot.waas_role == "device")
        if not devices:
            raise UserError(
                self.env._(
                    "There is no device here to print a label for: reserve or enter "
                    "the serial numbers first."
                )
            )
        report = self.env.ref("also_waas.action_report_device_label")
        return report.report_action(devices)

    def _waas_get_not_rented_message(self):
        return self.env._(
            "%(device)s is not with a customer, so there is nothing to replace.",
            device=self.display_name,
        )


def _get_warranty_end(start, months):
    """Last day of a warranty of ``months`` months; False when there is none."""
    return get_last_day(start, months) if start and months else False
