from odoo import models


class AccountPartialReconcile(models.Model):
    """What an invoice was credited with stays allocated to it once its month was
    invoiced again, or two invoices of it would be open (R13)."""

    _inherit = "account.partial.reconcile"

    def unlink(self):
        for partial in self:
            for note in partial._waas_get_credit_notes():
                note._waas_ensure_allocated()
        return super().unlink()

    def _waas_get_credit_notes(self):
        """Credit notes of contracts that are allocated here to the very invoice they
        were made for."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        return moves.filtered(
            lambda move: move.move_type == "out_refund"
            and move.waas_contract_id
            and move.reversed_entry_id in moves
        )
