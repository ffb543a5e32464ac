"""Crediting a month leaves a to-do to decide about it (R11)."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted.filtered(
            lambda move: move.move_type == "out_refund"
        )._waas_ask_about_credited()
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        self._waas_ask_about_credited()
        return result

    def button_draft(self):
        result = super().button_draft()
        self._waas_ask_about_credited()
        return result

    def _waas_ask_about_credited(self):
        if contracts := self.waas_contract_id:
            # Who credits an invoice need not be able to write to-dos on contracts.
            contracts.sudo()._waas_ask_about_credited()
