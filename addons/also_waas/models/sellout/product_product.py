"""The part number that the manufacturer gives to the product (R5)."""

from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    waas_mpn = fields.Char(
        string="Manufacturer Part Number",
        help="Named in sell-out reports. Empty: the code that the manufacturer "
        "has for it as a vendor.",
    )

    def _waas_get_mpn(self, manufacturer):
        """The part number of the product at a manufacturer, or "" when unknown."""
        self.ensure_one()
        if self.waas_mpn:
            return self.waas_mpn.strip()
        vendor = manufacturer.partner_id.commercial_partner_id
        codes = self.seller_ids.filtered(
            lambda seller: vendor
            and seller.partner_id.commercial_partner_id == vendor
            and seller.product_id in (self, self.browse())
            and seller.product_code
        )
        return codes[:1].product_code or ""
