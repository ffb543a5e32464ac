from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Chapter 9, commission: the bill by which a reseller is paid (R1)."""

    _inherit = "account.move"

    def _compute_commission_total(self):
        """Where no line has an agent the sum is nothing, without a look at each."""
        paying = self.filtered(lambda move: move.line_ids.agent_ids)
        (self - paying).commission_total = 0.0
        return super(AccountMove, paying)._compute_commission_total()

    def button_draft(self):
        """A cancelled bill stays cancelled once its settlement was billed again, or
        went back to the ledger."""
        for move in self.filtered(lambda move: move.state == "cancel"):
            for settlement in move.invoice_line_ids.settlement_id.filtered("is_waas"):
                if settlement.state != "except_invoice":
                    raise UserError(
                        self.env._(
                            "%(bill)s stays cancelled: %(settlement)s went on without "
                            "it, see its own bill.",
                            bill=move.display_name,
                            settlement=settlement.name,
                        )
                    )
        return super().button_draft()

    def _waas_get_date_paid(self):
        """The day on which the last of a bill was paid, or False."""
        self.ensure_one()
        if self.payment_state not in ("paid", "in_payment"):
            return False
        lines = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        dates = [
            *lines.matched_debit_ids.debit_move_id.mapped("date"),
            *lines.matched_credit_ids.credit_move_id.mapped("date"),
            *self.matched_payment_ids.mapped("date"),
        ]
        return max(dates, default=self.date)
