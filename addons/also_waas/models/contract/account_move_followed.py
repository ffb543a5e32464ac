"""What of ours follows what becomes of a document.

Months and commission do not depend on the fields of a document: Odoo would go from
each line of each journal entry of the company to the months, and to all that
depends on them. A document of ours notifies them instead.
"""

from odoo import models

# Written by posting, resetting, cancelling and crediting.
FOLLOWED_FIELDS = frozenset(("state", "reversed_entry_id"))


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_amount(self):
        result = super()._compute_amount()
        self._waas_notify_followers()
        return result

    def _compute_payment_state(self):
        result = super()._compute_payment_state()
        self._waas_notify_followers()
        return result

    def write(self, vals):
        result = super().write(vals)
        if not FOLLOWED_FIELDS.isdisjoint(vals):
            self._waas_notify_followers()
        return result

    def _waas_notify_followers(self):
        """Have computed again what follows these documents, and those that they
        credit. For other documents this costs a look at their own row."""
        # Who pays an invoice need not see what follows it.
        for record in self.sudo():
            record._waas_notify_its_followers()

    def _waas_notify_its_followers(self):
        """Hook, called as superuser for one document."""
        if not self.waas_contract_id:
            return
        months = self.env["waas.installment"]
        # One after the other: those of all documents are read at once.
        for move in (self, self.reversed_entry_id):
            months |= move.waas_installment_ids | move.waas_former_installment_id
        months.modified(["move_id"])
