from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_amount, format_date

from .waas_change import Plan


def _as_keys(rows):
    """Rows to be compared: whether their lines are written already does not matter."""
    return tuple(
        sorted(
            (row.product.id, row.quantity, row.price_unit, row.number) for row in rows
        )
    )


class WaasChange(models.Model):
    """What a change would do, month by month: shown, frozen, applied."""

    _inherit = "waas.change"

    # === COMPUTE METHODS ===#

    @api.depends(lambda self: (*self._get_amount_triggers(), "state"))
    def _compute_preview_html(self):
        for change in self:
            change.preview_html = (
                change._get_kind().render_preview(change)
                if change.contract_id
                and change.state not in ("applied", "cancelled")
                and not change._get_problems()
                else False
            )

    # === THE PLAN ===#

    def _plan(self):
        """What the contract becomes. Screen, agreements and booking all use it.

        :return: :class:`Plan`
        """
        self.ensure_one()
        months = list(self._get_months())
        rows = self.contract_id._waas_get_rows()
        amounts = {month.number: month.amount for month in months}
        return self._get_kind().plan(self, Plan(rows, months, amounts))

    def _replan(self, plan, rows, months=None, new=()):
        """A plan with other rows: months that are not invoiced and that bill something
        else cost what their rows add up to."""
        contract = self.contract_id
        months = months or plan.months
        amounts, known = {}, {}
        for month in months:
            billed = tuple(row for row in rows if row.is_billed(month))
            before = tuple(row for row in plan.rows if row.is_billed(month))
            fixed = month.number in plan.amounts and (
                month.move_id or _as_keys(billed) == _as_keys(before)
            )
            if fixed:
                amounts[month.number] = plan.amounts[month.number]
                continue
            key = _as_keys(billed)
            if key not in known:
                known[key] = contract._waas_get_untaxed(billed)
            amounts[month.number] = known[key]
        return Plan(rows, months, amounts, new)

    def _get_part_amount(self, plan):
        """What is invoiced once for a part of a month."""
        rows = [row for row, _line in plan.new if row.number]
        return self.contract_id._waas_get_untaxed(rows)

    def _render_months(self):
        """The months as they are and as they would be."""
        plan = self._plan()
        month_by_number = {month.number: month for month in self._get_months()}
        rows = Markup().join(
            self._render_month(month, month_by_number.get(month.number), plan)
            for month in plan.months
        )
        return Markup(
            '<table class="table table-sm o_also_waas_preview"><thead><tr><th>%s</th>'
            "<th>%s</th><th>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Month"),
            self.env._("From"),
            self.env._("Invoice"),
            self.env._("Before"),
            self.env._("After"),
            rows,
        )

    def _render_month(self, month, before, plan):
        after = plan.amounts[month.number]
        changed = not before or self.currency_id.compare_amounts(before.amount, after)
        return Markup(
            "<tr class='%s'><td>%s</td><td>%s</td><td>%s</td>"
            "<td class='text-end'>%s</td><td class='text-end'>%s</td></tr>"
        ) % (
            "fw-bold" if changed else "text-muted",
            month.number,
            format_date(self.env, month.date_start),
            before.move_id.name or "" if before else "",
            self._format_amount(before.amount) if before else "",
            self._format_amount(after),
        )

    def _get_months(self):
        return self.contract_id.waas_installment_ids.sorted("number")

    def _format_amount(self, amount):
        return format_amount(self.env, amount, self.currency_id)
