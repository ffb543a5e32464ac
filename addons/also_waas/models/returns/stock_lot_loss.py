"""A device that was lost in quarantine. This is the only way out without a
certificate (R15): into the loss, with a reason, never into stock."""

from odoo import api, models
from odoo.exceptions import UserError

from ...defaults import without_defaults


class StockLot(models.Model):
    _inherit = "stock.lot"

    # === ACTIONS ===#

    def action_waas_write_off(self):
        """Open the window that writes lost devices off."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write Off Lost Devices"),
            "res_model": "waas.device.loss",
            "view_mode": "form",
            "target": "new",
            "context": {"default_device_ids": self.ids},
        }

    # === BUSINESS METHODS ===#

    @api.private
    def _waas_write_off(self, reason):
        """Take devices that were lost in quarantine out of stock and books.

        :param str reason: how they were lost
        :raises UserError: when one cannot be written off like this
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._(
                    "Enter how the devices were lost, and who searched for them: "
                    "it is kept in their chain of custody."
                )
            )
        for lot in self:
            if problem := lot._waas_get_loss_problem():
                raise UserError(problem)
        # Who may write stock off has no rights on erasures, returns and equipment.
        for lot in self.sudo():
            lot._waas_lose_in_quarantine(reason)

    def _waas_get_loss_problem(self):
        """Why the device cannot be written off out of quarantine, as a sentence, or
        False."""
        self.ensure_one()
        lot_sudo = self.sudo()  # for the facts that the messages show
        if lot_sudo.waas_contract_id:
            return self.env._(
                "%(device)s is with %(customer)s: report it missing on its return, and "
                "claim it there.",
                device=self.display_name,
                customer=lot_sudo.waas_holder_id.display_name,
            )
        if not lot_sudo.waas_arrival_id:
            return self.env._(
                "%(device)s is not in quarantine: what is lost elsewhere in stock is "
                "counted away under Inventory > Physical Inventory.",
                device=self.display_name,
            )
        return False

    def _waas_lose_in_quarantine(self, reason):
        """One device, as superuser."""
        self.ensure_one()
        place, company = (
            self._waas_get_quarantine_place(),
            self.waas_arrival_id.company_id,
        )
        waiting = self.waas_erasure_ids.filtered(
            lambda erasure: erasure.state == "todo"
            and erasure.arrival_id == self.waas_arrival_id
        )
        self._waas_log(
            "missing",
            document=self.waas_erasure_ids.sorted("id")[-1:].return_id,
            location=place,
            note=reason,
        )
        waiting._note_loss(reason)
        self._waas_vanish_from_books()
        moves = without_defaults(self.env["stock.move"])
        origin = self.env._("Lost in quarantine")
        moves.create(
            moves._waas_prepare_loss(self, place, company, origin=origin)
        )._waas_move_device(self)
        if waiting:
            customer = waiting.return_id.partner_id.display_name
            self._waas_todo(
                "data_lost",
                note=lambda env: env._(
                    "%(device)s was lost in quarantine: %(reason)s. The data "
                    "protection officer decides whether this is a data breach, and "
                    "whether %(customer)s must be notified.",
                    device=self.display_name,
                    reason=reason,
                    customer=customer or env._("the end customer"),
                ),
                company=company,
            )

    def _waas_vanish_from_books(self):
        """Hook: a device that was lost in quarantine, before it leaves the stock."""
