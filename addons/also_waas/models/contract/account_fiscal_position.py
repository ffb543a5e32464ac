"""Which taxes of a fiscal position Odoo leaves out, since they are archived."""

from odoo import models


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    def _waas_get_archived_tax(self, taxes):
        """The archived tax without which one of these taxes would be replaced wrongly.

        Odoo would then take the tax as it is, or none where nothing is left of the
        fiscal position.

        :param taxes: ``account.tax`` of a product
        """
        known = self.with_context(active_test=False).tax_ids
        archived = known.filtered(lambda tax: not tax.active)
        if not archived:
            return archived
        if archived == known:
            return archived[0]
        # What has another successor in force is replaced by that one.
        lost = taxes - (known - archived).original_tax_ids
        return (
            self.map_tax(taxes)._waas_get_archived()
            or archived.filtered(lambda tax: tax.original_tax_ids & lost)[:1]
        )
