from odoo import fields, models

from ..catalogue.product_pricelist_item_zero import CHOICE_ROLES


class SaleOrder(models.Model):
    """An upgrade without surcharge, an upgrade or option without commission is quoted
    for a reason (R7, R8)."""

    _inherit = "sale.order"

    waas_zero_reason = fields.Char(
        string="Reason for Zero",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Why an upgrade or option of this quotation costs nothing, or earns the "
        "partner nothing. Not needed where the price list says it.",
    )

    def _waas_get_deal_problems(self):
        yield from super()._waas_get_deal_problems()
        order_sudo = self.sudo()  # commissions, for whoever completes the quotation
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


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _waas_get_zeros(self):
        """What of this upgrade or option is zero, as texts."""
        self.ensure_one()
        return self.env["product.pricelist.item"]._waas_name_zeros(
            not self.currency_id.is_zero(self.price_unit),
            not self.currency_id.is_zero(self.waas_commission_unit),
        )

    def _waas_get_zero_reason(self):
        """What the price list says about it."""
        self.ensure_one()
        return self.pricelist_item_id.with_company(
            self.company_id
        )._waas_get_zero_reason(
            self.product_id,
            self.product_uom_qty or 1.0,
            self.product_uom_id,
            self.order_id.date_order or fields.Datetime.now(),
        )
