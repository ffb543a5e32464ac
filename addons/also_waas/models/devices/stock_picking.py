"""The delivery of its last device starts a contract."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_replacement_id = fields.Many2one(
        comodel_name="waas.replacement",
        string="Replacement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        check_company=True,
    )
    waas_contract_id = fields.Many2one(
        comodel_name="contract.contract",
        string="WaaS Contract",
        compute="_compute_waas_contract_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The contract whose devices this transfer moves.",
        check_company=True,
    )

    waas_is_unsuitable = fields.Boolean(
        compute="_compute_waas_is_unsuitable",
        groups="base.group_user",
        help="The warranty of a reserved device ends before the contract.",
    )

    @api.depends("state", "move_line_ids.lot_id")
    def _compute_waas_is_unsuitable(self):
        for picking in self:
            picking.waas_is_unsuitable = bool(picking._waas_get_unsuitable_lines())

    @api.depends(
        "waas_replacement_id",
        "move_ids.sale_line_id",
        "move_ids.origin_returned_move_id",
    )
    def _compute_waas_contract_id(self):
        for picking in self:
            contracts = self.env["contract.contract"]
            for move in picking.move_ids:
                contracts |= move._waas_get_contract()
            picking.waas_contract_id = contracts[:1]

    @api.model
    def _waas_refuse_system_fields(self, names):
        """Its transfers are allowed what others are not."""
        raise AccessError(
            self.env._(
                "The transfers of a replacement are created by the replacement: "
                "open the device and replace it."
            )
        )

    @api.constrains("partner_id")
    def _check_waas_address(self):
        """Devices go where the deal says (R2)."""
        outgoing = self.filtered(
            lambda picking: picking.waas_contract_id
            and picking.picking_type_code == "outgoing"
            and picking.state not in ("done", "cancel")
        )
        for picking in outgoing:
            # Who moves devices need not read deals.
            order_sudo = picking.waas_contract_id.sudo().waas_order_id
            address = picking.partner_id
            if problem := order_sudo._waas_get_delivery_problem(address):
                raise ValidationError(problem)

    def action_waas_print_labels(self):
        """Print the labels of the devices of this transfer."""
        return self.move_line_ids.lot_id._waas_get_labels_action()

    def action_waas_reserve_anew(self):
        """Reserve other devices for those whose warranty is over before the contract
        is: as days pass, one that was long enough may be no more (R12)."""
        for picking in self:
            lines = picking._waas_get_unsuitable_lines()
            if not lines:
                raise UserError(
                    self.env._(
                        "All devices of %(transfer)s can stay as long as they are "
                        "rented: there is nothing to reserve anew.",
                        transfer=picking.name,
                    )
                )
            moves = lines.move_id
            kept = (moves.move_line_ids - lines).filtered("picked")
            lines.unlink()
            moves.picked = False  # nothing is reserved for what is on the pallet
            picking.action_assign()
            kept.picked = True
        return True

    def _waas_get_unsuitable_lines(self):
        """What is reserved for a customer and has a clock that runs too short."""
        lines = self.env["stock.move.line"]
        if not self.waas_contract_id or self.waas_replacement_id:
            return lines
        if self.state in ("done", "cancel"):
            return lines
        return self.move_line_ids.filtered(
            lambda line: line.lot_id.waas_warranty_start
            and not line.lot_id.waas_contract_id
            and (date := line.move_id._waas_get_kept_until())
            and (
                not line.lot_id.waas_warranty_max_end
                or line.lot_id.waas_warranty_max_end < date
            )
        )

    def _action_done(self):
        result = super()._action_done()
        for picking in self:
            orders = picking.move_ids.sale_line_id.order_id.filtered("is_waas")
            # The warehouse delivers for an order that it may not read.
            orders |= picking.waas_replacement_id.sudo().contract_id.waas_order_id
            if orders:
                date = picking.company_id._waas_get_day(picking.date_done)
                orders._waas_start_if_delivered(date)
        self._waas_watch_delivery()
        return result

    def _waas_watch_delivery(self):
        """A to-do of the system: who moves goods cannot read what contracts wait
        for."""
        if contracts := self.waas_contract_id:
            contracts.sudo()._waas_watch_delivery()
