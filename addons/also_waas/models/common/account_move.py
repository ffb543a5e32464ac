"""The months of all contracts are invoiced at once (R13)."""

from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _get_read_extensions(self):
        """What this addon extends changes nothing on the invoice of a month: fields
        that users must not write, here the system writes; when it is posted, what was
        posted before, credit notes, copies and bills of commission are looked at; when
        its amounts are computed, the months are notified that already name it.
        """
        read = super()._get_read_extensions()
        for model in ("account.move", "account.move.line"):
            for method in ("create", "write"):
                read[model, method] |= {"also_waas"}
        for method in ("_post", "_compute_amount", "_compute_payment_state"):
            read.setdefault(("account.move", method), set()).add("also_waas")
        return read
