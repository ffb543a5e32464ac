from odoo import api, fields, models


class WaasChangeLine(models.Model):
    """An extension goes on at the price of the contract (R12)."""

    _inherit = "waas.change.line"

    @api.depends("change_id.months")
    def _compute_price(self):
        return super()._compute_price()

    def _get_price(self):
        """The original price; the commission of an extension (R1)."""
        if self.kind != "extension":
            return super()._get_price()
        change = self.change_id
        goes_on = change.months > len(change.contract_id.waas_installment_ids)
        price = goes_on and self._ask_price_list()
        commission = 0.0
        if price:  # what is no longer on the list goes on as well, and earns nothing
            commission = price.rule._waas_get_extension_commission(
                self.product_id,
                float(self.quantity),
                self.product_id.uom_id,
                fields.Datetime.to_datetime(self.change_id.effective_date),
            )
        return self.bundle_line_id._waas_get_row().price_unit, commission, True

    def _ask_price_list(self):
        """An extension earns what the list says on the day it is agreed."""
        if self.kind != "extension":
            return super()._ask_price_list()
        contract, product = self.contract_id, self.product_id
        key = (product, float(self.quantity), product.uom_id)
        pricelist = contract.pricelist_id.with_company(contract.company_id)
        return pricelist._waas_get_prices(
            [key], contract.waas_term_id, fields.Datetime.now()
        ).get(key)
