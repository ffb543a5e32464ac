"""The offer shows the commission of an extension, where there is one (R1, R8)."""

from odoo import fields, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _waas_get_offer(self, date=None):
        """With ``extension_commission`` beside the amounts that have one."""
        date = date or fields.Datetime.now()
        offer = super()._waas_get_offer(date)
        for term in {term for row in offer for term in row["terms"]}:
            rows = [row for row in offer if term in row["terms"]]
            keys = [
                (row["product"], row["min_quantity"], row["product"].uom_id)
                for row in rows
            ]
            prices = self._waas_get_prices(keys, term, date)
            for key, row in zip(keys, rows, strict=True):
                commission = prices[key].rule._waas_get_extension_commission(*key, date)
                if commission:
                    row["terms"][term]["extension_commission"] = commission
        return offer
