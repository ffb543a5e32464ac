"""Devices that a contract waits for, and that no transfer brings any more. They
leave a to-do, and can be delivered by another transfer."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_lacking_count = fields.Integer(
        string="Devices Not on Their Way",
        compute="_compute_waas_lacking_count",
        groups="also_waas.group_waas_user",
        help="The contract waits for these, and no transfer brings them.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("waas_state", "waas_device_ids")
    def _compute_waas_lacking_count(self):
        for contract in self:
            contract.waas_lacking_count = contract._waas_get_lacking_count()

    # === ACTIONS ===#

    def action_waas_deliver_rest(self):
        """Make the deliveries of the devices that nothing brings."""
        for contract in self:
            contract.check_access("read")
            if not self.env.user.has_group("also_waas.group_waas_user"):
                raise AccessError(
                    self.env._("Only WaaS users have the rest of a contract delivered.")
                )
            if not contract._waas_get_lacking_count():
                raise UserError(
                    self.env._(
                        "All devices of %(contract)s are delivered or on their way.",
                        contract=contract.name,
                    )
                )
            contract.sudo()._waas_deliver_rest()  # checked above
            if contract._waas_get_lacking_count():
                raise UserError(
                    self.env._(
                        "The rest of %(contract)s could not be put on a delivery: "
                        "unlock %(order)s and check the routes of its products.",
                        contract=contract.name,
                        order=contract.waas_order_id.name,
                    )
                )
        # The to-do is the system's.
        self.sudo()._waas_watch_delivery()
        return self.action_view_waas_deliveries()

    # === BUSINESS METHODS ===#

    def _waas_deliver_rest(self):
        """Hook: plan what is missing anew, as superuser."""
        if self.waas_state == "awaiting":
            devices = self.waas_order_id.order_line._waas_get_device_lines()
            devices._action_launch_stock_rule()

    def _waas_get_lacking_count(self):
        """Hook: how many devices the contract waits for that no transfer brings."""
        self.ensure_one()
        contract_sudo = self.sudo()  # a number, for users who see the contract
        if contract_sudo.waas_state != "awaiting":
            return 0
        missing = contract_sudo._waas_get_missing_count()
        return max(missing - contract_sudo._waas_get_coming_count(), 0)

    def _waas_get_coming_count(self):
        """How many devices are on their way to the customer: of each chain of moves,
        the one whose turn it is."""
        over = ("done", "cancel")
        moves = self.env["stock.move"].search(
            [
                ("picking_id.waas_contract_id", "=", self.id),
                ("picking_id.waas_replacement_id", "=", False),
                ("state", "not in", over),
                ("product_id.waas_role", "=", "device"),
                ("move_orig_ids", "not any", [("state", "not in", over)]),
                "|",
                ("location_dest_id.is_waas", "=", True),
                ("location_final_id.is_waas", "=", True),
            ]
        )
        return round(sum(moves.mapped("product_uom_qty")))

    def _waas_watch_delivery(self):
        """After a transfer was done or cancelled, as superuser: the responsible of the
        contract is notified of devices that will not come."""
        for contract in self:
            if lacking := contract._waas_get_lacking_count():
                contract._waas_todo(
                    "devices_missing",
                    contract._waas_get_responsible(),
                    note=contract._waas_describe_lacking(lacking),
                )
            else:
                contract._waas_todo_drop("devices_missing")

    def _waas_describe_lacking(self, lacking):
        """What waits and what to do, as a function of the reader's environment."""
        return lambda env: env._(
            "%(lacking)s of %(expected)s devices have not been delivered, and no "
            "transfer brings them: their rent does not begin. Press Deliver the Rest "
            "on %(contract)s. If they are not wanted any more, take back what is there "
            "and cancel what was agreed.",
            lacking=lacking,
            expected=self._waas_get_expected_count(),
            contract=self.name,
        )
