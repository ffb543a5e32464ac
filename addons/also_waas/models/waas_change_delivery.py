from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..defaults import without_defaults


class WaasChange(models.Model):
    """Chapter 7, changes: more workplaces, and devices that a change brings. Their rent
    begins on the day of the change or of the delivery, whichever is later."""

    _inherit = "waas.change"

    bundle_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Workplaces Like",
        compute="_compute_bundle_line_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('contract_id', '=', contract_id), "
        "('product_id.waas_role', '=', 'bundle'), ('is_canceled', '=', False)]",
        help="More of these, with the same upgrades.",
    )
    seat_count = fields.Integer(string="How Many More", default=1)
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="waas_change_id",
        string="Deliveries",
        readonly=True,
        groups="stock.group_stock_user",
    )

    _check_seats = models.Constraint(
        "CHECK (kind != 'seats' OR seat_count > 0)", "Add at least one workplace."
    )

    @api.depends("contract_id", "kind")
    def _compute_bundle_line_id(self):
        for change in self:
            bundles = change.contract_id._waas_get_bundle_lines()
            if change.kind != "seats":
                change.bundle_line_id = False
            elif change.bundle_line_id not in bundles:
                change.bundle_line_id = bundles[:1]
            else:
                change.bundle_line_id = change.bundle_line_id

    @api.depends("bundle_line_id", "seat_count")
    def _compute_line_ids(self):
        return super()._compute_line_ids()

    @api.model
    def _get_agreed_fields(self):
        return [*super()._get_agreed_fields(), "bundle_line_id", "seat_count"]

    def _prepare_lines(self):
        """More of the chosen workplaces, with their upgrades."""
        if self.kind != "seats":
            return super()._prepare_lines()
        bundle = self.bundle_line_id
        upgrades = self.contract_id.contract_line_ids.filtered(
            lambda line: line._waas_is_rent()
            and line.product_id.waas_role == "upgrade"
            and line._waas_get_bundle_line() == bundle
            and line.date_end == line.contract_id.date_end
        )
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "bundle_line_id": bundle.id,
                        "product_id": line.product_id.id,
                        "slot_id": line._waas_get_slot().id,
                        "quantity": self.seat_count
                        * (line._waas_get_slot().quantity or 1),
                    }
                )
                for line in bundle | upgrades
            ),
        ]

    def _get_no_lines_message(self):
        if self.kind == "seats":
            return self.env._("Choose the workplaces of which there are to be more.")
        return super()._get_no_lines_message()

    # === DELIVERY ===#

    def action_view_deliveries(self):
        """Open the deliveries of the devices that come with this change."""
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.display_name)

    def _get_devices(self):
        """How many of which devices the change brings: dict product -> number."""
        devices = {}
        for line in self.line_ids if self.kind in ("upgrade", "seats") else []:
            for product, quantity in line._get_devices():
                devices[product] = devices.get(product, 0) + quantity
        return devices

    def _start(self):
        if self._get_devices():
            return self._deliver()
        return super()._start()

    def _deliver(self):
        """Have the devices delivered; the change is applied when all are there."""
        change = self.sudo()  # everything was checked by the gate
        change._ensure_possible()
        change._make_delivery()
        change.state = "delivering"
        change.activity_unlink(["mail.mail_activity_data_todo"])
        change._tell_contract(
            self.env._(
                "waits for its devices: %(delivery)s",
                delivery=", ".join(change.picking_ids.mapped("name")),
            )
        )

    def _make_delivery(self):
        """One transfer to where the contract's devices are delivered, free of charge
        (R3) and without an order line."""
        order = self.order_id
        source = order.warehouse_id.lot_stock_id
        target = self.company_id.waas_location_id
        picking = without_defaults(self.env["stock.picking"]).create(
            {
                "picking_type_id": order.warehouse_id.out_type_id.id,
                "partner_id": order.partner_shipping_id.id,
                "company_id": self.company_id.id,
                "origin": f"{self.contract_id.name} {self.name}",
                "location_id": source.id,
                "location_dest_id": target.id,
                "scheduled_date": self.effective_date,
                "waas_change_id": self.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "location_final_id": target.id,
                            "company_id": self.company_id.id,
                        }
                    )
                    for product, quantity in self._get_devices().items()
                ],
            }
        )
        picking.action_confirm()
        return picking

    def _is_delivered(self):
        self.ensure_one()
        moves = self.picking_ids.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_id.is_waas
        )
        return bool(moves) and all(
            sum(move.quantity for move in moves if move.product_id == product)
            >= quantity
            for product, quantity in self._get_devices().items()
        )

    def _apply_delivered(self, date):
        """The devices are there: the rent begins. What keeps it from beginning does not
        keep them from being delivered; somebody is told."""
        for change in self.filtered(lambda change: change.state == "delivering"):
            if not change._is_delivered():
                continue
            try:
                with self.env.cr.savepoint():
                    change._ensure_still_agreed()
                    if date > change.effective_date:
                        change.effective_date = date
                    change._apply_now()
            except UserError as error:
                change._waas_tell(str(error))
                change._waas_schedule(
                    self.env._("Delivered, but the rent could not begin"),
                    change.user_id,
                )

    def action_apply(self):
        """What was delivered and could not be applied then, is applied now."""
        delivered = self.filtered(
            lambda change: change.state == "delivering"
            and change.sudo()._is_delivered()
        )
        for change in delivered:
            change._ensure_user()
            change.sudo()._ensure_still_agreed()
            today = change.company_id._waas_today()
            change.sudo().effective_date = max(change.effective_date, today)
            change._apply_now()
        if others := self - delivered:
            return super(WaasChange, others).action_apply()
        return True

    def _withdraw(self, reason):
        """Devices that are on their way are called back; those that are there, stay."""
        pickings_sudo = self.sudo().picking_ids  # who may cancel the change, may this
        if done := pickings_sudo.filtered(lambda picking: picking.state == "done"):
            raise UserError(
                self.env._(
                    "%(change)s cannot be cancelled: %(transfer)s is delivered. "
                    "Deliver the rest, or return these devices first.",
                    change=self.name,
                    transfer=done[0].name,
                )
            )
        pickings_sudo.action_cancel()
        return super()._withdraw(reason)


class WaasChangeLine(models.Model):
    _inherit = "waas.change.line"

    def _get_devices(self):
        """Pairs of a device and how many of it come with this line."""
        self.ensure_one()
        product = self.product_id
        if product.waas_role == "bundle":
            upgraded = self.change_id.line_ids.slot_id
            contents = [
                (slot.component_id, slot.quantity * self.quantity)
                for slot in product.waas_slot_ids - upgraded
            ]
        else:
            contents = [(product.waas_component_id, self.quantity)]
        return [pair for pair in contents if pair[0].waas_role == "device"]

    def _get_hardware_problem(self):
        contract = self.contract_id
        for device, _quantity in self._get_devices():
            if problem := device._waas_get_hardware_problem(
                contract.waas_reseller_id, contract.company_id
            ):
                return "hardware", problem
        return super()._get_hardware_problem()

    def _get_parent(self, made):
        """The line of the contract that this one belongs to.

        :param dict made: lines that were made for this change already
        """
        self.ensure_one()
        if self.product_id.waas_role == "bundle":
            return self.env["contract.line"]
        bundles = self.change_id.line_ids.filtered(
            lambda line: line.product_id.waas_role == "bundle" and line in made
        )
        return made[bundles] if bundles else self.bundle_line_id
