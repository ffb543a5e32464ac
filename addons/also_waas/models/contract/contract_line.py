"""A monthly price, frozen from the order."""

from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...schedule import get_period_end

# What was agreed, and what was invoiced of it: only business methods write it.
AGREED_FIELDS = frozenset(
    (
        "contract_id",
        "product_id",
        "quantity",
        "uom_id",
        "price_unit",
        "specific_price",
        "automatic_price",
        "discount",
        "date_start",
        "date_end",
        "last_date_invoiced",
        "recurring_next_date",
        "recurring_rule_type",
        "recurring_interval",
        "recurring_invoicing_type",
        "is_canceled",
    )
)


class Row(NamedTuple):
    """A price of a contract as its months see it, whether its line is written or only
    planned."""

    line: Any  # contract.line; empty when it is not written yet
    product: Any  # product.product
    quantity: float
    price_unit: float  # per piece and month; of a part of a month: once
    date_start: Any
    date_end: Any
    number: int  # of the only month that bills it; 0: every month in which it holds

    def is_billed(self, month):
        """Whether a month bills it: an installment, or a period that may become one."""
        if self.number:
            return self.number == month.number
        return self.date_start <= month.date_end and self.date_end >= month.date_start


class ContractLine(models.Model):
    _name = "contract.line"
    _inherit = ["contract.line", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === COMPUTE METHODS ===#

    def _compute_next_period_date_end(self):
        """Months are counted from the first day of the contract: the way of OCA
        contract (last end plus a month) drifts from 31 January to the 28th for good."""
        waas_lines = self._waas_filter()
        for line in waas_lines:
            start = line.next_period_date_start
            line.next_period_date_end = (
                min(
                    get_period_end(line.contract_id.date_start, start),
                    line.date_end or fields.Date.to_date("9999-12-31"),
                )
                if start
                else False
            )
        return super(ContractLine, self - waas_lines)._compute_next_period_date_end()

    def _compute_recurring_next_date(self):
        """A month is due on its first day (R13)."""
        waas_lines = self._waas_filter()
        for line in waas_lines:
            line.recurring_next_date = line.next_period_date_start
        return super(ContractLine, self - waas_lines)._compute_recurring_next_date()

    def _waas_filter(self):
        return self.filtered(lambda line: line.contract_id.generation_type == "waas")

    # === CONSTRAINT METHODS ===#

    @api.constrains("product_id", "contract_id")
    def _check_waas_product(self):
        """A storable good on a contract's invoice would book cost of goods and leave
        ALSO's stock, of which it stays part (R13)."""
        for line in self:
            if (
                line.contract_id.generation_type == "waas"
                and line.product_id
                and line.product_id.type != "service"
            ):
                raise ValidationError(
                    self.env._(
                        "%(product)s is goods: a WaaS contract invoices services "
                        "only, and its hardware remains your property.",
                        product=line.product_id.display_name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._waas_ensure_system()
        return lines

    def write(self, vals):
        if not AGREED_FIELDS.isdisjoint(vals):
            self._waas_ensure_system()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waas(self):
        self._waas_ensure_system()

    def _waas_ensure_system(self):
        """Users cannot change what both parties signed: the signed price stays."""
        if self.env.su:
            return
        for line in self:
            if line.contract_id.generation_type == "waas":
                raise AccessError(
                    self.env._(
                        "The lines of WaaS contract %(contract)s were signed by both "
                        "parties: users cannot change them.",
                        contract=line.contract_id.name,
                    )
                )

    # === BUSINESS METHODS ===#

    def _waas_get_row(self):
        """The price of this line, as its months see it."""
        self.ensure_one()
        return Row(
            self,
            self.product_id,
            self.quantity,
            self.price_unit,
            self.date_start,
            self.date_end,
            0,
        )

    def _waas_is_billed(self, month):
        """Hook: whether a month bills this line: here while it is in force."""
        return (
            not self.display_type
            and self.date_start <= month.date_end
            and (not self.date_end or self.date_end >= month.date_start)
        )

    def _waas_is_behind(self, day):
        """Whether the line covers ``day`` and is not noted as invoiced up to it."""
        return (
            not self.display_type
            and self.date_start <= day
            and (not self.date_end or day <= self.date_end)
            and (not self.last_date_invoiced or self.last_date_invoiced < day)
        )

    def _waas_get_period(self, month):
        """Hook: first and last day of what a month bills of this line."""
        return month.date_start, month.date_end

    def _get_period_to_invoice(
        self, last_date_invoiced, recurring_next_date, stop_at_date_end=True
    ):
        """None: the month says which period it bills (:meth:`_waas_get_period`)."""
        if self.contract_id.generation_type == "waas":
            return False, False, False
        return super()._get_period_to_invoice(
            last_date_invoiced, recurring_next_date, stop_at_date_end
        )

    def _insert_markers(self, first_date_invoiced, last_date_invoiced):
        """As OCA contract, without its query for each line: a run has thousands."""
        if self.contract_id.generation_type != "waas" or "#INVOICEMONTH" in self.name:
            return super()._insert_markers(first_date_invoiced, last_date_invoiced)
        name = self.name
        if not first_date_invoiced or "#" not in name:
            return name
        language = self.env["res.lang"]._get_data(code=self.contract_id.partner_id.lang)
        date_format = language.date_format or "%m/%d/%Y"
        for marker, date in (
            ("#START#", first_date_invoiced),
            ("#END#", last_date_invoiced),
        ):
            name = name.replace(marker, date.strftime(date_format) if date else "")
        return name

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._(
                "The lines of a WaaS contract come from its order and its changes: "
                "users cannot create or link them."
            )
        )
