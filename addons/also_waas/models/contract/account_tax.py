"""Which taxes Odoo leaves out, since they are archived."""

from odoo import models


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _waas_get_archived(self):
        """The first of these taxes, or of the taxes they consist of, that is
        archived."""
        for tax in self.with_context(active_test=False):
            if not tax.active:
                return tax
            if archived := tax.children_tax_ids._waas_get_archived():
                return archived
        return self.browse()
