"""The guard. A rented device moves between ALSO and its customer only, with
transfers of its contract (R13)."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "waas.readable.mixin"]

    # The history of a device looks for its moves.
    lot_id = fields.Many2one(index="btree_not_null")
    waas_contract_id = fields.Many2one(
        related="picking_id.waas_contract_id", string="WaaS Contract"
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("lot_id", "location_id", "location_dest_id")
    def _check_waas_held(self):
        """Refuse when the device is chosen or reserved, not only when it is moved."""
        for line in self:
            if (
                line.lot_id.waas_contract_id
                and line.state not in ("done", "cancel")
                and (problem := line._waas_get_held_problem())
            ):
                raise UserError(problem)

    # === BUSINESS METHODS ===#

    def _action_done(self):
        guarded = self.filtered(
            lambda line: (
                line.location_id.is_waas
                or line.location_dest_id.is_waas
                or line.lot_id.waas_contract_id
                or line._waas_get_astray_problem()
            )
            and line.product_uom_id.compare(line.quantity, 0) > 0
        )
        if guarded:
            guarded._waas_ensure_may_move()
            # Before the stock itself is moved: it is checked against what is known
            # here.
            guarded._waas_hand_over()
        return super()._action_done()

    def _waas_ensure_may_move(self):
        """:raises UserError: when a device may not go this way; all of them at once"""
        problems = [
            line._waas_get_held_problem()
            or line._waas_get_arrival_problem()
            or line._waas_get_astray_problem()
            for line in self
        ]
        if problems := dict.fromkeys(filter(None, problems)):
            raise UserError("\n".join(problems))
        arriving = self.filtered("location_dest_id.is_waas")
        for contract, lines in arriving._waas_group_by_contract():
            contract._waas_ensure_room(lines)

    def _waas_group_by_contract(self):
        """Pairs of a contract and the lines of its source documents."""
        return self.grouped(lambda line: line.move_id._waas_get_contract()).items()

    def _waas_get_held_problem(self):
        """Why the device that a contract holds may not move like this, or False."""
        self.ensure_one()
        contract_sudo = self.lot_id.sudo().waas_contract_id
        source, target = self.location_id, self.location_dest_id
        if not contract_sudo:
            return False
        if not source.is_waas or self.move_id._waas_get_contract() != contract_sudo:
            return self.env._(
                "%(device)s is rented out to %(customer)s on contract %(contract)s, so "
                "it cannot be moved, sold, scrapped or counted. It comes back "
                "with Return on its delivery, or by replacing it.",
                device=self.lot_id.display_name,
                customer=contract_sudo.partner_id.display_name,
                contract=contract_sudo.name,
            )
        if (
            target.is_waas
            or not target._should_be_valued()
            or target.company_id != source.company_id
        ):
            return self.env._(
                "%(device)s stays %(company)s's property: from the customer it "
                "comes back to %(company)s's own stock, not to %(location)s.",
                device=self.lot_id.display_name,
                company=source.company_id.name,
                location=target.display_name,
            )
        return self.picking_id.waas_replacement_id.sudo()._get_receipt_problem(self)

    def _waas_get_arrival_problem(self):
        """Why nothing may reach a customer like this, or False."""
        self.ensure_one()
        if not self.location_dest_id.is_waas:
            return False
        contract_sudo = self.move_id._waas_get_contract()
        if not contract_sudo or contract_sudo.company_id != self.company_id:
            return self.env._(
                "%(product)s cannot go to %(location)s: only the devices of a WaaS "
                "order do, on its delivery. Remove the line, or send it as an ordinary "
                "delivery.",
                product=self.product_id.display_name,
                location=self.location_dest_id.display_name,
            )
        if contract_sudo.waas_state not in ("awaiting", "running"):
            return self.env._(
                "Contract %(contract)s is over: nothing is delivered on it any more.",
                contract=contract_sudo.name,
            )
        if not self.lot_id:
            return self.env._(
                "Choose the serial number of each %(product)s that goes to the "
                "customer: one that is in stock.",
                product=self.product_id.display_name,
            )
        if replacement_sudo := self.picking_id.waas_replacement_id.sudo():
            return replacement_sudo._get_delivery_problem(self)
        # For new devices the catalogue has answered; a used one has a clock that runs.
        return self.lot_id.waas_warranty_start and (
            contract_sudo._waas_get_warranty_problem(
                self.lot_id, self.company_id._waas_today()
            )
        )

    def _waas_get_astray_problem(self):
        """Why the delivery of a contract takes nothing out of the stock like this, or
        False: it goes to where rented devices are."""
        self.ensure_one()
        target = self.location_dest_id
        if not self.picking_id.waas_contract_id:
            return False
        if self.picking_type_id.code != "outgoing" or self.location_id.is_waas:
            return False
        if target.is_waas or target._should_be_valued():
            return False
        contract_sudo = self.move_id._waas_get_contract()
        if not contract_sudo:
            return False
        return self.env._(
            "%(product)s is rented out on contract %(contract)s and stays "
            "%(company)s's property: it goes to the location of rented devices, "
            "not to %(location)s.",
            product=self.product_id.display_name,
            contract=contract_sudo.name,
            company=self.company_id.name,
            location=target.display_name,
        )

    def _waas_hand_over(self):
        """Give arriving devices to their contract, take leaving ones from it."""
        # Who moves goods has no rights on contracts; what may be was checked.
        for picking, lines_sudo in self.sudo().grouped("picking_id").items():
            today = lines_sudo[:1].company_id._waas_today()
            arriving = lines_sudo.filtered("location_dest_id.is_waas")
            for contract, lines in arriving._waas_group_by_contract():
                lines.lot_id._waas_arrive(contract, today)
            picking.waas_replacement_id._note_delivery(arriving.lot_id)
            leaving = (lines_sudo - arriving).filtered("location_id.is_waas").lot_id
            for contract, lots in leaving.grouped("waas_contract_id").items():
                lots._waas_leave(today)
                contract._waas_tell_return(lots, picking)
