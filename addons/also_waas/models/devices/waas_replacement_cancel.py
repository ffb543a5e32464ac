from odoo import models
from odoo.exceptions import UserError


class WaasReplacement(models.Model):
    """A replacement is cancelled as a whole."""

    _inherit = "waas.replacement"

    def _ensure_may_cancel(self):
        """:raises UserError: when one of the two devices was moved already"""
        for replacement in self:
            if replacement.state == "delivered":
                raise UserError(
                    self.env._(
                        "%(replacement)s is with the customer already, so %(device)s "
                        "has to come back: receive it with %(transfer)s.",
                        replacement=replacement.replacement_id.display_name,
                        device=replacement.device_id.display_name,
                        transfer=replacement.receipt_id.name,
                    )
                )
            if replacement.state == "received":
                raise UserError(
                    self.env._(
                        "%(device)s came back already, so the customer has to get "
                        "another device: deliver %(transfer)s, with another serial "
                        "number if need be.",
                        device=replacement.device_id.display_name,
                        transfer=replacement.delivery_id.name,
                    )
                )

    def _cancel_other_half(self):
        for replacement in self:
            pickings = replacement.delivery_id | replacement.receipt_id
            pending = pickings.filtered(lambda picking: picking.state != "cancel")
            if not pending or pending == pickings:
                continue
            pending.action_cancel()
            replacement.contract_id._waas_tell(
                self.env._(
                    "The replacement of %(device)s was cancelled: the device stays "
                    "with the customer, and %(replacement)s in stock.",
                    device=replacement.device_id.display_name,
                    replacement=replacement.replacement_id.display_name,
                )
            )
