"""The entry points of a confirmation. Each refuses an order that lacks anything
(R1)."""

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...defaults import without_defaults


class Confirming(NamedTuple):
    """In the context of a confirmation that goes through the gate: of which order. A
    class of ours: callers cannot send one."""

    order_id: int


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.constrains("state")
    def _check_waas_gate(self):
        """Refuse a direct write of the state even when nothing is missing: it would
        skip contract and delivery creation, and the lock on the credit approval."""
        confirming = self.env.context.get("waas_confirming")
        for order in self:
            if isinstance(confirming, Confirming) and confirming.order_id == order.id:
                continue  # the gate has answered a moment ago
            if order.is_waas and order.state == "sale":
                if points := order._waas_get_open_points():
                    raise ValidationError(order._waas_get_gate_message(points))
                raise ValidationError(
                    self.env._(
                        "Confirm %(order)s with its button: its contract and its "
                        "delivery are made then.",
                        order=order.name,
                    )
                )

    def write(self, vals):
        if vals.get("state", "sale") != "sale":
            self._waas_ensure_leaves_by_method()
        return super().write(vals)

    def action_confirm(self):
        """Confirm; deals that lean on the same approval at the same moment cannot all
        pass."""
        waas_orders = self.filtered("is_waas")
        # Before the gate answers: its message is about credit.
        waas_orders.check_access("write")
        for order in waas_orders:
            # One by one: the contract of one is exposure for the next.
            order._waas_use_approval()
            order._waas_refresh_amounts()
            # Nothing that a caller proposes reaches what is made now.
            confirming = without_defaults(order).with_context(
                waas_confirming=Confirming(order.id)
            )
            super(SaleOrder, confirming).action_confirm()
        if others := self - waas_orders:
            return super(SaleOrder, others).action_confirm()
        return True

    def _confirmation_error_message(self):
        """The check of every caller of ``action_confirm``."""
        if message := super()._confirmation_error_message():
            return message
        if self.is_waas and (points := self._waas_get_open_points()):
            return self._waas_get_gate_message(points)
        return False

    def _validate_order(self):
        """Portal acceptance of a blocked order: keep the signature, do not confirm."""
        blocked = self.filtered(
            lambda order: order.is_waas and order._waas_get_open_points()
        )
        for order in blocked:
            order._waas_tell(
                order._waas_get_gate_message(order._waas_get_open_points())
            )
        if ready := self - blocked:
            return super(SaleOrder, ready)._validate_order()
        return None

    def _is_confirmation_amount_reached(self):
        """A payment alone never confirms a rental."""
        if self.is_waas and self._waas_get_open_points():
            return False
        return super()._is_confirmation_amount_reached()

    def _action_confirm(self):
        result = super()._action_confirm()
        if waas_orders := self.filtered("is_waas"):
            waas_orders._waas_drop_gate_todos()
        return result

    def _waas_drop_gate_todos(self):
        """Hook: nothing that the gate waited for is left to do."""
        self._waas_todo_drop(
            "confirm", "countersign", "refused", "unsigned", "signing_mail"
        )

    def _waas_get_gate_message(self, points):
        return self.env._(
            "%(order)s cannot be confirmed yet:\n%(points)s",
            order=self.name,
            points="\n".join(f"- {point.message}" for point in points),
        )

    def _waas_proceed_if_ready(self):
        """Confirm what has nothing missing any more, where the company wants that.

        The signature or decision that was the last missing thing is kept, also when the
        order cannot be confirmed; sales is notified.
        """
        for order in self:
            if (
                not order.is_waas
                or order.state not in ("draft", "sent")
                or not order.company_id.waas_auto_confirm
                # A signature is what is missing most often, and soon looked up.
                or order._waas_get_agreement_points()
                or order._waas_get_open_points()
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError as error:
                order._waas_tell(
                    self.env._(
                        "%(order)s could not be confirmed automatically: %(error)s",
                        order=order.name,
                        error=str(error),
                    )
                )
                order._waas_todo("confirm", order.user_id, note=str(error))
