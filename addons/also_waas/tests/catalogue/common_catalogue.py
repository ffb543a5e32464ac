from odoo import fields

from ..common.cases import WaasCommon


class CatalogueCommon(WaasCommon):
    def _get_price(self, product, months=36, quantity=1, pricelist=None, on=None):
        """Pair of price and commission, or None."""
        key = (product, float(quantity), product.uom_id)
        prices = (pricelist or self.pricelist)._waas_get_prices(
            [key], self.terms[months], on or fields.Datetime.now()
        )
        price = prices.get(key)
        return price and (price.price, price.commission)
