"""The amounts of an invoice: lines, taxes, totals."""

from collections import defaultdict

from .columns import TAX_LINE_SEQUENCE, Amounts, get_debit_credit
from .plain_taxes import PlainInvoice, read_plain_tax


class AmountBuilder:
    """The part of a builder that calls ``account.tax``, or multiplies plain taxes."""

    def _get_amounts(self, header, priced_lines):
        """Amounts of a whole invoice: cached, since contracts are often alike."""
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
        """:return: ``None`` if only Odoo's tax engine can compute the amounts of this
        line"""
        answer = line.answer
        if line.analytic:
            return None
        key = (answer.product.id, answer.taxes._ids, header["move_type"])
        if key not in self._plain_taxes:
            self._plain_taxes[key] = (
                None
                # Tags of a product decide, for any user.
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
                # All lines of an invoice have the same partner: no need to group by it.
                partner_id=self.env["res.partner"],
            )
        return self._base_lines[key]

    @staticmethod
    def _get_subtotal(base_line):
        """Subtotal and total of a line: the effects of other lines are added
        separately.

        Rounding of the whole invoice leaves these two as they are for the line alone.
        The cents that it distributes are kept in fields of their own.
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
            **get_debit_credit(balance),
        }

    def _get_tax_columns(self, currency, values):
        """Columns of a tax line, from values as for ``create()``."""
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
        """Nothing is paid yet: lines that can be reconciled are open."""
        for line in lines:
            if line["account_id"] and self._is_reconcilable(line["account_id"]):
                line["amount_residual"] = line["balance"]
                line["amount_residual_currency"] = line["amount_currency"]
                line["reconciled"] = not (line["balance"] or line["amount_currency"])
