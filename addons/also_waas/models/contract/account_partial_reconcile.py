"""What an invoice was credited with stays allocated to it once its month was
invoiced again, or two invoices of it would be open (R13)."""

from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """What follows an invoice knows at once that it was paid."""
        partials = super().create(vals_list)
        partials._waas_get_moves()._waas_notify_followers()
        return partials

    def unlink(self):
        if not self:
            return super().unlink()
        moves = self._waas_get_moves()
        for partial in self:
            for note in partial._waas_get_credit_notes():
                note._waas_ensure_allocated()
        result = super().unlink()
        moves._waas_notify_followers()
        return result

    def _waas_get_moves(self):
        return (self.debit_move_id | self.credit_move_id).move_id

    def _waas_get_credit_notes(self):
        """Credit notes of contracts that are allocated here to the very invoice they
        were made for."""
        moves = self._waas_get_moves()
        return moves.filtered(
            lambda move: move.move_type == "out_refund"
            and move.waas_contract_id
            and move.reversed_entry_id in moves
        )
