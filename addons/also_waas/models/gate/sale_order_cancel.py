"""A deal that both have signed costs its total, whichever party leaves (R11). Who
cancels it before it begins is warned, and gives a reason."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

# In the context of a cancellation that went through its own method. An object, not
# True: callers cannot send it.
CANCELLING = object()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_cancel_reason = fields.Text(
        string="Cancellation Reason",
        readonly=True,
        copy=False,
        help="Why a deal that both had signed was given up.",
    )
    waas_cancelled_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Cancelled By",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    waas_cancelled_on = fields.Datetime(
        string="Cancelled On", readonly=True, copy=False
    )

    # === ACTIONS ===#

    def action_cancel(self):
        """Ask for the reason where both have signed."""
        if len(self) != 1 or self.locked or not self._waas_needs_cancel_reason():
            return super().action_cancel()
        self._waas_ensure_may_cancel()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel %(order)s", order=self.name),
            "res_model": "waas.order.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_draft(self):
        """Signed once more, it is cancelled for a reason of its own."""
        result = super().action_draft()
        again = self.filtered("waas_cancel_reason")
        again.sudo().write(  # who may take it up again, may
            {
                "waas_cancel_reason": False,
                "waas_cancelled_by_id": False,
                "waas_cancelled_on": False,
            }
        )
        return result

    # === BUSINESS METHODS ===#

    def _action_cancel(self):
        """The entry point of every caller."""
        for order in self:
            if order._waas_needs_cancel_reason() and not order.waas_cancel_reason:
                raise UserError(
                    self.env._(
                        "%(owed)s Open the order, press Cancel and write why it is "
                        "given up.",
                        owed=order._waas_get_owed_message(),
                    )
                )
        if waas_orders := self.filtered("is_waas"):
            waas_orders._waas_give_up()
        cancelling = self.with_context(waas_cancelling=CANCELLING)
        return super(SaleOrder, cancelling)._action_cancel()

    def _waas_give_up(self):
        """What hangs on the order goes with it: the right to cancel carries over."""
        self.sudo().waas_agreement_ids._void(self.env._("The order was cancelled."))
        self.sudo().waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )._withdraw()
        self._waas_drop_gate_todos()

    def _waas_needs_cancel_reason(self):
        """Hook: whether both have signed this deal, and it did not begin."""
        self.ensure_one()
        return (
            self.is_waas
            and self.state != "cancel"
            # That both have signed, is no secret to who may cancel.
            and self.sudo().waas_agreement_state == "signed"
        )

    def _waas_get_owed_message(self):
        """What R11 says of this deal, as sentences."""
        self.ensure_one()
        currency = self.currency_id
        return self.env._(
            "Both have signed %(order)s: ending it early costs the total of the "
            "agreement, %(total)s without VAT and %(total_with_vat)s with it, and all "
            "of it is still owed. Cancelling the order releases %(customer)s from it.",
            order=self.name,
            total=format_amount(self.env, self.waas_total_amount, currency),
            total_with_vat=format_amount(
                self.env, self._waas_get_total(self.amount_total), currency
            ),
            customer=self.partner_id.commercial_partner_id.display_name,
        )

    def _waas_ensure_may_cancel(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(
                self.env._(
                    "Both have signed %(order)s: only WaaS users cancel it, ask one.",
                    order=self.name,
                )
            )

    def _waas_cancel(self, reason):
        """Give a deal up that both have signed.

        :param str reason: why; kept with the order
        :raises UserError: without reason, or when it cannot be cancelled
        """
        self.ensure_one()
        self._waas_ensure_may_cancel()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why the deal is given up."))
        if self.locked:
            return self.action_cancel()  # refuses
        if self._waas_needs_cancel_reason():
            self.sudo().write(  # system fields; the right was checked
                {
                    "waas_cancel_reason": reason.strip(),
                    "waas_cancelled_by_id": self.env.uid,
                    "waas_cancelled_on": fields.Datetime.now(),
                }
            )
            self.message_post(
                body=self.env._(
                    "Cancelled after both had signed: %(total)s without VAT is not "
                    "claimed. %(reason)s",
                    total=format_amount(
                        self.env, self.waas_total_amount, self.currency_id
                    ),
                    reason=reason.strip(),
                )
            )
        return self._action_cancel()

    def _waas_ensure_leaves_by_method(self):
        """A confirmed order has a contract and deliveries: only its own method takes
        it back, and them with it."""
        if self.env.context.get("waas_cancelling") is CANCELLING:
            return
        for order in self:
            if order.is_waas and order.state == "sale":
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed and signed: its state cannot be "
                        "edited. Press Cancel, as long as nothing is delivered.",
                        order=order.name,
                    )
                )
