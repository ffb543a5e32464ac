"""What became of an invoice (R13).

It is read from what was reconciled. Odoo's ``payment_state`` is no source: it says
*reversed* whenever the counterpart is a credit note, of whichever invoice.
"""

from typing import NamedTuple

from odoo import models


class Settled(NamedTuple):
    """What became of an invoice, without VAT, in its currency. The three add up to
    what was invoiced."""

    credited: float
    paid: float
    open: float


class AccountMove(models.Model):
    _inherit = "account.move"

    def _waas_get_settled(self):
        """What became of invoices and bills.

        A credit note credits the invoice it was made for, wherever it is allocated.
        Whatever else settles an invoice is a payment: money, or the credit note of
        another invoice that is set off. Where the credit of an invoice was used for
        another one, the payment of the first is negative: both add up to what came in.

        :return: dict of :class:`Settled` by ``account.move``
        """
        credit_notes = {move: move._waas_get_credit_notes() for move in self}
        waiting = self.union(*credit_notes.values())._waas_get_waiting_payments()
        return {
            move: move._waas_add_up(credit_notes[move], waiting)
            if move.state == "posted"
            else Settled(0.0, 0.0, move.amount_untaxed)
            for move in self
        }

    def _waas_get_credit_notes(self):
        """The posted credit notes that were made for this invoice."""
        self.ensure_one()
        return self.reversal_move_ids.filtered(lambda move: move.state == "posted")

    def _waas_add_up(self, credit_notes, waiting):
        credited = sum(credit_notes.mapped("amount_untaxed"))
        still_open = self._waas_get_open_amount(waiting) - sum(
            note._waas_get_open_amount(waiting) for note in credit_notes
        )
        currency = self.currency_id
        return Settled(
            currency.round(credited),
            currency.round(self.amount_untaxed - credited - still_open),
            currency.round(still_open),
        )

    def _waas_get_open_amount(self, waiting):
        """What is not settled of this move itself, without VAT."""
        if not self.amount_total:
            return 0.0
        residual = self.amount_residual - waiting.get(self, 0.0)
        return self.currency_id.round(
            residual * self.amount_untaxed / self.amount_total
        )

    def _waas_is_credited(self):
        """Whether credit notes of its own take all of this invoice back."""
        self.ensure_one()
        notes = self._waas_get_credit_notes()
        return bool(notes) and (
            self.currency_id.compare_amounts(
                sum(notes.mapped("amount_untaxed")), self.amount_untaxed
            )
            >= 0
        )

    def _waas_get_waiting_payments(self):
        """Payments that have no entry in the ledger: they wait for the bank statement.
        Odoo counts them in its own state, whatever their amount.

        :return: dict of amounts with VAT by ``account.move``, in its currency
        """
        waiting = {}
        # Where Odoo sees nothing of that kind, nothing is read.
        moves = self.filtered(
            lambda move: move.payment_state in ("paid", "in_payment", "partial")
            and not move.currency_id.is_zero(move.amount_residual)
        )
        for payment in moves.matched_payment_ids.sorted("id"):
            if not payment.move_id and payment.state in ("in_process", "paid"):
                payment._waas_spread(waiting)
        return waiting
