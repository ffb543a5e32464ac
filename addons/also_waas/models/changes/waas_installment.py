from odoo import fields, models


class WaasInstallment(models.Model):
    """Which prices a month bills when they change on the way."""

    _inherit = "waas.installment"

    max_months = fields.Integer(
        related="contract_id.waas_max_months", store=True, aggregator=None
    )

    _max_months = models.Constraint(
        "CHECK (number <= max_months)",
        "A contract has no more months than its company allows, extensions included.",
    )

    def _advance_contract_lines(self):
        result = super()._advance_contract_lines()
        parts = self.contract_id.contract_line_ids.filtered(
            lambda line: line.waas_installment_id in self
            and not line.last_date_invoiced
        )
        for last_day, lines in parts.grouped("date_end").items():
            lines.write({"last_date_invoiced": last_day})
        return result

    def _is_as_agreed(self):
        """Whether the amount is what the prices in force add up to."""
        self.ensure_one()
        contract = self.contract_id
        rows = [line._waas_get_row() for line in self._get_contract_lines()]
        return (
            self.currency_id.compare_amounts(
                self.amount, contract._waas_get_untaxed(rows)
            )
            == 0
        )

    def _get_previous(self):
        """The month before this one."""
        self.ensure_one()
        return self.contract_id.waas_installment_ids.filtered(
            lambda month: month.number == self.number - 1
        )
