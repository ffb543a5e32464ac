from odoo import Command, fields
from odoo.tools import format_date

from ...schedule import get_share
from .change_kind import ChangeKind


class Upgrade(ChangeKind):
    """Upgrades and options of workplaces that are rented already (R7, R8).

    New prices run from the first day of the next month that has no invoice yet. For the
    days until then there is a part of a month, invoiced once with that month.
    """

    brings_devices = True

    def get_first_date(self, change):
        """The next month, so that there is time to sign."""
        today = change.company_id._waas_today()
        return min(
            (
                month.date_start
                for month in change.contract_id.waas_installment_ids
                if month.date_start > today and not month.move_id
            ),
            default=today,
        )

    # === CHECKS ===#

    def find_problems(self, change):
        yield from super().find_problems(change)
        if not change.line_ids:
            yield "lines", self._get_no_lines_message(change)
        contract, date = change.contract_id, change.effective_date
        is_within_term = date and contract.date_start <= date <= contract.date_end
        if is_within_term and not self._get_billing_month(change):
            yield (
                "last_month",
                change.env._(
                    "Every month of %(contract)s from %(date)s on is invoiced already: "
                    "extend the contract first, or make a follow-on contract.",
                    contract=contract.name,
                    date=format_date(change.env, date),
                ),
            )
        for line in change.line_ids:
            if problem := line._get_problem():
                yield problem

    def _get_no_lines_message(self, change):
        return change.env._("Add an upgrade or an option.")

    # === STEPS ===#

    def plan(self, change, plan):
        parts = self._get_parts(change)
        current = self._get_current_month(change)
        first = parts[-1][0].number + 1 if parts else current.number
        running = [month for month in plan.months if month.number >= first][:1]
        replaced = change.line_ids.replaced_line_id
        until = (
            parts[-1][0].date_end
            if parts
            else fields.Date.subtract(change.effective_date, days=1)
        )
        rows = [
            row._replace(date_end=until) if row.line in replaced else row
            for row in plan.rows
            if row.line not in replaced or row.date_start <= until
        ]
        new = [
            pair
            for line in change.line_ids
            for pair in line._plan_rows(parts, running, self._get_billing_month(change))
        ]
        return change._replan(plan, rows + [row for row, _line in new], new=new)

    def _get_current_month(self, change):
        """The month in which the change takes effect."""
        return change._get_months().filtered(
            lambda month: month.date_start <= change.effective_date <= month.date_end
        )

    def _get_billing_month(self, change):
        """The first month without invoice from the one on in which it takes effect."""
        current = self._get_current_month(change)
        return change._get_months().filtered(
            lambda month: month.number >= current.number and not month.move_id
        )[:1]

    def _get_parts(self, change):
        """The months that are billed apart, and how much of each.

        :return: list of pairs of a month and its share; the new prices run from the
            month after
        """
        current = self._get_current_month(change)
        billing = self._get_billing_month(change)
        if billing == current and change.effective_date == current.date_start:
            return []
        months = change._get_months().filtered(
            lambda month: current.number
            <= month.number
            < max(billing.number, current.number + 1)
        )
        return [(month, get_share(month, change.effective_date)) for month in months]

    def get_way_back(self, change):
        return change.env._(
            "What was agreed holds to the end of the term; a follow-on contract "
            "can do without it."
        )


class Seats(Upgrade):
    """More of the workplaces that are rented already, with the same upgrades."""

    def prepare_lines(self, change):
        """More of the chosen workplaces, with their upgrades."""
        bundle = change.bundle_line_id
        upgrades = change.contract_id.contract_line_ids.filtered(
            lambda line: line._waas_is_rent()
            and line.product_id.waas_role == "upgrade"
            and line._waas_get_bundle_line() == bundle
            and line.date_end == line.contract_id.date_end
        )
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "bundle_line_id": bundle.id,
                        "product_id": line.product_id.id,
                        "slot_id": line._waas_get_slot().id,
                        "quantity": change.seat_count
                        * (line._waas_get_slot().quantity or 1),
                    }
                )
                for line in bundle | upgrades
            ),
        ]

    def _get_no_lines_message(self, change):
        return change.env._("Choose the workplaces of which there are to be more.")

    def get_way_back(self, change):
        return change.env._(
            "What was agreed holds to the end of the term; a follow-on contract "
            "can have fewer workplaces."
        )
