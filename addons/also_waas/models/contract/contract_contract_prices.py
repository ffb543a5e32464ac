"""What the prices of a contract add up to: one answer for its first month, for a
change and for an early end."""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _waas_get_rows(self):
        """The prices of the contract, as its months see them.

        :return: list of :class:`Row`
        """
        self.ensure_one()
        return [
            line._waas_get_row()
            for line in self.contract_line_ids
            if not (line.display_type or line.is_canceled)
        ]

    def _waas_round(self, amount):
        currency = self.currency_id
        return currency.round(amount) if currency else amount

    def _waas_get_untaxed(self, rows):
        """What rows add up to without VAT, rounded as the invoice rounds it."""
        return self._waas_get_amounts(rows)[0]

    def _waas_get_amounts(self, rows):
        """What rows add up to, rounded as the invoice rounds it.

        :return: pair of the amounts without and with VAT
        """
        self.ensure_one()
        taxes = self.env["account.tax"]
        base_lines = [
            taxes._prepare_base_line_for_taxes_computation(
                {},
                id=index,
                product_id=row.product,
                tax_ids=self._waas_get_taxes(row.product),
                price_unit=row.price_unit,
                quantity=row.quantity,
                currency_id=self.currency_id,
                rate=1.0,
                partner_id=self.partner_id,
            )
            for index, row in enumerate(rows, start=1)
        ]
        taxes._add_tax_details_in_base_lines(base_lines, self.company_id)
        taxes._round_base_lines_tax_details(base_lines, self.company_id)
        details = [line["tax_details"] for line in base_lines]
        untaxed = sum(
            detail["total_excluded_currency"] + detail["delta_total_excluded_currency"]
            for detail in details
        )
        tax = sum(
            data["tax_amount_currency"]
            for detail in details
            for data in detail["taxes_data"]
        )
        return self._waas_round(untaxed), self._waas_round(untaxed + tax)

    def _waas_get_taxes(self, product):
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
        return self.fiscal_position_id.map_tax(taxes)

    def _waas_ensure_signed_amount(self):
        """The months are invoiced by the lines of the contract: they cost what was
        signed, to the cent, or the order cannot be confirmed.

        :raises UserError: when the contract would cost something else
        """
        for contract in self:
            amount = contract._waas_get_untaxed(contract._waas_get_rows())
            signed = contract.waas_monthly_amount
            if contract.currency_id.compare_amounts(amount, signed):
                raise UserError(
                    self.env._(
                        "%(order)s is signed for %(signed)s a month, but its contract "
                        "would cost %(amount)s: look at the taxes of its products and "
                        "at its fiscal position.",
                        order=contract.waas_order_id.name,
                        signed=format_amount(self.env, signed, contract.currency_id),
                        amount=format_amount(self.env, amount, contract.currency_id),
                    )
                )
