from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class StockLot(models.Model):
    """Chapter 5, devices: another device than the delivery says was in the box. The
    delivery is corrected: what is at the customer is rented out, what never left is
    free."""

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

        :param actual: ``stock.lot`` that lies in stock on paper
        :param str reason: how it was found out
        :raises UserError: when the delivery cannot be corrected like this
        """
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only warehouse people correct deliveries."))
        (self | actual).check_access("write")
        reason = (reason or "").strip()
        if problem := self._waas_get_correction_problem(actual, reason):
            raise UserError(problem)
        # Checked above; who has a device is written by the flow only.
        self.sudo()._waas_swap(actual.sudo(), reason)

    def _waas_get_correction_problem(self, actual, reason):
        """Hook: why the delivery cannot be corrected, as a sentence, or False."""
        device_sudo, actual_sudo = self.sudo(), actual.sudo()
        contract_sudo = device_sudo.waas_contract_id
        if not contract_sudo:
            return self.env._(
                "%(device)s is with no customer, so there is no delivery to correct.",
                device=self.display_name,
            )
        if not reason:
            return self.env._("Write down how it was found out: it stays on record.")
        if actual.product_id != self.product_id or actual == self:
            return self.env._(
                "Choose another serial number of %(product)s: what is of another "
                "product is exchanged by replacing %(device)s.",
                product=self.product_id.display_name,
                device=self.display_name,
            )
        if actual_sudo.waas_contract_id:
            return self.env._(
                "%(device)s is with %(customer)s on paper: correct that delivery "
                "first.",
                device=actual.display_name,
                customer=actual_sudo.waas_holder_id.display_name,
            )
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

    def _waas_swap(self, actual, reason):
        """Hook: let the papers say what happened. As superuser."""
        self.ensure_one()
        contract, delivered_on = self.waas_contract_id, self.waas_delivered_on
        line = self._waas_get_arrival_line()
        shelf = actual._waas_get_shelf(contract.company_id)
        is_first = not self._waas_get_arrivals() - line
        self.write({"waas_contract_id": False, "waas_delivered_on": False})
        if is_first and self.waas_warranty_start == delivered_on:
            self.waas_warranty_start = False  # it never left
        actual._waas_note_delivered(contract, delivered_on)
        self._waas_free_plans()
        # Odoo takes a done move back and does it again with what is written.
        line.write({"lot_id": actual.id, "location_id": shelf.id})
        for replacement in contract.waas_replacement_ids:
            if replacement.replacement_id == self:
                replacement.replacement_id = actual
            if replacement.device_id == self and replacement.state != "done":
                replacement.device_id = actual
        contract._waas_tell(
            self.env._(
                "%(transfer)s delivered %(actual)s, not %(device)s: %(reason)s",
                transfer=line.reference or line.picking_id.name,
                actual=actual.display_name,
                device=self.display_name,
                reason=reason,
            )
        )

    def _waas_free_plans(self):
        """What was to move it moves the other one, when its time comes."""
        lines = self.env["stock.move.line"].search(
            [("lot_id", "=", self.id), ("state", "not in", ("done", "cancel"))]
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
