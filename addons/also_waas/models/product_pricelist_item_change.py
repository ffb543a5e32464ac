from odoo import fields, models


class ProductPricelistItem(models.Model):
    """Chapter 7, changes: what the partner earns on an extension (R1)."""

    _inherit = "product.pricelist.item"

    waas_extension_commission = fields.Monetary(
        string="Extension Commission",
        currency_field="currency_id",
        groups="base.group_user",
        help="Fixed amount that the partner earns for each piece and extension of a "
        "contract (R1). Left at zero on a rule that follows another price list: the "
        "amount of that list.",
    )

    _check_waas_extension_commission = models.Constraint(
        "CHECK (waas_extension_commission >= 0 AND (waas_term_id IS NOT NULL "
        "OR COALESCE(waas_extension_commission, 0) = 0))",
        "An extension commission is not negative, and belongs to a price with a term.",
    )

    def _waas_get_extension_commission(self, product, quantity, uom, date):
        """The fixed commission for one piece of an extended contract (R1).

        :return: amount in the currency of the list, rounded
        """
        self.ensure_one()
        # As the commission of a new contract: hidden from people outside as a field.
        commission = product.uom_id._compute_price(
            self.sudo().waas_extension_commission, uom
        )
        if not commission and self._waas_follows():
            commission = self._waas_get_followed_commission(
                product, quantity, uom, date
            )
        return self.currency_id.round(commission)

    def _waas_get_followed_commission(self, product, quantity, uom, date):
        """What the list says that this rule follows, in the currency of this one."""
        key = (product, quantity, uom)
        price = self.base_pricelist_id._waas_get_prices(
            [key], self.waas_term_id, date
        ).get(key)
        if not price:
            return 0.0
        return price.rule.currency_id._convert(
            price.rule._waas_get_extension_commission(*key, date),
            self.currency_id,
            self.env.company,
            date,
        )
