"""An upgrade without surcharge, an upgrade or option without commission is quoted
for a reason (R7, R8)."""

from odoo import api, fields, models

from ..catalogue.product_pricelist_item_zero import CHOICE_ROLES


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_zero_reason = fields.Char(
        string="Reason for Zero",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Why an upgrade or option of this quotation costs nothing, or earns the "
        "partner nothing. Not needed where the price list says it.",
    )

    def _waas_get_deal_problems(self, known=None):
        yield from super()._waas_get_deal_problems(known)
        order_sudo = self.sudo()  # commissions, for users who complete quotations
        if (order_sudo.waas_zero_reason or "").strip():
            return
        lines = order_sudo.order_line.filtered(
            lambda line: line.pricelist_item_id
            and line.product_id.waas_role in CHOICE_ROLES
            and line._waas_get_zeros()
            and not line._waas_get_zero_reason()
        )
        if lines:
            yield (
                "zero",
                self.env._(
                    "%(zeros)s: write why under Reason for Zero, or have a WaaS "
                    "manager correct the price list.",
                    zeros="; ".join(
                        f"{line.product_id.name}: {', '.join(line._waas_get_zeros())}"
                        for line in lines
                    ),
                ),
            )

    @api.model
    def _waas_get_public_message(self, code):
        if code == "zero":
            return self.env._("We look at the prices of this deal.")
        return super()._waas_get_public_message(code)
