"""An upgrade has a surcharge (R7), an upgrade or option a commission (R8). One that
has none says why; later chapters ask it of other prices."""

from odoo import api, fields, models

# Of these the FAQ says that they have a surcharge and a higher commission.
CHOICE_ROLES = ("upgrade", "option")


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    waas_zero_reason = fields.Char(
        string="Reason for Zero",
        groups="base.group_user",
        help="Why an upgrade, an option or a pick-up costs nothing, or earns the "
        "partner nothing. Quotations, changes and pick-ups with this price need no "
        "reason of their own.",
    )
    waas_zero_warning = fields.Char(
        string="Zero",
        compute="_compute_waas_zero_warning",
        groups="base.group_user",
    )

    @api.depends(lambda self: self._waas_get_zero_triggers())
    def _compute_waas_zero_warning(self):
        for rule in self:
            zeros = rule._waas_get_zeros()
            rule.waas_zero_warning = (
                self.env._(
                    "%(zeros)s: enter an amount, or the reason.",
                    zeros=", ".join(zeros).capitalize(),
                )
                if zeros and not (rule.waas_zero_reason or "").strip()
                else False
            )

    @api.model
    def _waas_get_zero_triggers(self):
        """Hook: fields that may be zero, and what they are judged by."""
        return (
            "waas_term_id",
            "waas_zero_reason",
            "compute_price",
            "base",
            "fixed_price",
            "waas_commission_unit",
            "product_tmpl_id.waas_role",
            "product_id.waas_role",
        )

    def _waas_get_zeros(self):
        """Hook: what is zero and should not be; nothing where the price comes from
        another price list, which says it itself.

        :return: list of texts
        """
        self.ensure_one()
        template = self.product_tmpl_id or self.product_id.product_tmpl_id
        if (
            not self.waas_term_id
            or template.waas_role not in CHOICE_ROLES
            or self._waas_follows()
        ):
            return []
        return self._waas_name_zeros(
            self.compute_price != "fixed" or self.fixed_price, self.waas_commission_unit
        )

    @api.model
    def _waas_name_zeros(self, price, commission):
        """Price list, quotation and change name them alike.

        :return: list of texts
        """
        return [
            *([] if price else [self.env._("no surcharge")]),
            *([] if commission else [self.env._("no commission")]),
        ]

    def _waas_get_zero_reason(self, product, quantity, uom, date):
        """The reason of this rule, or of the one that it follows; False without."""
        self.ensure_one()
        # As the commission: for users who price a quotation, hidden as a field.
        reason = (self.sudo().waas_zero_reason or "").strip()
        if reason or not self._waas_follows():
            return reason or False
        key = (product, quantity, uom)
        price = self.base_pricelist_id._waas_get_prices(
            [key], self.waas_term_id, date
        ).get(key)
        return bool(price) and price.rule._waas_get_zero_reason(*key, date)
