from odoo import models


class WaasInvoiceRun(models.Model):
    """A month that costs something else because a change was agreed needs no other
    explanation."""

    _inherit = "waas.invoice.run"

    def _find_explained(self, months):
        explained = super()._find_explained(months)
        changed = months.filtered(
            lambda month: "applied" in month.contract_id.waas_change_ids.mapped("state")
        )
        return explained | changed.filtered(
            lambda month: month._is_as_agreed()
            and month._get_previous()._is_as_agreed()
        )
