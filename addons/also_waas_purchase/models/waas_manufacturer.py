from odoo import api, models


class WaasManufacturer(models.Model):
    """Receipts show what a supplier supplied (R5)."""

    _inherit = "waas.manufacturer"

    @api.model
    def _may_lack_reports(self, company):
        """Only its receipt says by whom a device was supplied."""
        return super()._may_lack_reports(company) or True

    def _get_supplied_products(self, company):
        """Only devices without a receipt are reported by price list."""
        products = super()._get_supplied_products(company)
        return products.filtered(lambda product: product.waas_role == "license")
