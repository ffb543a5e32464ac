"""What a contract rents out (R13)."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...schedule import get_last_day


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_device_ids = fields.One2many(
        comodel_name="stock.lot",
        inverse_name="waas_contract_id",
        string="Devices",
        readonly=True,
        groups="also_waas.group_waas_user",
    )
    waas_device_count = fields.Integer(
        string="Devices at Customer",
        compute="_compute_waas_device_count",
        # Stored: of two last deliveries at the same moment the second has to see the
        # first, or none would start the contract. Writing here makes the database ask.
        store=True,
        groups="also_waas.group_waas_user",
    )
    waas_device_expected_count = fields.Integer(
        string="Devices Rented",
        compute="_compute_waas_device_expected_count",
        groups="also_waas.group_waas_user",
    )
    waas_has_deliveries = fields.Boolean(
        compute="_compute_waas_has_deliveries",
        compute_sudo=True,
        groups="base.group_user",
    )
    waas_replacement_ids = fields.One2many(
        comodel_name="waas.replacement",
        inverse_name="contract_id",
        string="Replacements",
        readonly=True,
        groups="also_waas.group_waas_user",
    )

    # === COMPUTE METHODS ===#

    @api.depends("waas_device_ids")
    def _compute_waas_device_count(self):
        counts = dict(
            self.env["stock.lot"]._read_group(
                [("waas_contract_id", "in", self.ids)],
                ["waas_contract_id"],
                ["__count"],
            )
        )
        for contract in self:
            contract.waas_device_count = counts.get(contract, 0)

    def _compute_waas_has_deliveries(self):
        groups = self.env["stock.picking"]._read_group(
            [("waas_contract_id", "in", self.ids)], ["waas_contract_id"]
        )
        moved = self.browse().union(*(contract for (contract,) in groups))
        for contract in self:
            contract.waas_has_deliveries = contract in moved

    def _compute_waas_device_expected_count(self):
        for contract in self:
            contract.waas_device_expected_count = contract._waas_get_expected_count()

    # === ACTIONS ===#

    def action_view_waas_devices(self):
        """Open the devices that the contract rents out."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.stock_lot_action_devices"
        )
        return {
            **action,
            "domain": [("waas_contract_id", "=", self.id)],
            "context": {},
            "display_name": self.env._("Devices of %(contract)s", contract=self.name),
        }

    def action_view_waas_deliveries(self):
        """Open every transfer of the contract's devices, replacements included."""
        pickings = self.env["stock.picking"].search(
            [("waas_contract_id", "=", self.id)]
        )
        if not pickings | self.waas_order_id.picking_ids:
            raise UserError(
                self.env._(
                    "%(contract)s has nothing to deliver: it rents out no devices.",
                    contract=self.name,
                )
            )
        if pickings <= self.waas_order_id.picking_ids:
            return super().action_view_waas_deliveries()
        return self.waas_order_id._get_action_view_picking(pickings)

    def action_waas_replace_device(self):
        """Open the window that sends another device for a defective one."""
        self.ensure_one()
        if not self.waas_device_ids:
            raise UserError(
                self.env._(
                    "%(contract)s has no devices at the customer, so there is nothing "
                    "to replace.",
                    contract=self.name,
                )
            )
        return self._waas_get_replace_action()

    def action_waas_print_labels(self):
        """Print the labels of the devices that the contract rents out."""
        self.ensure_one()
        return self.waas_device_ids._waas_get_labels_action()

    def _waas_get_replace_action(self, device=None):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace a Device"),
            "res_model": "waas.device.replace",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_contract_id": self.id,
                "default_device_id": device.id if device else False,
            },
        }

    # === BUSINESS METHODS ===#

    def _waas_get_expected_count(self):
        """Hook: how many devices the contract rents out when all are delivered."""
        self.ensure_one()
        devices = self.waas_order_id.order_line._waas_get_device_lines()
        return round(sum(devices.mapped("product_uom_qty")))

    def _waas_get_missing_count(self):
        """How many devices the customer still has to get. One that was replaced and
        has not come back yet is none of the contract's number."""
        if not self:
            return 0
        replaced = self.waas_replacement_ids.filtered(
            lambda replacement: replacement.state == "delivered"
        ).device_id
        return self._waas_get_expected_count() - len(self.waas_device_ids - replaced)

    def _waas_ensure_room(self, move_lines):
        """:raises UserError: when more devices arrive than the contract rents out"""
        self.ensure_one()
        arriving = move_lines.filtered(
            lambda line: not line.picking_id.waas_replacement_id
        )
        missing = self._waas_get_missing_count()
        if len(arriving) > missing:
            raise UserError(
                self.env._(
                    "Contract %(contract)s rents out %(expected)s devices and waits "
                    "for %(missing)s of them, not for %(arriving)s: deliver no more. A "
                    "defective device comes back first, or is replaced from its form.",
                    contract=self.name,
                    expected=self._waas_get_expected_count(),
                    missing=max(missing, 0),
                    arriving=len(arriving),
                )
            )

    def _waas_get_planned_end(self, date):
        """Last day of the contract; of one that awaits its start, if it started on
        ``date``."""
        self.ensure_one()
        if self.waas_state == "awaiting":
            return get_last_day(date, self.waas_term_id.months)
        return self.date_end

    def _waas_after_activation(self, date):
        result = super()._waas_after_activation(date)
        self._waas_tell_warranty_gap()
        return result

    def _waas_tell_warranty_gap(self):
        """Say which devices waited for the others, so that their warranty ends before
        the contract does: for these days ALSO bears the risk (R13)."""
        waited = self.waas_device_ids.filtered(
            lambda device: device.waas_warranty_max_end
            and device.waas_warranty_max_end < self.date_end
        )
        for last_day, devices in waited.grouped("waas_warranty_max_end").items():
            self._waas_tell(
                self.env._(
                    "Delivered before the contract began, so under warranty until "
                    "%(warranty)s at most, and rented until %(end)s: %(devices)s. For "
                    "the days between %(company)s bears the risk.",
                    warranty=format_date(self.env, last_day),
                    end=format_date(self.env, self.date_end),
                    devices=", ".join(devices.mapped("display_name")),
                    company=self.company_id.name,
                )
            )

    def _waas_get_warranty_problem(self, device, date):
        """Why a device delivered on ``date`` cannot stay until the contract ends, as a
        sentence, or False (R12)."""
        self.ensure_one()
        end = self._waas_get_planned_end(date)
        warranty_end = device._waas_get_warranty_max_end(date)
        if not end or (warranty_end and warranty_end >= end):
            return False
        if not warranty_end:
            return self.env._(
                "%(device)s has no warranty, and contract %(contract)s runs until "
                "%(end)s: choose another device, or enter the warranty on the "
                "product.",
                device=device.display_name,
                contract=self.name,
                end=format_date(self.env, end),
            )
        return self.env._(
            "%(device)s can be kept under warranty until %(warranty)s, contract "
            "%(contract)s runs until %(end)s: choose a device with a longer "
            "possible warranty, or correct it on the device.",
            device=device.display_name,
            warranty=format_date(self.env, warranty_end),
            contract=self.name,
            end=format_date(self.env, end),
        )

    def _waas_tell_return(self, devices, picking):
        """Say in the contract's chatter which devices came back."""
        if not self:
            return
        self._waas_tell(
            self.env._(
                "Back from the customer with %(transfer)s: %(devices)s.",
                transfer=picking.name,
                devices=", ".join(devices.mapped("display_name")),
            )
        )

    def _waas_tell(self, text):
        """Leave an internal note on the contract."""
        self.ensure_one()
        self.message_post(body=Markup("<p>%s</p>") % text, subtype_xmlid="mail.mt_note")
