from odoo import models


class WaasManufacturer(models.Model):
    """What a supplier supplied is told by receipts (R5)."""

    _inherit = "waas.manufacturer"

    def _get_supplied_products(self, company):
        """Only what has no receipt is told by price list."""
        products = super()._get_supplied_products(company)
        return products.filtered(lambda product: product.waas_role == "license")
