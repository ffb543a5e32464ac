"""The contract for which a device moves."""

import math
from collections import Counter

from odoo import fields, models
from odoo.exceptions import AccessError

from .stock_quant import Ahead, KeptUntil, ReservedFor, Wanted


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "waas.guarded.mixin", "waas.readable.mixin"]

    def _waas_get_contract(self):
        """The contract of the source document, as superuser: who moves goods need not
        read contracts."""
        self.ensure_one()
        return self.sudo()._waas_find_contract()

    def _waas_find_contract(self):
        """Hook, called as superuser: the contract of a delivery of its order, of a
        replacement, or of what is returned of these."""
        move = self._waas_get_first_move()
        if line := move.sale_line_id._waas_get_device_lines():
            return line.order_id.waas_contract_ids
        if move.sale_line_id:
            return self.env["contract.contract"]
        return move.picking_id.waas_replacement_id.contract_id

    def _waas_get_first_move(self):
        """Of a returned return, what was delivered first; else the move itself."""
        move = self
        while move.origin_returned_move_id and not move.sale_line_id:
            move = move.origin_returned_move_id
        return move

    def write(self, vals):
        if "sale_line_id" in vals and not self.env.su:
            self._waas_ensure_may_relink(vals["sale_line_id"])
        return super().write(vals)

    def _waas_ensure_may_relink(self, line_id):
        """By the line of its order, a contract knows what was delivered on it."""
        line = self.env["sale.order.line"].browse(line_id or [])
        for move in self.filtered(lambda move: move.sale_line_id != line):
            if (move.sale_line_id | line)._waas_get_device_lines():
                raise AccessError(
                    self.env._(
                        "%(transfer)s delivers what a WaaS deal agreed: it stays on "
                        "its order. Cancel it when it is not to be delivered.",
                        transfer=move.picking_id.display_name or move.display_name,
                    )
                )

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Reserve the very device a replacement names, for customers what can stay
        until their contract ends, and back from customers only what the contract of
        the source document holds."""
        if replacement := self.picking_id.waas_replacement_id:
            # The warehouse moves for a replacement that it may not read.
            lot_id = replacement.sudo()._get_device(self.picking_id)
        move = self
        if location_id.is_waas:
            reserved_for = ReservedFor(self._waas_get_contract().id or 0)
            move = self.with_context(waas_reserved_for=reserved_for)
        elif not lot_id:
            if date := self._waas_get_kept_until():
                move = move.with_context(waas_kept_until=KeptUntil(date))
            if self._waas_takes_first():
                move = move.with_context(waas_wanted=Wanted(math.ceil(need)))
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _action_assign(self, force_qty=False):
        """Look up the free serial numbers for all moves at once, not for each."""
        moves = self.filtered(lambda move: move._waas_takes_first())
        if len(moves) > 1:
            numbers = Counter()
            for move in moves:
                numbers[move.product_id.id] += math.ceil(move.product_qty)
            self = self.with_context(waas_ahead=Ahead(numbers, {}))
        return super()._action_assign(force_qty)

    def _waas_takes_first(self):
        """Whether this move takes the first free serial numbers, whichever they are."""
        product = self.product_id
        return (
            product.waas_role == "device"
            and product.tracking == "serial"
            and product.categ_id.packaging_reserve_method != "full"
        )

    def _waas_get_kept_until(self):
        """The last day on which the customer has what this move delivers, or picks for
        its delivery; False where no contract says so (R12)."""
        self.ensure_one()
        if not (self.location_final_id or self.location_dest_id).is_waas:
            return False
        # Who packs need not read contracts.
        contract_sudo = self._waas_get_contract().sudo()
        if not contract_sudo:
            return False
        company = contract_sudo.company_id
        # A contract that awaits its start runs from the day of delivery.
        planned = company._waas_get_day(self.date or fields.Datetime.now())
        date = max(planned, company._waas_today())
        return contract_sudo._waas_get_planned_end(date)

    def _action_cancel(self):
        """Cancelling one transfer of a replacement cancels the other one."""
        moves = self.filtered(lambda move: move.state not in ("done", "cancel"))
        # The warehouse moves for a replacement that it may not read.
        replacements_sudo = moves.picking_id.waas_replacement_id.sudo()
        replacements_sudo._ensure_may_cancel()
        result = super()._action_cancel()
        replacements_sudo._cancel_other_half()
        moves.picking_id._waas_watch_delivery()
        return result
