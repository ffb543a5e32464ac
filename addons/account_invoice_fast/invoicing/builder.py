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

from odoo import Command, fields

from .amounts import AmountBuilder
from .columns import (
    DRAFT_COLUMNS,
    LINE_QUESTION,
    LineAnswer,
    PricedLine,
)
from .headers import HeaderBuilder
from .invoice import NotRegularError, Way
from .known import TEXT_LINES
from .terms import TermBuilder


class Builder(HeaderBuilder, AmountBuilder, TermBuilder):
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
        for invoice in invoices:
            try:
                self._build_invoice(invoice)
            except NotRegularError as reason:
                invoice.slow_down(Way.ORDINARY, reason)
                continue
            if reason := self.guard.find_post_reason(invoice):
                invoice.slow_down(Way.SAFE, reason)

    def _build_invoice(self, invoice):
        invoice.header = header = self._get_header(invoice.vals)
        self.guard.check_header(header)
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

    # === LINES OF THE CALLER ===#

    def _build_line(self, header, common, values):
        """:return: the columns of a line, and what its amounts (if any) depend on"""
        display_type = values.get("display_type") or "product"
        line = {
            **common,
            **{
                name: value
                for name, value in values.items()
                if name not in LINE_QUESTION
            },
            "display_type": display_type,
            "sequence": values.get("sequence", 100),
        }
        if display_type in TEXT_LINES:
            line["product_uom_id"] = values.get("product_uom_id", False)
            for name in ("quantity", "price_unit", "discount"):
                line[name] = self._round(name, values.get(name) or 0.0)
            return line, None
        answer = self._get_answer(header, values)
        priced = PricedLine(
            answer,
            self._get_analytic(values, answer),
            float(values["price_unit"]),
            self._round("quantity", values.get("quantity", 1.0)),
            self._round("discount", values.get("discount") or 0.0),
        )
        line.update(
            product_id=answer.product.id or None,
            account_id=answer.account.id,
            product_uom_id=answer.uom.id or None,
            tax_ids=answer.taxes._ids,
            name=values.get("name", answer.name),
            analytic_distribution=priced.analytic,
            price_unit=priced.price_unit,
            quantity=priced.quantity,
            discount=priced.discount,
        )
        return line, priced

    def _round(self, name, value):
        """Round as the column does."""
        return self.move_lines._fields[name].convert_to_cache(value, self.move_lines)

    def _get_analytic(self, values, answer):
        if "analytic_distribution" not in values:
            return answer.analytic
        return self._sanitize_analytic(values["analytic_distribution"])

    def _sanitize_analytic(self, distribution):
        return (
            self.move_lines._sanitize_values(
                {"analytic_distribution": distribution}, self._analytic_precision
            )["analytic_distribution"]
            or None
        )

    def _get_answer(self, header, values):
        """Let the ORM compute what the caller left out of a line, once for equal
        questions."""
        question = {name: values[name] for name in LINE_QUESTION if name in values}
        key = self._get_question_key(header, values, question)
        if key not in self._answers:
            self._answers[key] = self._ask(header, values, question)
        return self._answers[key]

    def _get_question_key(self, header, values, question):
        given = tuple(
            (
                name,
                repr(value) if name in ("tax_ids", "analytic_distribution") else value,
            )
            for name, value in question.items()
        )
        # A label in the customer's language, a distribution model of the customer.
        needs_partner = "name" not in values or "analytic_distribution" not in question
        return (
            header["move_type"],
            header["journal_id"],
            header["currency_id"],
            header["fiscal_position_id"],
            header["partner_id"] if needs_partner else None,
            "name" in values,
            given,
        )

    def _ask(self, header, values, question):
        named = {"name": values["name"]} if "name" in values else {}
        move = self.moves.new(
            {
                "move_type": header["move_type"],
                "company_id": header["company_id"],
                "journal_id": header["journal_id"],
                "currency_id": header["currency_id"],
                "partner_id": header["partner_id"],
                "fiscal_position_id": header["fiscal_position_id"],
                "invoice_date": header["invoice_date"],
                "invoice_line_ids": [
                    Command.create({**question, **named, "price_unit": 1.0})
                ],
            }
        )
        line = move.invoice_line_ids
        answer = LineAnswer(
            product=line.product_id._origin,
            account=line.account_id._origin,
            taxes=line.tax_ids._origin,
            uom=line.product_uom_id._origin,
            analytic=line.analytic_distribution or None,
            name=line.name or None,
        )
        self.guard.check_product_line(answer.product, answer.account, answer.taxes)
        return answer

    # === NUMBERING ===#

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
