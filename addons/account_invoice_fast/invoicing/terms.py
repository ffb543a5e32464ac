"""Due dates of an invoice, and their amounts."""

from odoo import fields
from odoo.tools.translate import get_translation

from .columns import TERM_LINE_SEQUENCE
from .invoice import NotRegularError


class TermBuilder:
    """The part of a builder that calls ``account.payment.term``."""

    def _build_term_lines(self, invoice, common):
        """The receivable lines: one for each due date, with names as on a draft."""
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
            # Odoo's rule: due on the day of creation, for any invoice date.
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
        """As ``account.move.line._compute_account_id``, without its fallbacks."""
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
        """As ``account.move.line._compute_name``; called again when the reference is
        known."""
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
