"""A payment that waits for its bank statement settles the oldest of its invoices
first (R13)."""

from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _waas_spread(self, waiting):
        """Give the amount to the invoices that this payment is for.

        :param dict waiting: amounts by ``account.move`` in its currency, added to
        """
        self.ensure_one()
        left = self.amount
        for move in self.invoice_ids.sorted(lambda move: (move.invoice_date, move.id)):
            # Once it is on a statement, that is reconciled with the invoice itself.
            if self.state == "paid" and move.amount_residual != move.amount_total:
                continue
            currencies = self.currency_id, move.currency_id
            room = move.amount_residual - waiting.get(move, 0.0)
            amount = min(self._waas_convert(left, *currencies), max(room, 0.0))
            waiting[move] = waiting.get(move, 0.0) + amount
            left -= self._waas_convert(amount, *reversed(currencies))

    def _waas_convert(self, amount, source, target):
        return source._convert(amount, target, self.company_id, self.date)
