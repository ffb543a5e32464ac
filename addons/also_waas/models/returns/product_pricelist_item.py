"""A secure pick-up is for a fee (R15). A rule by which it costs nothing has a
reason, which holds for every pick-up."""

from odoo import api, models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model
    def _waas_get_zero_triggers(self):
        return (*super()._waas_get_zero_triggers(), "company_id")

    def _waas_get_zeros(self):
        return [*super()._waas_get_zeros(), *self._waas_get_fee_zeros()]

    def _waas_get_fee_zeros(self):
        """What of a pick-up costs nothing by this rule.

        :return: list of texts
        """
        if (
            self.waas_term_id
            or self.compute_price != "fixed"
            or self.fixed_price
            or not self._waas_is_for_fee()
        ):
            return []
        return [self.env._("no fee for a pick-up")]

    def _waas_is_for_fee(self):
        """Whether it is the price of a product by which pick-ups are invoiced."""
        # Which products these are is no secret.
        company_sudo = (self.company_id or self.env.company).sudo()
        products = self.env["waas.return"]._get_fee_products(company_sudo).values()
        templates = self.env["product.template"].union(
            *(product.product_tmpl_id for product in products)
        )
        template = self.product_tmpl_id or self.product_id.product_tmpl_id
        return bool(template) and template._origin.id in templates.ids

    def _waas_get_zero_reason(self, product, quantity, uom, date):
        """Without a term it follows by Odoo's own way."""
        reason = super()._waas_get_zero_reason(product, quantity, uom, date)
        if reason or self.waas_term_id or not self._waas_follows():
            return reason
        rule = self.browse(
            self.base_pricelist_id._get_product_rule(
                product, quantity, uom=uom, date=date
            )
        )
        return bool(rule) and rule._waas_get_zero_reason(product, quantity, uom, date)
