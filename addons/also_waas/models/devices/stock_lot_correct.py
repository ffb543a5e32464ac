"""Another device than the delivery says was in the box. The delivery is corrected:
what is at the customer is rented out, what never left is free. Where two customers
have the device of each other, both deliveries are."""

from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class Stay(NamedTuple):
    """Where a device is by its last delivery; of one that lies in stock, its shelf."""

    contract: Any
    delivered_on: Any
    line: Any  # stock.move.line that brought it to the customer
    shelf: Any  # stock.location it came from, or lies in


class StockLot(models.Model):
    _inherit = "stock.lot"

    # === ACTIONS ===#

    def action_waas_correct(self):
        """Open the window that says which device was delivered instead of this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct the Delivery"),
            "res_model": "waas.device.correct",
            "view_mode": "form",
            "target": "new",
            "context": {"default_device_id": self.id},
        }

    # === BUSINESS METHODS ===#

    @api.private
    def _waas_correct_delivery(self, actual, reason):
        """Not this device was delivered but ``actual``, of the same product.

        :param actual: ``stock.lot`` that lies in stock on paper, or is with another
            customer, who then has this one
        :param str reason: how it was found out
        :raises UserError: when the delivery cannot be corrected like this
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only warehouse users correct deliveries."))
        (self | actual).check_access("write")
        reason = (reason or "").strip()
        if problem := self._waas_get_correction_problem(actual, reason):
            raise UserError(problem)
        # Checked above; who has a device is a system field.
        self.sudo()._waas_swap(actual.sudo(), reason)

    def _waas_get_correction_problem(self, actual, reason):
        """Hook: why the delivery cannot be corrected, as a sentence, or False."""
        # The right to correct a delivery carries over.
        device_sudo, actual_sudo = self.sudo(), actual.sudo()
        contract_sudo = device_sudo.waas_contract_id
        if not contract_sudo:
            return self.env._(
                "%(device)s is not with a customer, so there is no delivery to "
                "correct.",
                device=self.display_name,
            )
        if not reason:
            return self.env._("Enter how it was noticed: it is kept on record.")
        if actual.product_id != self.product_id or actual == self:
            return self.env._(
                "Choose another serial number of %(product)s: what is of another "
                "product is exchanged by replacing %(device)s.",
                product=self.product_id.display_name,
                device=self.display_name,
            )
        if actual_sudo.waas_contract_id:
            return self._waas_get_crossing_problem(actual_sudo)
        if not actual._waas_is_free(contract_sudo.company_id):
            return self.env._(
                "%(device)s is not free in stock of %(company)s: unreserve it, or "
                "receive it first.",
                device=actual.display_name,
                company=contract_sudo.company_id.name,
            )
        return contract_sudo._waas_get_warranty_problem(
            actual_sudo, device_sudo.waas_delivered_on
        )

    def _waas_get_crossing_problem(self, actual_sudo):
        """Why two deliveries cannot have brought the device of each other, as a
        sentence, or False."""
        # The right to correct a delivery carries over.
        device_sudo = self.sudo()
        contract, other = device_sudo.waas_contract_id, actual_sudo.waas_contract_id
        if contract == other:
            return self.env._(
                "%(device)s and %(actual)s are both on %(contract)s: there is nothing "
                "to correct.",
                device=self.display_name,
                actual=actual_sudo.display_name,
                contract=contract.name,
            )
        if contract.company_id != other.company_id:
            return self.env._(
                "%(device)s is with a customer of another company: correct that "
                "delivery first.",
                device=actual_sudo.display_name,
            )
        return contract._waas_get_warranty_problem(
            actual_sudo, device_sudo.waas_delivered_on
        ) or other._waas_get_warranty_problem(
            device_sudo, actual_sudo.waas_delivered_on
        )

    def _waas_swap(self, actual, reason):
        """Hook: let the transfers say what happened: each device takes the place of the
        other one. As superuser."""
        self.ensure_one()
        company = self.waas_contract_id.company_id
        stay, other = self._waas_get_stay(company), actual._waas_get_stay(company)
        (self | actual)._waas_forget_stay()
        (self | actual)._waas_free_plans()
        if other.line:
            # Both are in stock for a moment: a serial number is never in two places.
            (stay.line | other.line).write({"quantity": 0})
        actual._waas_take_stay(self, stay, other.shelf, reason)
        self._waas_take_stay(actual, other, stay.shelf, reason)

    def _waas_get_stay(self, company):
        line = self.env["stock.move.line"]
        if self.waas_contract_id:
            line = self._waas_get_arrival_line()
        shelf = line.location_id or self._waas_get_shelf(company)
        return Stay(self.waas_contract_id, self.waas_delivered_on, line, shelf)

    def _waas_forget_stay(self):
        """The devices were never where their deliveries say."""
        for device in self.filtered("waas_contract_id"):
            is_first = len(device._waas_get_arrivals()) == 1
            if is_first and device.waas_warranty_start == device.waas_delivered_on:
                device.waas_warranty_start = False  # it never left
        self.write({"waas_contract_id": False, "waas_delivered_on": False})

    def _waas_take_stay(self, instead_of, stay, shelf, reason):
        """This device was there, instead of another one.

        :param shelf: ``stock.location`` where this one lay before
        """
        contract = stay.contract
        if not contract:
            return
        self._waas_note_delivered(contract, stay.delivered_on)
        # Odoo takes a done move back and does it again with what is written.
        stay.line.write({"lot_id": self.id, "location_id": shelf.id, "quantity": 1})
        for replacement in contract.waas_replacement_ids:
            if replacement.replacement_id == instead_of:
                replacement.replacement_id = self
            if replacement.device_id == instead_of and replacement.state != "done":
                replacement.device_id = self
        contract._waas_tell(
            self.env._(
                "%(transfer)s delivered %(actual)s, not %(device)s: %(reason)s",
                transfer=stay.line.reference or stay.line.picking_id.name,
                actual=self.display_name,
                device=instead_of.display_name,
                reason=reason,
            )
        )

    def _waas_free_plans(self):
        """What was to move it moves the other one, when its time comes."""
        lines = self.env["stock.move.line"].search(
            [("lot_id", "in", self.ids), ("state", "not in", ("done", "cancel"))]
        )
        lines.move_id._do_unreserve()

    def _waas_get_arrivals(self):
        """The done moves that brought the device to a customer, the latest last."""
        return self.waas_history_ids.filtered(
            lambda line: line.state == "done"
            and line.location_dest_id.is_waas
            and not line.location_id.is_waas
        ).sorted(lambda line: (line.date or fields.Datetime.now(), line.id))

    def _waas_get_arrival_line(self):
        return self._waas_get_arrivals()[-1:]

    def _waas_get_shelf(self, company):
        """Where the device lies in a company's stock."""
        return self.quant_ids.filtered(
            lambda quant: quant.company_id == company
            and quant.location_id.usage == "internal"
            and not quant.location_id.is_waas
            and quant.quantity - quant.reserved_quantity > 0
        ).location_id[:1]
