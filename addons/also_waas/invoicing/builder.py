"""From the values that ``create()`` takes to the complete rows of an invoice.

Odoo's ``create()`` writes an incomplete draft, and its sync stack then completes it
line by line with ``write()``. The result is known beforehand, because Odoo computes it
with engines that take plain values. This file asks the same engines:

* everything of the header, and the account, taxes, unit and analytic distribution of a
  line, comes from ``account.move.new()``: the ORM's own compute methods;
* amounts come from ``account.tax``: base lines, rounding of the invoice, tax lines;
* due dates and their amounts come from ``account.payment.term``.

What remains here is putting the answers into columns, with the signs and the rounding
that Odoo gives them. ``tests/invoicing/test_fast_invoices.py`` compares every column.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from odoo import Command, fields
from odoo.tools import frozendict
from odoo.tools.translate import get_translation

from .invoice import NotRegularError, Way
from .plain_taxes import PlainInvoice, read_plain_tax
from .regular import HEADER_COLUMNS, TEXT_LINES

# Different on every invoice, and nothing in HEADER_COLUMNS depends on them.
OWN_OF_INVOICE = frozenset(
    {"ref", "invoice_origin", "invoice_date_due", "invoice_line_ids"}
)
# What a draft has in columns that only posting fills.
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
# What decides the account, taxes, unit and analytic distribution of a line.
LINE_QUESTION = (
    "product_id",
    "account_id",
    "tax_ids",
    "product_uom_id",
    "analytic_distribution",
    "display_type",
)
# What never does.
OWN_OF_LINE = ("name", "quantity", "price_unit", "discount", "sequence")
# A line before it is told apart: neither amount nor tax.
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
    """What the ORM fills in for a line: see :data:`LINE_QUESTION`."""

    product: object
    account: object
    taxes: object
    uom: object
    analytic: dict | None
    name: str | None


class PricedLine(NamedTuple):
    """What the amounts of a line depend on."""

    answer: LineAnswer
    analytic: dict | None
    price_unit: float
    quantity: float
    discount: float

    @property
    def signature(self):
        """Lines with this signature have the same amounts, in the same invoice."""
        product = self.answer.product
        return (
            self.answer.account.id,
            self.answer.taxes._ids,
            # The product matters only for its own tags, and for fixed taxes' units.
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


def _get_debit_credit(balance):
    return {
        "debit": balance if balance > 0.0 else 0.0,
        "credit": -balance if balance < 0.0 else 0.0,
    }


class Builder:
    """Builds the invoices of one company and one call.

    What it remembers (headers, answers, amounts) is right for the length of one call
    only: another user, currency rate or setting would change it.
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

    # === THE WHOLE INVOICE ===#

    def build(self, invoices):
        """Fill in the header and the lines of each invoice, or slow it down."""
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

    # === HEADER ===#

    def _get_header_key(self, vals):
        return tuple(
            (name, value) for name, value in vals.items() if name not in OWN_OF_INVOICE
        )

    def _read_headers(self, invoices):
        """Let the ORM compute the headers: one new record for each different one."""
        questions = {}
        for invoice in invoices:
            questions.setdefault(
                self._get_header_key(invoice.vals),
                {
                    **self._defaults_of_moves,
                    **{
                        name: value
                        for name, value in invoice.vals.items()
                        if name not in OWN_OF_INVOICE
                    },
                },
            )
        partners = self.env["res.partner"].browse(
            {question["partner_id"] for question in questions.values()}
        )
        partners.fetch(["commercial_partner_id", "name", "lang"])
        new_moves = self.moves.concat(
            *(self.moves.new(question) for question in questions.values())
        )
        for (key, question), move in zip(questions.items(), new_moves, strict=True):
            columns = {
                name: move._fields[name].convert_to_write(move[name], move)
                for name in HEADER_COLUMNS
            }
            columns["fiscal_position_id"] = self._get_fiscal_position(question, move)
            self._headers[key] = {**question, **columns}

    def _get_fiscal_position(self, question, move):
        """The move's own answer, asked once for customers that Odoo cannot tell apart.

        Finding it is a search for each customer, the only one of a header.
        """
        if "fiscal_position_id" in question or not self.guard.knows_fiscal_positions:
            return move.fiscal_position_id.id
        key = tuple(
            (
                partner.property_account_position_id.id,
                partner.country_id.id,
                partner.state_id.id,
                partner.zip,
                (partner.vat or "")[:2],
                partner._get_vat_required_valid(company=self.company),
            )
            for partner in (move.partner_id._origin, move.partner_shipping_id._origin)
        )
        if key not in self._fiscal_positions:
            # Without prefetching: it would compute all others as well.
            alone = move.with_prefetch()
            self._fiscal_positions[key] = alone.fiscal_position_id.id
        return self._fiscal_positions[key]

    def _get_header(self, vals):
        header = dict(self._headers[self._get_header_key(vals)])
        header["ref"] = vals.get("ref", False)
        header["invoice_origin"] = vals.get("invoice_origin", False)
        header.update(DRAFT_COLUMNS)
        return header

    def _get_common_columns(self, header):
        """What all lines of an invoice share."""
        return {
            **EMPTY_LINE,
            **self._defaults_of_lines,
            "company_id": header["company_id"],
            "company_currency_id": self.company_currency.id,
            "currency_id": header["currency_id"],
            "journal_id": header["journal_id"],
            "partner_id": header["commercial_partner_id"],
            "date": header["date"],
            "invoice_date": header["invoice_date"],
            "ref": header["ref"],
        }

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
        """Ask the ORM for what the caller left out of a line, once a question."""
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

    # === AMOUNTS ===#

    def _get_amounts(self, header, priced_lines):
        """Amounts of a whole invoice: remembered, since contracts are often alike."""
        key = (
            header["move_type"],
            header["currency_id"],
            header["invoice_currency_rate"],
            tuple(line.signature for line in priced_lines),
        )
        if key not in self._amounts:
            taxes = [self._get_plain_tax(header, line) for line in priced_lines]
            self._amounts[key] = (
                self._compute_amounts(header, priced_lines)
                if None in taxes
                else self._compute_plain_amounts(header, priced_lines, taxes)
            )
        return self._amounts[key]

    def _get_plain_tax(self, header, line):
        """:return: ``None`` if only Odoo's tax engine knows the amounts of this line"""
        answer = line.answer
        if line.analytic:
            return None
        key = (answer.product.id, answer.taxes._ids, header["move_type"])
        if key not in self._plain_taxes:
            self._plain_taxes[key] = (
                None
                if answer.product.sudo().account_tag_ids
                else read_plain_tax(answer.taxes, header["move_type"] == "out_refund")
            )
        return self._plain_taxes[key]

    def _compute_plain_amounts(self, header, priced_lines, taxes):
        """As :meth:`_compute_amounts`, where all taxes are plain."""
        sign = self._get_sign(header)
        plain = PlainInvoice(
            [
                (line.price_unit * (1 - (line.discount / 100.0)), line.quantity, tax)
                for line, tax in zip(priced_lines, taxes, strict=True)
            ],
            self.env["res.currency"].browse(header["currency_id"]),
            self.company,
            header["invoice_currency_rate"],
        )
        rows = zip(plain.get_balances(), plain.get_subtotals(), taxes, strict=True)
        return Amounts(
            [
                {
                    **self._get_rounded_columns(
                        plain.currency, sign * amount_currency, sign * balance
                    ),
                    "price_subtotal": subtotal,
                    "price_total": total,
                    "tax_tag_ids": tax.base_tag_ids,
                }
                for (amount_currency, balance), (subtotal, total), tax in rows
            ],
            [
                {
                    **self._get_rounded_columns(
                        plain.currency, sign * amount_currency, sign * balance
                    ),
                    "name": tax.name,
                    "account_id": tax.account_id,
                    "tax_repartition_line_id": tax.repartition_id,
                    "tax_line_id": tax.tax_id,
                    "tax_group_id": tax.tax_group_id,
                    "tax_base_amount": self.company_currency.round(sign * base),
                    "tax_tag_ids": tax.tax_tag_ids,
                }
                for tax, amount_currency, balance, base in plain.get_taxes()
            ],
        )

    def _compute_amounts(self, header, priced_lines):
        """Run Odoo's tax engine, as ``account.move._sync_tax_lines`` does."""
        currency = self.env["res.currency"].browse(header["currency_id"])
        base_lines = [self._get_base_line(header, line) for line in priced_lines]
        self.taxes._round_base_lines_tax_details(base_lines, self.company)
        self.taxes._add_accounting_data_in_base_lines_tax_details(
            base_lines, self.company, include_caba_tags=False
        )
        result = self.taxes._prepare_tax_lines(base_lines, self.company)
        products = [
            {
                **self._get_amount_columns(currency, values),
                **self._get_subtotal(base_line),
                "tax_tag_ids": tuple(values["tax_tag_ids"][0][2]),
            }
            for base_line, values in result["base_lines_to_update"]
        ]
        taxes = [
            self._get_tax_columns(currency, values)
            for values in result["tax_lines_to_add"]
        ]
        return Amounts(products, taxes)

    def _get_base_line(self, header, line):
        base_line = {
            **self._get_base_line_of_answer(header, line.answer),
            "price_unit": line.price_unit,
            "quantity": line.quantity,
            "discount": line.discount,
            "analytic_distribution": line.analytic or False,
        }
        self.taxes._add_tax_details_in_base_line(base_line, self.company)
        return base_line

    def _get_base_line_of_answer(self, header, answer):
        """A base line without the line's own values, the same for many lines."""
        key = (
            answer.product.id,
            answer.uom.id,
            answer.account.id,
            answer.taxes._ids,
            header["move_type"],
            header["currency_id"],
            header["invoice_currency_rate"],
        )
        if key not in self._base_lines:
            self._base_lines[key] = self.taxes._prepare_base_line_for_taxes_computation(
                {},
                rate=header["invoice_currency_rate"],
                sign=self._get_sign(header),
                special_mode=False,
                is_refund=header["move_type"] == "out_refund",
                product_id=answer.product,
                product_uom_id=answer.uom,
                tax_ids=answer.taxes,
                currency_id=self.env["res.currency"].browse(header["currency_id"]),
                account_id=answer.account,
                # All lines of an invoice have the same partner: it groups nothing.
                partner_id=self.env["res.partner"],
            )
        return self._base_lines[key]

    @staticmethod
    def _get_subtotal(base_line):
        """Subtotal and total of a line: what other lines make of it comes besides.

        Rounding the whole invoice leaves these two as they are for the line alone, and
        keeps the cents that it spreads in fields of their own.
        """
        details, currency = base_line["tax_details"], base_line["currency_id"]
        return {
            "price_subtotal": currency.round(details["total_excluded_currency"]),
            "price_total": currency.round(details["total_included_currency"]),
        }

    @staticmethod
    def _get_sign(header):
        return -1 if header["move_type"] == "out_invoice" else 1

    def _get_amount_columns(self, currency, values):
        return self._get_rounded_columns(
            currency, values["amount_currency"], values["balance"]
        )

    def _get_rounded_columns(self, currency, amount_currency, balance):
        balance = self.company_currency.round(balance)
        return {
            "balance": balance,
            "amount_currency": currency.round(amount_currency),
            **_get_debit_credit(balance),
        }

    def _get_tax_columns(self, currency, values):
        """Columns of a tax line, from values that ``create()`` would take."""
        repartition = self.env["account.tax.repartition.line"].browse(
            values["tax_repartition_line_id"]
        )
        return {
            **self._get_amount_columns(currency, values),
            "name": values["name"],
            "account_id": values["account_id"],
            "analytic_distribution": values["analytic_distribution"] or None,
            "group_tax_id": values["group_tax_id"] or None,
            "tax_repartition_line_id": repartition.id,
            "tax_line_id": repartition.tax_id.id,
            "tax_group_id": repartition.tax_id.tax_group_id.id,
            "tax_base_amount": self.company_currency.round(values["tax_base_amount"]),
            "tax_ids": tuple(values["tax_ids"][0][2]),
            "tax_tag_ids": tuple(values["tax_tag_ids"][0][2]),
        }

    def _build_tax_line(self, common, columns):
        return {
            **common,
            **columns,
            "display_type": "tax",
            "sequence": TAX_LINE_SEQUENCE,
        }

    def _set_totals(self, invoice):
        """The header's amounts, from the lines: ``account.move._compute_amount``."""
        header, lines = invoice.header, invoice.lines
        currency = self.env["res.currency"].browse(header["currency_id"])
        sums = defaultdict(float)
        for line in lines:
            kind = "tax" if line["display_type"] == "tax" else "untaxed"
            sums[kind, "balance"] += line["balance"]
            sums[kind, "currency"] += line["amount_currency"]
        untaxed = self.company_currency.round(sums["untaxed", "balance"])
        tax = self.company_currency.round(sums["tax", "balance"])
        untaxed_currency = currency.round(sums["untaxed", "currency"])
        tax_currency = currency.round(sums["tax", "currency"])
        total = self.company_currency.round(untaxed + tax)
        total_currency = currency.round(untaxed_currency + tax_currency)
        sign = self._get_sign(header)
        self.guard.check_total(currency, sign * total_currency)
        header.update(
            amount_untaxed=sign * untaxed_currency,
            amount_tax=sign * tax_currency,
            amount_total=sign * total_currency,
            amount_untaxed_signed=-untaxed,
            amount_untaxed_in_currency_signed=-untaxed_currency,
            amount_tax_signed=-tax,
            amount_total_signed=-total,
            amount_total_in_currency_signed=-total_currency,
        )

    def _is_reconcilable(self, account_id):
        if account_id not in self._reconcilable:
            account = self.env["account.account"].browse(account_id)
            self._reconcilable[account_id] = (
                account.reconcile
                or account.account_type in ("asset_cash", "liability_credit_card")
            )
        return self._reconcilable[account_id]

    def _set_residuals(self, lines):
        """Nothing is paid yet: what can be reconciled is open."""
        for line in lines:
            if line["account_id"] and self._is_reconcilable(line["account_id"]):
                line["amount_residual"] = line["balance"]
                line["amount_residual_currency"] = line["amount_currency"]
                line["reconciled"] = not (line["balance"] or line["amount_currency"])

    # === PAYMENT TERMS ===#

    def _build_term_lines(self, invoice, common):
        """The receivable: a line for each due date, names as a draft has them."""
        header = invoice.header
        currency = self.env["res.currency"].browse(header["currency_id"])
        terms = self._compute_terms(header, currency, invoice.vals)
        account_id = self._get_receivable(header)
        term_lines = []
        for values in terms:
            amounts = self._get_amount_columns(currency, values)
            term_lines.append(
                {
                    **common,
                    **values,
                    **amounts,
                    "display_type": "payment_term",
                    "sequence": TERM_LINE_SEQUENCE,
                    "account_id": account_id,
                }
            )
        self._set_residuals(term_lines)
        self._name_term_lines(header, term_lines)
        return term_lines

    def _compute_terms(self, header, currency, vals):
        """As ``account.move._compute_needed_terms``: amounts are merged by due date."""
        term = self.env["account.payment.term"].browse(
            header["invoice_payment_term_id"] or ()
        )
        if not term:
            # Odoo's rule: due on the day it is made, whatever the invoice date.
            due_date = fields.Date.to_date(vals.get("invoice_date_due")) or self.today
            return [
                {
                    "date_maturity": due_date,
                    "discount_date": None,
                    "discount_balance": 0.0,
                    "discount_amount_currency": 0.0,
                    "balance": header["amount_total_signed"],
                    "amount_currency": header["amount_total_in_currency_signed"],
                }
            ]
        computed = term._compute_terms(
            date_ref=header["invoice_date"],
            currency=currency,
            company=self.company,
            tax_amount=header["amount_tax_signed"],
            tax_amount_currency=-self._get_sign(header) * header["amount_tax"],
            untaxed_amount=header["amount_untaxed_signed"],
            untaxed_amount_currency=-self._get_sign(header) * header["amount_untaxed"],
            sign=-self._get_sign(header),
            cash_rounding=self.env["account.cash.rounding"],
        )
        by_date = {}
        for part in computed["line_ids"]:
            due_date = fields.Date.to_date(part["date"])
            values = by_date.setdefault(
                due_date,
                {
                    "date_maturity": due_date,
                    "discount_date": computed.get("discount_date") or None,
                    "discount_balance": computed.get("discount_balance") or 0.0,
                    "discount_amount_currency": (
                        computed.get("discount_amount_currency") or 0.0
                    ),
                    "balance": 0.0,
                    "amount_currency": 0.0,
                },
            )
            values["balance"] += part["company_amount"]
            values["amount_currency"] += part["foreign_amount"]
        return list(by_date.values())

    def _get_receivable(self, header):
        """As ``account.move.line._compute_account_id`` finds it, short of guessing."""
        key = (header["commercial_partner_id"], header["fiscal_position_id"])
        if key not in self._receivables:
            partners = self.env["res.partner"].browse(key[0]), self.company.partner_id
            account = next(
                (
                    partner.property_account_receivable_id
                    for partner in partners
                    if partner.property_account_receivable_id
                ),
                None,
            )
            if not account or account.account_type != "asset_receivable":
                raise NotRegularError("no receivable account")
            position = self.env["account.fiscal.position"].browse(key[1] or ())
            self._receivables[key] = position.map_account(account).id
        return self._receivables[key]

    def _name_term_lines(self, header, term_lines):
        """As ``account.move.line._compute_name``; again when the reference is known."""
        reference, ref = header["payment_reference"], header["ref"]
        name = reference or ""
        if reference and ref and reference != ref:
            name = f"{ref} - {reference}"
        term = self.env["account.payment.term"].browse(
            header["invoice_payment_term_id"] or ()
        )
        ordered = sorted(term_lines, key=lambda line: line["date_maturity"])
        for number, line in enumerate(ordered, start=1):
            if len(term.line_ids) > 1:
                line["name"] = get_translation(
                    "account",
                    self.env.lang or "en_US",
                    "%(name)s installment #%(number)s",
                    {"name": name, "number": number},
                ).lstrip()
            elif name:
                line["name"] = name

    # === THE END ===#

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
        """Turn a built draft into what ``_post()`` would have made of it."""
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
        """Back to the draft that :meth:`number` found."""
        invoice.header.update(DRAFT_COLUMNS)
        del invoice.header["posted_before"]
        terms = invoice.get_lines("payment_term")
        for line in invoice.lines:
            line["parent_state"] = "draft"
            line["move_name"] = None
        for line in terms:
            line["name"] = None
        self._name_term_lines(invoice.header, terms)
