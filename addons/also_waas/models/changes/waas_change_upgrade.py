from odoo import fields, models
from odoo.tools import format_date

from ...schedule import get_share


class WaasChange(models.Model):
    """Upgrades and options of workplaces that are rented already (R7, R8).

    New prices run from the first day of the next month that has no invoice yet. For the
    days until then there is a part of a month, invoiced once with that month.
    """

    _inherit = "waas.change"

    def _get_first_date(self):
        """The next month, so that there is time to sign."""
        if self.kind not in ("upgrade", "seats"):
            return super()._get_first_date()
        today = self.company_id._waas_today()
        return min(
            (
                month.date_start
                for month in self.contract_id.waas_installment_ids
                if month.date_start > today and not month.move_id
            ),
            default=today,
        )

    # === WHETHER IT IS POSSIBLE ===#

    def _get_kind_problems(self):
        yield from super()._get_kind_problems()
        if self.kind not in ("upgrade", "seats"):
            return
        if not self.line_ids:
            yield "lines", self._get_no_lines_message()
        if self._is_within_term() and not self._get_billing_month():
            yield (
                "last_month",
                self.env._(
                    "Every month of %(contract)s from %(date)s on is invoiced already: "
                    "extend the contract first, or make a follow-on contract.",
                    contract=self.contract_id.name,
                    date=format_date(self.env, self.effective_date),
                ),
            )
        for line in self.line_ids:
            if problem := line._get_problem():
                yield problem

    def _get_no_lines_message(self):
        return self.env._("Add an upgrade or an option.")

    def _is_within_term(self):
        contract, date = self.contract_id, self.effective_date
        return bool(date) and contract.date_start <= date <= contract.date_end

    # === WHAT IT WOULD DO ===#

    def _get_current_month(self):
        """The month in which the change takes effect."""
        return self._get_months().filtered(
            lambda month: month.date_start <= self.effective_date <= month.date_end
        )

    def _get_billing_month(self):
        """The first month without invoice from the one on in which it takes effect."""
        current = self._get_current_month()
        return self._get_months().filtered(
            lambda month: month.number >= current.number and not month.move_id
        )[:1]

    def _get_parts(self):
        """The months that are billed apart, and how much of each.

        :return: list of pairs of a month and its share; the new prices run from the
            month after
        """
        current, billing = self._get_current_month(), self._get_billing_month()
        if billing == current and self.effective_date == current.date_start:
            return []
        months = self._get_months().filtered(
            lambda month: current.number
            <= month.number
            < max(billing.number, current.number + 1)
        )
        return [(month, get_share(month, self.effective_date)) for month in months]

    def _plan(self):
        plan = super()._plan()
        if self.kind not in ("upgrade", "seats"):
            return plan
        parts = self._get_parts()
        first = parts[-1][0].number + 1 if parts else self._get_current_month().number
        running = [month for month in plan.months if month.number >= first][:1]
        replaced = self.line_ids.replaced_line_id
        until = (
            parts[-1][0].date_end
            if parts
            else fields.Date.subtract(self.effective_date, days=1)
        )
        rows = [
            row._replace(date_end=until) if row.line in replaced else row
            for row in plan.rows
            if row.line not in replaced or row.date_start <= until
        ]
        new = [
            pair
            for line in self.line_ids
            for pair in line._plan_rows(parts, running, self._get_billing_month())
        ]
        return self._replan(plan, rows + [row for row, _line in new], new=new)
