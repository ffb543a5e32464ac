"""The columns of an invoice: what they hold before anything is computed, and what they
depend on.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from odoo.tools import frozendict

# Different on every invoice; nothing in HEADER_COLUMNS depends on them.
OWN_OF_INVOICE = frozenset(
    {"ref", "invoice_origin", "invoice_date_due", "invoice_line_ids"}
)
# Values of a draft in columns that only posting fills.
DRAFT_COLUMNS = {
    "state": "draft",
    "name": None,
    "sequence_prefix": "",
    "sequence_number": 0,
    "payment_reference": None,
    "payment_state": "not_paid",
    "always_tax_exigible": False,
    "checked": False,
    "made_sequence_gap": False,
    "is_manually_modified": False,
}
# The values that decide the account, taxes, unit and analytic distribution of a line.
LINE_QUESTION = (
    "product_id",
    "account_id",
    "tax_ids",
    "product_uom_id",
    "analytic_distribution",
    "display_type",
)
# A line before it is classified: neither amount nor tax.
EMPTY_LINE = {
    "parent_state": "draft",
    "move_name": None,
    "name": None,
    "account_id": None,
    "product_id": None,
    "product_uom_id": None,
    "quantity": 0.0,
    "price_unit": 0.0,
    "discount": 0.0,
    "price_subtotal": 0.0,
    "price_total": 0.0,
    "balance": 0.0,
    "amount_currency": 0.0,
    "debit": 0.0,
    "credit": 0.0,
    "amount_residual": 0.0,
    "amount_residual_currency": 0.0,
    "reconciled": False,
    "analytic_distribution": None,
    "group_tax_id": None,
    "tax_line_id": None,
    "tax_group_id": None,
    "tax_repartition_line_id": None,
    "tax_base_amount": None,
    "date_maturity": None,
    "discount_date": None,
    "discount_balance": None,
    "discount_amount_currency": None,
    "is_storno": False,
    "no_followup": False,
    "payment_id": None,
    "statement_line_id": None,
    "statement_id": None,
    "tax_ids": (),
    "tax_tag_ids": (),
}
TAX_LINE_SEQUENCE = 10000
TERM_LINE_SEQUENCE = 12000


@dataclass(frozen=True)
class LineAnswer:
    """The values that the ORM computes for a line: see :data:`LINE_QUESTION`."""

    product: object
    account: object
    taxes: object
    uom: object
    analytic: dict | None
    name: str | None
    # Of other modules, see LineBuilder._find_product_fields.
    product_columns: dict = field(default_factory=dict)


class PricedLine(NamedTuple):
    """The values that decide the amounts of a line."""

    answer: LineAnswer
    analytic: dict | None
    price_unit: float
    quantity: float
    discount: float

    @property
    def signature(self):
        """Lines with equal signatures have the same amounts, in the same invoice."""
        product = self.answer.product
        return (
            self.answer.account.id,
            self.answer.taxes._ids,
            # The product matters only for its own tags, and for units of fixed taxes.
            product.id if product.sudo().account_tag_ids else 0,
            self.price_unit,
            self.quantity,
            self.discount,
            frozendict(self.analytic) if self.analytic else None,
        )


class Amounts(NamedTuple):
    """Columns of each product line, and complete columns of the tax lines."""

    products: list[dict]
    taxes: list[dict]


def get_debit_credit(balance):
    return {
        "debit": balance if balance > 0.0 else 0.0,
        "credit": -balance if balance < 0.0 else 0.0,
    }
