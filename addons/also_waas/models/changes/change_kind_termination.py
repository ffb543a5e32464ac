from markupsafe import Markup

from odoo import Command
from odoo.tools import format_date

from ..common.waas_blocker_mixin import Blocker
from .change_kind import ChangeKind


class Termination(ChangeKind):
    """Leaving before the end of the term. It costs the total of the contract (R11):
    months without invoice are invoiced at once, and it ends."""

    # === CHECKS ===#

    def find_problems(self, change):
        for code, message in super().find_problems(change):
            # A day that passed meanwhile does not change the costs: the contract ends
            # on the day the change is applied.
            if (
                code == "date"
                and change.state == "waiting"
                and change.effective_date < change.company_id._waas_today()
            ):
                continue
            yield code, message

    def find_blockers(self, change):
        """A contract that is to end later waits for that day; and the total is owed
        (R11): an accountant decides whether credited months are waived or invoiced
        again."""
        blockers = []
        contract, date = change.contract_id, change.effective_date
        if change.state == "waiting" and date > change.company_id._waas_today():
            message = change.env._(
                "%(contract)s runs until %(date)s and ends automatically.",
                contract=contract.name,
                date=format_date(change.env, date),
            )
            blockers.append(Blocker("day", message, "also"))
        if months := contract._waas_get_undecided_months():
            message = months._get_credited_message()
            blockers.append(Blocker("credited", message, "also"))
        return blockers

    # === STEPS ===#

    def render_preview(self, change):
        cost = change.contract_id._waas_get_leaving_cost(change.effective_date)
        return self._render_cost(change, cost) + self._render_consequences(change, cost)

    def _render_cost(self, change, cost):
        labels = {
            "total": change.env._("Contract total"),
            "invoiced": change.env._("Invoiced before"),
            "paid": change.env._("of which paid"),
            "open": change.env._("of which open"),
            "draft": change.env._("On invoices that are not posted"),
            "credited": change.env._("Credited, and not invoiced again"),
            "owed": change.env._(
                "Still owed: %(months)s months, invoiced immediately",
                months=cost["months"],
            ),
            "owed_total": change.env._("The invoice, with VAT"),
        }
        rows = Markup().join(
            Markup("<tr class='%s'><td>%s</td><td class='text-end'>%s</td></tr>")
            % (
                "fw-bold" if name in ("owed", "owed_total") else "",
                label,
                change._format_amount(cost[name]),
            )
            for name, label in labels.items()
            if cost[name] or name in ("total", "invoiced", "owed", "owed_total")
        )
        return (
            Markup("<table class='table table-sm o_also_waas_cost'>%s</table>") % rows
        )

    def _render_consequences(self, change, cost):
        sentences = [
            change.env._(
                "Amounts are without VAT where it is not named; leaving later costs "
                "the same."
            ),
            change.env._("The partner keeps its commission."),
        ]
        if cost["devices"]:
            sentences.append(
                change.env._(
                    "Devices to return: %(devices)s.",
                    devices=", ".join(
                        f"{device['name']} {device['serial']}"
                        for device in cost["devices"]
                    ),
                )
            )
        if cost["licenses"]:
            sentences.append(
                change.env._(
                    "Licenses that end: %(licenses)s.",
                    licenses=", ".join(cost["licenses"]),
                )
            )
        items = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
        return Markup("<ul>%s</ul>") % items

    def apply(self, changes, plans):
        """Invoice all that is owed, and end the contracts: together, as invoices that
        are made together are fast."""
        for company, group in changes.grouped("company_id").items():
            self._end_contracts(group, company._waas_today())

    def _end_contracts(self, changes, today):
        costs = {
            change: change.contract_id._waas_get_leaving_cost(today)
            for change in changes
        }
        moves_by_contract = changes.contract_id._waas_invoice_rest(today)
        for change, cost in costs.items():
            change.write(
                {
                    "move_ids": [
                        Command.link(move.id)
                        for move in moves_by_contract[change.contract_id]
                    ],
                    "owed_amount": cost["owed"],
                    "invoiced_amount": cost["invoiced"],
                }
            )
        for day, group in changes.grouped(
            lambda change: max(change.effective_date, today)
        ).items():
            group.contract_id._waas_end_early(day)

    def describe_applied(self, change):
        return change.env._(
            "ended the contract on %(date)s; %(owed)s was still owed and is invoiced: "
            "%(invoice)s",
            date=format_date(change.env, change.contract_id.waas_ended_on),
            owed=change._format_amount(change.owed_amount),
            invoice=", ".join(change.move_ids.mapped("name"))
            or change.env._("nothing left to invoice"),
        )

    def get_way_back(self, change):
        return change.env._(
            "An ended contract is followed by a new one; what was invoiced wrongly "
            "is credited on its invoice."
        )
