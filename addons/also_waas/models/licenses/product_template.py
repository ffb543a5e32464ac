"""The marketplace SKU of a license."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    waas_marketplace_sku = fields.Char(
        string="Marketplace SKU",
        index="btree_not_null",
        help="The article number of this license in the ALSO Cloud Marketplace, which "
        "provides it. Its cost on this product is what your company pays per seat and "
        "month.",
    )
