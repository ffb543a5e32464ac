from markupsafe import Markup

from odoo import Command, fields
from odoo.tools import format_date

from ...schedule import cut_periods
from .change_kind import ChangeKind


class Extension(ChangeKind):
    """More months for all that is rented to the last day, at its old price (R12)."""

    is_always_signed = True

    # === THE DRAFT ===#

    def get_first_date(self, change):
        """The day after the last: the extension begins where the term ends."""
        end = change.contract_id.date_end
        return end and fields.Date.add(end, days=1)

    def prepare_lines(self, change):
        """What is rented to the last day."""
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "bundle_line_id": line.id,
                        "slot_id": line._waas_get_slot().id,
                        "quantity": line.quantity,
                    }
                )
                for line in self._get_lasting_lines(change)
            ),
        ]

    def _get_lasting_lines(self, change):
        return change.contract_id.contract_line_ids.filtered(
            lambda line: line._waas_is_rent()
            and line.date_end == line.contract_id.date_end
        )

    def get_price_date(self, change):
        """An extension earns what the list says on the day it is agreed."""
        return fields.Datetime.now()

    def get_price(self, line):
        """The original price; the commission of an extension (R1)."""
        change = line.change_id
        is_longer = change.months > len(change.contract_id.waas_installment_ids)
        price = is_longer and line._ask_price_list()
        commission = 0.0
        # What is no longer on the list is extended as well, and earns nothing.
        if price:
            commission = price.rule._waas_get_extension_commission(
                line.product_id,
                float(line.quantity),
                line.product_id.uom_id,
                fields.Datetime.to_datetime(change.effective_date),
            )
        return line.bundle_line_id._waas_get_row().price_unit, commission, True

    # === CHECKS ===#

    def find_problems(self, change):
        """Its day follows from the contract: only its length can be wrong."""
        contract = change.contract_id
        if contract.date_end < change.company_id._waas_today():
            yield (
                "over",
                change.env._(
                    "The term of %(contract)s ended on %(date)s: an extension is "
                    "agreed before that. Make a follow-on contract.",
                    contract=contract.name,
                    date=format_date(change.env, contract.date_end),
                ),
            )
        for reason in contract._waas_get_extension_offer(change.months)["reasons"]:
            yield "length", reason

    # === STEPS ===#

    def plan(self, change, plan):
        start = change.contract_id.date_start
        new_months = cut_periods(start, change.months)[len(plan.months) :]
        lasting = self._get_lasting_lines(change)
        rows = [
            row._replace(date_end=change.date_end) if row.line in lasting else row
            for row in plan.rows
        ]
        return change._replan(plan, rows, [*plan.months, *new_months])

    def render_preview(self, change):
        return self._render_offers(change) + super().render_preview(change)

    def _render_offers(self, change):
        """Which lengths are possible, and why the others are not."""
        rows = Markup().join(
            Markup("<tr class='%s'><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                "fw-bold" if offer["months"] == change.months else "",
                offer["months"],
                format_date(change.env, offer["date_end"]),
                " ".join(offer["reasons"]) or change.env._("Possible"),
            )
            for offer in change.contract_id._waas_get_extension_offers()
        )
        return Markup(
            "<table class='table table-sm o_also_waas_offers'><thead><tr><th>%s</th>"
            "<th>%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            change.env._("Months in all"),
            change.env._("To"),
            change.env._("Whether it is possible"),
            rows,
        )

    def submit(self, change):
        change.contract_id._waas_choose("extend")

    def apply(self, changes, plans):
        result = super().apply(changes, plans)
        for change in changes:
            change.contract_id._waas_end_moved()
        return result

    def describe_applied(self, change):
        return change.env._(
            "is extended to %(date)s, %(months)s months in all, at %(monthly)s per "
            "month",
            date=format_date(change.env, change.contract_id.date_end),
            months=change.months,
            monthly=change._format_amount(change.monthly_after),
        )

    def get_way_back(self, change):
        return change.env._("An extended contract is ended by an early termination.")
