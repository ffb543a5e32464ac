from odoo import api, models


class AccountMove(models.Model):
    """The months of all contracts are invoiced at once (R13)."""

    _inherit = "account.move"

    @api.model
    def _get_read_extensions(self):
        """What this addon extends changes nothing on the invoice of a month: fields
        that users must not write, here the system writes; and when it is posted, what
        was posted before, credit notes, copies and bills of commission are looked at.
        """
        read = super()._get_read_extensions()
        for model in ("account.move", "account.move.line"):
            for method in ("create", "write"):
                read[model, method] |= {"also_waas"}
        read["account.move", "_post"] |= {"also_waas"}
        return read
