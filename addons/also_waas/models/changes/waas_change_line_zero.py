from odoo import api, fields, models

from ..catalogue.product_pricelist_item_zero import CHOICE_ROLES


class WaasChangeLine(models.Model):
    """An upgrade or option that costs or earns nothing (R7, R8)."""

    _inherit = "waas.change.line"

    list_reason = fields.Char(
        compute="_compute_price",
        store=True,
        groups="base.group_user",
        help="What the price list says about a price or a commission of zero.",
    )

    def _compute_price(self):
        result = super()._compute_price()
        for line in self:
            if line.change_id.state not in ("draft", False):
                line.list_reason = line.list_reason
            else:
                line.list_reason = bool(line._get_zeros()) and line._find_list_reason()
        return result

    def _find_list_reason(self):
        price = self._ask_price_list()
        return bool(price) and price.rule._waas_get_zero_reason(
            self.product_id,
            float(self.quantity),
            self.product_id.uom_id,
            fields.Datetime.to_datetime(self.change_id.effective_date),
        )

    def _get_zeros(self):
        """What of this line is zero and should not be, as texts."""
        self.ensure_one()
        names = self.env["product.pricelist.item"]._waas_name_zeros
        if not self.product_id or not self.has_price:
            return []
        if self.kind == "extension":
            return names(True, self.commission_unit)
        if self.product_id.waas_role not in CHOICE_ROLES:
            return []
        return names(self._get_surcharge() > 0, self.commission_unit)

    def _get_surcharge(self):
        """What it costs more than what it takes the place of."""
        replaced = self.replaced_line_id
        former = replaced._waas_get_row().price_unit if replaced else 0.0
        return self.contract_id._waas_round(self.price_unit - former)

    @api.model
    def _get_frozen_fields(self):
        return (*super()._get_frozen_fields(), "list_reason")
