"""Amounts of an invoice whose taxes are all *plain*: a percentage on top of the price.

Odoo's tax engine supports prices that include taxes, taxes on taxes, reverse charge,
cash basis and more, and checks all of them on each line. Most invoices have plain
taxes, and then little is left: multiply, round the sums, and distribute the cents that
the rounded lines miss. That is done here, in the engine's own order; the engine's own
method distributes the cents. All other taxes are computed by the engine itself.

``tests/test_plain_taxes.py`` compares both on generated lines.
"""

from dataclasses import dataclass

from odoo.tools import float_round


@dataclass(frozen=True)
class PlainTax:
    """The tax of a line, or no tax, with the values that plain amounts need."""

    tax_id: int = 0
    percent: float = 0.0
    name: str = ""
    tax_group_id: int = 0
    repartition_id: int = 0
    account_id: int = 0
    base_tag_ids: tuple = ()
    tax_tag_ids: tuple = ()


NO_TAX = PlainTax()


def read_plain_tax(taxes, is_refund):
    """:return: the tax of a line if it is a single plain one, :data:`NO_TAX`, or
    None"""
    if not taxes:
        return NO_TAX
    if len(taxes) > 1 or not _is_plain(taxes):
        return None
    rows = (
        taxes.refund_repartition_line_ids
        if is_refund
        else taxes.invoice_repartition_line_ids
    )
    of_tax = rows.filtered(lambda row: row.repartition_type == "tax")
    if len(of_tax) != 1 or of_tax.factor != 1.0:
        return None
    account = of_tax._get_aml_target_tax_account(force_caba_exigibility=False)
    if not account and taxes.amount:
        return None  # each line has its own account: as many tax lines as accounts
    return PlainTax(
        taxes.id,
        taxes.amount,
        taxes.name,
        taxes.tax_group_id.id,
        of_tax.id,
        account.id,
        (rows - of_tax)
        .filtered(lambda row: row.repartition_type == "base")
        .tag_ids._ids,
        of_tax.tag_ids._ids,
    )


def _is_plain(tax):
    return (
        tax.amount_type == "percent"
        and not tax.price_include
        and not tax.has_negative_factor
        and tax.tax_exigibility == "on_invoice"
    )


class PlainInvoice:
    """The amounts of one invoice, line by line and tax by tax.

    :param lines: list of (price after discount, quantity, :class:`PlainTax`)
    :param rate: units of the invoice's currency for one of the company's
    """

    def __init__(self, lines, currency, company, rate):
        self.lines = lines
        self.currency = currency
        self.company = company
        self.rate = rate
        self.per_line = company.tax_calculation_rounding_method == "round_per_line"
        self.raw = [self._get_raw(price, quantity) for price, quantity, _tax in lines]
        self.raw_tax = [
            self._round_line(raw * tax.percent / 100.0)
            for raw, (_price, _quantity, tax) in zip(self.raw, lines, strict=True)
        ]

    def _get_raw(self, price, quantity):
        return self._round_line(quantity * price)

    def _round_line(self, amount):
        if not self.per_line:
            return amount
        return float_round(amount, precision_rounding=self.currency.rounding)

    def _convert(self, amounts):
        """Convert to the company's currency, rounded only where each line is."""
        converted = [amount / self.rate for amount in amounts]
        if self.per_line:
            return [self.company.currency_id.round(amount) for amount in converted]
        return converted

    def get_subtotals(self):
        """:return: for each line its subtotal without and its total with tax"""
        round_ = self.currency.round
        for raw, raw_tax in zip(self.raw, self.raw_tax, strict=True):
            subtotal = round_(raw)
            yield subtotal, round_(subtotal + round_(raw_tax))

    def get_balances(self):
        """:return: for each line its amount in the invoice's and in the company's
        currency, cents spread"""
        in_currency = self._spread(self.raw, self.currency)
        if self.currency == self.company.currency_id and self.rate == 1.0:
            return zip(in_currency, in_currency, strict=True)
        in_company = self._spread(self._convert(self.raw), self.company.currency_id)
        return zip(in_currency, in_company, strict=True)

    def _spread(self, raw, currency):
        """Round each amount so that they add up to the rounded sum."""
        rounded = [currency.round(amount) for amount in raw]
        total = _add(raw)
        delta = currency.round(total) - _add(rounded)
        if not total or currency.is_zero(delta):
            return rounded
        cents = self.company.env["account.tax"]._distribute_delta_amount_smoothly(
            precision_digits=currency.decimal_places,
            delta_amount=delta,
            target_factors=[{"factor": amount} for amount in raw],
        )
        return [amount + cent for amount, cent in zip(rounded, cents, strict=True)]

    def get_taxes(self):
        """:return: for each tax it, its amount in the invoice's currency, its amount
        and its base in the company's; in the order of the lines; without empty ones"""
        company_currency = self.company.currency_id
        raw, raw_tax = self._convert(self.raw), self._convert(self.raw_tax)
        by_tax = {}
        for index, (_price, _quantity, tax) in enumerate(self.lines):
            if tax.tax_id:
                by_tax.setdefault(tax, []).append(index)
        for tax, indexes in by_tax.items():
            amount_currency = self.currency.round(
                _add(self.raw_tax[index] for index in indexes)
            )
            amount = company_currency.round(_add(raw_tax[index] for index in indexes))
            base = company_currency.round(_add(raw[index] for index in indexes))
            if amount_currency or amount:
                yield tax, amount_currency, amount, base


def _add(amounts):
    """Add one by one, as the engine: ``sum()`` adds differently since Python 3.12."""
    total = 0.0
    for amount in amounts:
        total += amount
    return total
