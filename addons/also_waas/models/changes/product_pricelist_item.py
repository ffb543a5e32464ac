"""What the partner earns on an extension (R1)."""

from odoo import api, fields, models


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    waas_extension_commission = fields.Monetary(
        string="Extension Commission",
        currency_field="currency_id",
        groups="base.group_user",
        help="Fixed amount that the partner earns for each piece and extension of a "
        "contract. Left at zero on a rule that follows another price list: the "
        "amount of that list.",
    )

    _check_waas_extension_commission = models.Constraint(
        "CHECK (waas_extension_commission >= 0 AND (waas_term_id IS NOT NULL "
        "OR COALESCE(waas_extension_commission, 0) = 0))",
        "An extension commission is not negative, and belongs to a price with a term.",
    )

    @api.model
    def _waas_get_zero_triggers(self):
        return (*super()._waas_get_zero_triggers(), "waas_extension_commission")

    def _waas_get_zeros(self):
        """An extension earns a commission as well (R1, R8); a contract of the longest
        term is never extended."""
        zeros = super()._waas_get_zeros()
        template = self.product_tmpl_id or self.product_id.product_tmpl_id
        # How long a contract may be is no secret.
        company_sudo = (self.company_id or self.env.company).sudo()
        if (
            template
            and self.waas_term_id
            and not self._waas_follows()
            and self.waas_term_id.months < company_sudo.waas_max_months
            and not self.waas_extension_commission
        ):
            zeros.append(self.env._("no commission on an extension"))
        return zeros

    def _waas_get_extension_commission(self, product, quantity, uom, date):
        """The fixed commission for one piece of an extended contract (R1).

        :return: amount in the currency of the list, rounded
        """
        self.ensure_one()
        # As the commission of a new contract: hidden from portal users as a field.
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
