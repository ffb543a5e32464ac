"""An order is delivered when its devices are with the end customer."""

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_effective_date(self):
        """Odoo counts deliveries that leave the company's stock; ours do not (R13)."""
        waas_orders = self.filtered("is_waas")
        for order in waas_orders:
            deliveries = order.picking_ids.filtered(
                lambda picking: picking.state == "done"
                and picking.location_dest_id.is_waas
            )
            order.effective_date = min(
                filter(None, deliveries.mapped("date_done")), default=False
            )
        return super(SaleOrder, self - waas_orders)._compute_effective_date()

    def _action_cancel(self):
        # Users who cancel the order may know which devices its customer has; the
        # contract chapter checks what a running contract needs.
        for contract in self.sudo().waas_contract_ids:
            if contract.waas_state != "running" and contract.waas_device_ids:
                raise UserError(
                    self.env._(
                        "%(order)s cannot be cancelled while %(count)s of its devices "
                        "are with the customer: use Return on its delivery and receive "
                        "them first.",
                        order=contract.waas_order_id.name,
                        count=len(contract.waas_device_ids),
                    )
                )
        return super()._action_cancel()

    def _waas_needs_cancel_reason(self):
        """Nothing is cancelled before the devices are back."""
        devices_sudo = self.sudo().waas_contract_ids.waas_device_ids  # as above
        return not devices_sudo and super()._waas_needs_cancel_reason()

    def _waas_is_delivered(self):
        """A device that came back is missing, whatever its return did to the delivered
        quantity."""
        # A number, for users who see the order.
        missing = self.sudo().waas_contract_ids._waas_get_missing_count()
        return super()._waas_is_delivered() and missing <= 0
