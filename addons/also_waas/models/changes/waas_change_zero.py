from odoo import api, fields, models
from odoo.exceptions import UserError

from ..catalogue.product_pricelist_item_zero import CHOICE_ROLES
from ..common.waas_gate_mixin import Blocker


class WaasChange(models.Model):
    """An upgrade without surcharge, an upgrade, option or extension without commission
    is agreed for a reason (R7, R8)."""

    _inherit = "waas.change"

    waas_zero_reason = fields.Char(
        string="Reason for Zero",
        copy=False,
        tracking=True,
        groups="base.group_user",
        help="Why something of this change costs nothing, or earns the partner "
        "nothing. Not needed where the price list says it.",
    )

    def _get_zero_problem(self):
        """What costs or earns nothing without a word, as a sentence, or False."""
        self.ensure_one()
        if (self.sudo().waas_zero_reason or "").strip():
            return False
        lines = self.line_ids.filtered(
            lambda line: line._get_zeros() and not line.list_reason
        )
        if not lines:
            return False
        return self.env._(
            "%(zeros)s: write why under Reason for Zero, or have a WaaS manager "
            "correct the price list.",
            zeros="; ".join(
                f"{line.product_id.name}: {', '.join(line._get_zeros())}"
                for line in lines
            ),
        )

    def _waas_get_open_points(self):
        points = super()._waas_get_open_points()
        if problem := self.sudo()._get_zero_problem():
            points.append(Blocker("zero", problem, "sales"))
        return points

    def _ensure_possible(self):
        result = super()._ensure_possible()
        if problem := self.sudo()._get_zero_problem():
            raise UserError(
                self.env._(
                    "%(change)s needs a reason.\n%(problem)s",
                    change=self.name,
                    problem=problem,
                )
            )
        return result


class WaasChangeLine(models.Model):
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
