"""From the values of ``create()`` to the complete rows of an invoice.

Odoo's ``create()`` writes an incomplete draft, and its sync stack then completes it
line by line with ``write()``. The result can be computed before, because Odoo computes
it with engines that take plain values. This file calls the same engines:

* everything of the header, and the account, taxes, unit and analytic distribution of a
  line, comes from ``account.move.new()``: the ORM's own compute methods;
* amounts come from ``account.tax``: base lines, rounding of the invoice, tax lines;
* due dates and their amounts come from ``account.payment.term``.

What remains here is to write the answers into columns, with the signs and the rounding
of Odoo. ``tests/test_fast_invoices.py`` compares every column.
"""

from odoo import fields

from .amounts import AmountBuilder
from .columns import DRAFT_COLUMNS
from .headers import HeaderBuilder
from .invoice import NotRegularError, Way
from .lines import LineBuilder
from .terms import TermBuilder


class Builder(HeaderBuilder, LineBuilder, AmountBuilder, TermBuilder):
    """Builds the invoices of one company and one call.

    Its caches (headers, answers, amounts) are valid for one call only: another user,
    currency rate or setting would change them.
    """

    def __init__(self, env, company, guard):
        self.env = (
            env(
                context={
                    **env.context,
                    "tracking_disable": True,
                    "skip_is_manually_modified": True,
                }
            )["res.company"]
            .with_company(company)
            .env
        )
        self.company = company.with_env(self.env)
        self.company_currency = self.company.currency_id
        self.guard = guard
        self.moves = self.env["account.move"]
        self.move_lines = self.env["account.move.line"]
        self.taxes = self.env["account.tax"]
        self.today = fields.Date.context_today(self.moves)
        self._headers = {}
        self._fiscal_positions = {}
        self._answers = {}
        self._amounts = {}
        self._base_lines = {}
        self._plain_taxes = {}
        self._receivables = {}
        self._reconcilable = {}
        self._defaults_of_moves = self._get_defaults(self.moves)
        self._defaults_of_lines = self._get_defaults(self.move_lines)
        self._product_fields = self._find_product_fields()
        self._columns_without_product = self._read_product_columns(
            self.move_lines.new({})
        )
        self._analytic_precision = self.env["decimal.precision"].precision_get(
            "Percentage Analytic"
        )

    @staticmethod
    def _get_defaults(model):
        """Column defaults that ``create()`` would add to any values."""
        defaults = model._add_missing_default_values({})
        return {
            name: value
            for name, value in defaults.items()
            if model._fields[name].store and model._fields[name].column_type
        }

    # === WHOLE INVOICE ===#

    def build(self, invoices):
        """Complete the header and the lines of each invoice, or slow it down."""
        try:
            self.guard.check_company(self.company)
        except NotRegularError as reason:
            for invoice in invoices:
                invoice.slow_down(Way.ORDINARY, reason)
            return
        self._read_headers(invoices)
        regular = self._build_each(self._build_header, invoices)
        self._ask_ahead(regular)
        for invoice in self._build_each(self._build_lines, regular):
            if reason := self.guard.find_post_reason(invoice):
                invoice.slow_down(Way.SAFE, reason)

    @staticmethod
    def _build_each(build, invoices):
        """:return: the invoices that are regular so far; the others are slowed down"""
        regular = []
        for invoice in invoices:
            try:
                build(invoice)
            except NotRegularError as reason:
                invoice.slow_down(Way.ORDINARY, reason)
            else:
                regular.append(invoice)
        return regular

    def _build_header(self, invoice):
        invoice.header = self._get_header(invoice.vals)
        self.guard.check_header(invoice.header)

    def _build_lines(self, invoice):
        header = invoice.header
        common = self._get_common_columns(header)
        priced, products = [], []
        invoice.lines = lines = []
        for _operation, _id, values in invoice.vals["invoice_line_ids"]:
            line, priced_line = self._build_line(header, common, values)
            lines.append(line)
            if priced_line:
                priced.append(priced_line)
                products.append(line)
        amounts = self._get_amounts(header, priced)
        for line, columns in zip(products, amounts.products, strict=True):
            line.update(columns)
        lines.extend(self._build_tax_line(common, tax) for tax in amounts.taxes)
        self._set_totals(invoice)
        self._set_residuals(lines)
        lines.extend(self._build_term_lines(invoice, common))
        self._finish_header(invoice)

    def _finish_header(self, invoice):
        header = invoice.header
        terms = invoice.get_lines("payment_term")
        header["invoice_date_due"] = max(line["date_maturity"] for line in terms)
        residual = sum(line["amount_residual"] for line in terms)
        residual_currency = sum(line["amount_residual_currency"] for line in terms)
        currency = self.env["res.currency"].browse(header["currency_id"])
        header["amount_residual"] = -self._get_sign(header) * currency.round(
            residual_currency
        )
        header["amount_residual_signed"] = self.company_currency.round(residual)
        balance = sum(line["balance"] for line in invoice.lines)
        if not self.company_currency.is_zero(balance):
            raise NotRegularError("its lines do not balance")

    # === NUMBERING ===#

    def number(self, invoice, name, prefix, sequence_number):
        """Turn a built draft into what ``_post()`` makes of it."""
        header = invoice.header
        reference = name if header["move_type"] == "out_invoice" else None
        header.update(
            name=name,
            sequence_prefix=prefix,
            sequence_number=sequence_number,
            state="posted",
            posted_before=True,
            checked=self.moves._is_user_able_to_review(),
            payment_reference=reference,
        )
        for line in invoice.lines:
            line["parent_state"] = "posted"
            line["move_name"] = name
        if reference:
            self._name_term_lines(header, invoice.get_lines("payment_term"))

    def unnumber(self, invoice):
        """Restore the draft as it was before :meth:`number`."""
        invoice.header.update(DRAFT_COLUMNS)
        del invoice.header["posted_before"]
        terms = invoice.get_lines("payment_term")
        for line in invoice.lines:
            line["parent_state"] = "draft"
            line["move_name"] = None
        for line in terms:
            line["name"] = None
        self._name_term_lines(invoice.header, terms)
