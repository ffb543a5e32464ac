from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...defaults import without_defaults


class WaasReplacement(models.Model):
    """Another device for a defective one. The contract continues, its dates and its
    installments stay; both devices keep their history."""

    _name = "waas.replacement"
    _description = "WaaS Device Replacement"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_names_search = ["device_id", "replacement_id"]
    _check_company_auto = True

    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True
    )
    holder_id = fields.Many2one(
        related="contract_id.partner_id",
        string="End Customer",
        store=True,
        index="btree_not_null",
    )
    device_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Defective Device",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    replacement_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Replaced By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    manufacturer_id = fields.Many2one(
        related="device_id.waas_manufacturer_id", store=True
    )
    reason = fields.Text(required=True, readonly=True)
    delivery_id = fields.Many2one(
        comodel_name="stock.picking",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Brings the other device.",
    )
    receipt_id = fields.Many2one(
        comodel_name="stock.picking",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Takes the defective device back.",
    )
    transfer_ids = fields.One2many(
        comodel_name="stock.picking", inverse_name="waas_replacement_id", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("open", "Under Way"),
            ("delivered", "Defective One to Come Back"),
            ("received", "Replacement to Deliver"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )

    _unique_device = models.UniqueIndex(
        "(device_id) WHERE state IN ('open', 'delivered', 'received')",
        "This device is being replaced already.",
    )
    _unique_replacement = models.UniqueIndex(
        "(replacement_id) WHERE state IN ('open', 'received')",
        "This device is on its way to a customer already.",
    )
    _check_devices = models.Constraint(
        "CHECK (device_id != replacement_id)",
        "A device cannot replace itself: choose another one.",
    )

    # === COMPUTE METHODS ===#

    # By the transfers, which name their replacement: by the other two fields, each
    # transfer of the company would be looked for among the replacements.
    @api.depends("delivery_id", "receipt_id", "transfer_ids.state")
    def _compute_state(self):
        for replacement in self:
            states = replacement.delivery_id.state, replacement.receipt_id.state
            if states == ("done", "done"):
                replacement.state = "done"
            elif "cancel" in states:
                replacement.state = "cancelled"
            elif states[0] == "done":
                replacement.state = "delivered"
            elif states[1] == "done":
                replacement.state = "received"
            else:
                replacement.state = "open"

    @api.depends("device_id", "replacement_id")
    def _compute_display_name(self):
        for replacement in self:
            replacement.display_name = self.env._(
                "%(replacement)s for %(device)s",
                replacement=replacement.replacement_id.display_name,
                device=replacement.device_id.display_name,
            )

    # === ACTIONS ===#

    def action_view_transfers(self):
        """Open the delivery and the receipt."""
        self.ensure_one()
        pickings = self.delivery_id | self.receipt_id
        return pickings._get_records_action(name=self.display_name)

    # === BUSINESS METHODS ===#

    @api.model
    def _start(self, device, replacement, reason):
        """Plan the delivery of one device and the receipt of the other.

        :param device: ``stock.lot`` at the customer, defective
        :param replacement: ``stock.lot`` in stock
        :raises UserError: when it cannot replace the other
        """
        today = device.waas_contract_id.company_id._waas_today()
        if problem := self._get_start_problem(device, replacement, reason, today):
            raise UserError(problem)
        # Users cannot create replacements; the wizard checked the right.
        new = self.sudo().create(
            {
                "contract_id": device.waas_contract_id.id,
                "device_id": device.id,
                "replacement_id": replacement.id,
                "reason": reason.strip(),
            }
        )
        new._plan_transfers()
        new.contract_id._waas_tell(
            self.env._(
                "%(device)s is to be replaced by %(replacement)s: %(reason)s",
                device=device.display_name,
                replacement=replacement.display_name,
                reason=new.reason,
            )
        )
        return new.with_env(self.env)

    @api.model
    def _get_start_problem(self, device, replacement, reason, date):
        """Why this replacement cannot begin, as a sentence, or False."""
        contract = device.waas_contract_id
        if not contract:
            return device._waas_get_not_rented_message()
        if contract.waas_state not in ("awaiting", "running"):
            return self.env._(
                "Contract %(contract)s is over: take %(device)s back instead of "
                "replacing it.",
                contract=contract.name,
                device=device.display_name,
            )
        if not (reason or "").strip():
            return self.env._("Enter why the device is replaced.")
        # Of any company: a device is replaced once.
        if self.sudo().search_count(
            [
                ("device_id", "=", device.id),
                ("state", "in", ("open", "delivered", "received")),
            ],
            limit=1,
        ):
            return self.env._(
                "%(device)s is being replaced already: see the transfers of contract "
                "%(contract)s.",
                device=device.display_name,
                contract=contract.name,
            )
        if not replacement._waas_is_free(contract.company_id):
            return self.env._(
                "%(device)s is not free in stock: choose a serial number that is, or "
                "receive one first.",
                device=replacement.display_name,
            )
        return self._get_device_problem(contract, replacement, date)

    @api.model
    def _get_device_problem(self, contract, replacement, date):
        """Why a device cannot go to the customer of a contract (R12, R14)."""
        product = replacement.product_id
        if product.waas_role != "device":
            return self.env._(
                "%(product)s is no WaaS device, so it cannot replace one.",
                product=product.display_name,
            )
        problem = product._waas_get_hardware_problem(
            contract.waas_reseller_id, contract.company_id, date
        )
        return problem or contract._waas_get_warranty_problem(replacement, date)

    def _plan_transfers(self):
        """Two transfers without an order line: what the order delivered stays so."""
        self.ensure_one()
        warehouse = self.contract_id.waas_order_id.warehouse_id
        customer = self.company_id.waas_location_id
        source = self.replacement_id.quant_ids.filtered(
            lambda quant: quant.quantity > 0 and quant.location_id.usage == "internal"
        ).location_id[:1]
        self.delivery_id = self._make_transfer(
            warehouse.out_type_id, source, customer, self.replacement_id
        )
        self.receipt_id = self._make_transfer(
            warehouse.in_type_id,
            customer,
            warehouse._waas_get_return_location(),
            self.device_id,
        )
        for picking in self.delivery_id | self.receipt_id:
            picking.move_ids._action_confirm(merge=False)
            picking.action_assign()

    def _make_transfer(self, picking_type, source, target, device):
        order = self.contract_id.waas_order_id
        return without_defaults(self.env["stock.picking"]).create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": order.partner_shipping_id.id,
                "company_id": self.company_id.id,
                "origin": self.contract_id.name,
                "location_id": source.id,
                "location_dest_id": target.id,
                "waas_replacement_id": self.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": device.product_id.id,
                            "product_uom": device.product_id.uom_id.id,
                            "product_uom_qty": 1,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                            "location_final_id": target.id,
                            "company_id": self.company_id.id,
                        }
                    )
                ],
            }
        )

    def _get_device(self, picking):
        """The device that one of the two transfers moves."""
        self.ensure_one()
        if picking == self.receipt_id:
            return self.device_id
        return self.replacement_id

    def _get_receipt_problem(self, line):
        """Why this line of the receipt is wrong, or False."""
        if (
            self
            and line.picking_id == self.receipt_id
            and line.lot_id != self.device_id
        ):
            return self.env._(
                "%(transfer)s takes %(expected)s back, not %(device)s: choose that "
                "serial number. Another device is replaced from its own form.",
                transfer=line.picking_id.name,
                expected=self.device_id.display_name,
                device=line.lot_id.display_name,
            )
        return False

    def _get_delivery_problem(self, line):
        """Why this device cannot be delivered for the other one, or False."""
        self.ensure_one()
        if (
            line.picking_id != self.delivery_id
            or len(self.delivery_id.move_line_ids) > 1
        ):
            return self.env._(
                "%(transfer)s brings one device for %(device)s: remove the others.",
                transfer=line.picking_id.name,
                device=self.device_id.display_name,
            )
        today = self.company_id._waas_today()
        return self._get_device_problem(self.contract_id, line.lot_id, today)

    def _note_delivery(self, device):
        """Keep which device was delivered indeed: the warehouse may have taken another
        one than was planned."""
        if not (self and device):
            return
        self.replacement_id = device
        self.contract_id._waas_tell(
            self.env._(
                "%(replacement)s was delivered for %(device)s with %(transfer)s.",
                replacement=device.display_name,
                device=self.device_id.display_name,
                transfer=self.delivery_id.name,
            )
        )
