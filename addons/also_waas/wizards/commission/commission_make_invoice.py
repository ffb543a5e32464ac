"""OCA's wizard knows the journal and the product of WaaS commission."""

from odoo import api, fields, models


class CommissionMakeInvoice(models.TransientModel):
    _inherit = "commission.make.invoice"

    product_id = fields.Many2one(default=lambda self: self._default_product_id())

    @api.model
    def default_get(self, fields):
        """Bills of WaaS commission are dated where their company is."""
        values = super().default_get(fields)
        if "date" in fields and self._waas_is_for_waas():
            values["date"] = self.env.company._waas_today()
        return values

    def _default_journal_id(self):
        if self._waas_is_for_waas():
            return self.env.company._waas_get_commission_journal()
        return super()._default_journal_id()

    def _default_product_id(self):
        if not self._waas_is_for_waas():
            return False
        return self.env.company._waas_get_commission_product()

    def button_create(self):
        """Show bills of WaaS commission as what they are: vendor bills."""
        is_waas = bool(self.settlement_ids) and all(
            self.settlement_ids.mapped("is_waas")
        )
        result = super().button_create()
        if not is_waas:
            return result
        return self.settlement_ids.invoice_id._get_records_action(
            name=self.env._("Bills")
        )

    def _waas_is_for_waas(self):
        """Whether all settlements that were chosen are of WaaS commission."""
        settlements = self.env["commission.settlement"].browse(
            self._default_settlement_ids()
        )
        return bool(settlements) and all(settlements.mapped("is_waas"))
