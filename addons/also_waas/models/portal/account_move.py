"""A bill of commission as the portal shows it to the partner (R1)."""

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, date, date_due, untaxed, total, state}``, the
        amounts as texts; the state as of :meth:`_waas_get_bill_state`"""
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "date": self.invoice_date,
            "date_due": self.invoice_date_due,
            "untaxed": self.currency_id.format(self.amount_untaxed),
            "total": self.currency_id.format(self.amount_total),
            "state": self._waas_get_bill_state(),
        }
