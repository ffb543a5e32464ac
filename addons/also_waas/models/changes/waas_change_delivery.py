from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...defaults import without_defaults


class WaasChange(models.Model):
    """More workplaces, and devices that a change brings. Their rent begins on the day
    of the change or of the delivery, whichever is later."""

    _inherit = "waas.change"

    bundle_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Copy From",
        compute="_compute_bundle_line_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('contract_id', '=', contract_id), "
        "('product_id.waas_role', '=', 'bundle'), ('is_canceled', '=', False)]",
        help="More of these, with the same upgrades.",
        check_company=True,
        index="btree_not_null",
    )
    seat_count = fields.Integer(string="Additional Workplaces", default=1)
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="waas_change_id",
        string="Deliveries",
        readonly=True,
        groups="stock.group_stock_user",
    )

    withdrawn_on = fields.Datetime(
        string="Called Back On",
        readonly=True,
        copy=False,
        tracking=True,
        help="The change will not happen: it is cancelled when its devices are back.",
    )
    has_devices_there = fields.Boolean(compute="_compute_has_devices_there")
    may_call_back = fields.Boolean(
        compute="_compute_has_devices_there",
        help="Devices of the change are with the customer, and no return waits for "
        "them.",
    )
    is_lacking = fields.Boolean(
        compute="_compute_has_devices_there",
        help="Devices are missing, and no transfer brings them.",
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

    @api.depends("state", "withdrawn_on", "contract_id.waas_device_ids")
    def _compute_has_devices_there(self):
        for change in self:
            delivering = change.state == "delivering" and change.sudo()  # a yes or no
            change.has_devices_there = bool(
                delivering and delivering._get_devices_there()
            )
            change.may_call_back = bool(
                delivering and delivering._get_devices_to_call_back()
            )
            change.is_lacking = bool(
                delivering
                and not delivering.withdrawn_on
                and delivering._get_lacking_devices()
            )

    # === ACTIONS ===#

    def action_view_deliveries(self):
        """Open the deliveries of the devices that come with this change."""
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.display_name)

    def action_deliver_rest(self):
        """Deliver what was not delivered and is not on its way."""
        self.ensure_one()
        self._ensure_user()
        return self.contract_id.action_waas_deliver_rest()

    # === DELIVERY ===#

    def _get_open_pickings(self):
        return self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _get_devices_there(self):
        """The devices that came with this change and are with the customer, or what
        was sent for them since; as superuser."""
        self.ensure_one()
        arrived = self.picking_ids.move_line_ids.filtered(
            lambda line: line.state == "done" and line.location_dest_id.is_waas
        ).lot_id
        replaced = self.contract_id.waas_replacement_ids.filtered(
            lambda replacement: replacement.delivery_id.state == "done"
        )
        for replacement in replaced.sorted("id"):
            if replacement.device_id in arrived:
                arrived += replacement.replacement_id - arrived
                arrived -= replacement.device_id
        return arrived.filtered(
            lambda device: device.waas_contract_id == self.contract_id
        )

    def _get_missing_devices(self):
        """How many of which devices are not with the customer: product -> number."""
        there = self._get_devices_there().grouped("product_id")
        missing = {
            product: quantity - len(there.get(product, ()))
            for product, quantity in self._get_devices().items()
        }
        return {product: number for product, number in missing.items() if number > 0}

    def _get_lacking_devices(self):
        """How many of which devices no transfer brings: product -> number."""
        coming = self._get_open_pickings().move_ids.filtered(
            lambda move: move.location_dest_id.is_waas
            and move.state not in ("done", "cancel")
        )
        planned = coming.grouped("product_id")
        lacking = {
            product: number
            - round(sum(planned.get(product, coming[:0]).mapped("product_uom_qty")))
            for product, number in self._get_missing_devices().items()
        }
        return {product: number for product, number in lacking.items() if number > 0}

    def _get_devices(self):
        """How many of which devices the change brings: dict product -> number."""
        devices = {}
        for line in self.line_ids if self._get_kind().brings_devices else []:
            for product, quantity in line._get_devices():
                devices[product] = devices.get(product, 0) + quantity
        return devices

    def _deliver(self):
        """Have the devices delivered; the change is applied when all are there."""
        change = self.sudo()  # everything was checked by the gate
        change._ensure_possible()
        change._make_delivery(change._get_devices())
        change.state = "delivering"
        change._waas_drop_todos()
        change._tell_contract(
            self.env._(
                "waits for its devices: %(delivery)s",
                delivery=", ".join(change.picking_ids.mapped("name")),
            )
        )

    def _make_delivery(self, devices):
        """One transfer to where the contract's devices are delivered, free of charge
        (R3) and without an order line.

        :param dict devices: product -> number
        """
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
                    for product, quantity in devices.items()
                ],
            }
        )
        picking.action_confirm()
        return picking

    def _is_delivered(self):
        """Whether all devices of the change are there: one that came back is not."""
        self.ensure_one()
        return (
            not self.withdrawn_on
            and bool(self._get_devices())
            and not self._get_missing_devices()
        )

    def _apply_delivered(self, date):
        """Apply the changes whose devices are there. A change that cannot be applied
        does not block the delivery; its responsible gets a to-do.

        :param date date: of the delivery
        """
        for change in self.filtered(lambda change: change.state == "delivering"):
            if not change._is_delivered():
                continue
            try:
                with self.env.cr.savepoint():
                    change._begin_rent(date)
            except UserError as error:
                change._waas_tell(str(error))
                change._waas_todo("change_delivered", change.user_id, note=str(error))

    def _begin_rent(self, date):
        """Apply a delivered change, from this day on at the earliest."""
        self._ensure_still_agreed()
        if date > self.effective_date:
            self.effective_date = date
        self._apply()
