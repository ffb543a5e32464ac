from odoo import fields, models


class WaasManufacturer(models.Model):
    """Chapter 10, sell-out: what a supplier supplied is told by receipts (R5)."""

    _inherit = "waas.manufacturer"

    sellout_as_vendor = fields.Boolean(
        help="Report, beside its own products, the devices of others that its contact "
        "delivered to us, by their receipts, and the licenses that it is a vendor of: "
        "for suppliers (R5)."
    )

    def _get_supplied_products(self, company):
        """Only what has no receipt is told by price list."""
        products = super()._get_supplied_products(company)
        return products.filtered(lambda product: product.waas_role == "license")
