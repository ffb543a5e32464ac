from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...batches import work_in_batches, work_isolating
from ..common.waas_blocker_mixin import Blocker, Way

# Contracts that end together: more are hardly faster, and whoever posts an invoice
# meanwhile waits for the end of a batch.
BATCH = 50


class WaasChange(models.Model):
    """Leaving before the end of the term. It costs the total of the contract (R11):
    months without invoice are invoiced at once, and it ends."""

    _inherit = "waas.change"

    owed_amount = fields.Monetary(
        string="Invoiced at Once",
        compute="_compute_owed_amount",
        store=True,
        help="All months that have no invoice yet, without VAT.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced Before", compute="_compute_owed_amount", store=True
    )
    move_ids = fields.Many2many(
        comodel_name="account.move",
        string="Final Invoice",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,"
        "also_waas.group_waas_user",
        help="Of all that was owed.",
    )

    @api.depends("contract_id", "kind", "effective_date")
    def _compute_owed_amount(self):
        for change in self:
            cost = {"owed": 0.0, "invoiced": 0.0}
            if change.kind == "termination" and change.contract_id:
                cost = change.contract_id._waas_get_leaving_cost(change.effective_date)
            change.owed_amount = cost["owed"]
            change.invoiced_amount = cost["invoiced"]

    @api.model
    def _get_frozen_fields(self):
        return (*super()._get_frozen_fields(), "owed_amount", "invoiced_amount")

    # === ACTIONS ===#

    def action_view_invoice(self):
        """Open the invoice of all that was owed."""
        self.ensure_one()
        return self.move_ids._get_records_action()

    # === WHETHER IT IS POSSIBLE ===#

    def _get_kind_problems(self):
        for code, message in super()._get_kind_problems():
            # A day that passed while it was signed makes leaving neither dearer nor
            # cheaper: the contract ends on the day it is applied.
            if (
                self.kind == "termination"
                and code == "date"
                and self.state == "waiting"
                and self.effective_date < self.company_id._waas_today()
            ):
                continue
            yield code, message

    def _waas_get_open_points(self):
        """A contract that is to end later goes on until then."""
        points = super()._waas_get_open_points()
        if (
            self.kind == "termination"
            and self.state == "waiting"
            and self.effective_date > self.company_id._waas_today()
        ):
            message = self.env._(
                "%(contract)s goes on until %(date)s and ends by itself then.",
                contract=self.contract_id.name,
                date=format_date(self.env, self.effective_date),
            )
            points.append(Blocker("day", message, "also"))
        return [*points, *self._get_credited_points()]

    def _waas_get_ways(self):
        months = Way(self.env._("Open Contract"), "action_view_contract")
        return super()._waas_get_ways() | {"credited": months}

    def _get_credited_points(self):
        """The total is owed (R11): what was credited of it is waived or invoiced again
        before the contract ends, by somebody's decision."""
        if self.kind != "termination":
            return []
        months = self.contract_id._waas_get_undecided_months()
        if not months:
            return []
        return [Blocker("credited", months._get_credited_message(), "also")]

    # === WHAT IT WOULD DO ===#

    def _render_preview(self):
        if self.kind != "termination":
            return super()._render_preview()
        cost = self.contract_id._waas_get_leaving_cost(self.effective_date)
        return self._render_cost(cost) + self._render_left(cost)

    def _render_cost(self, cost):
        labels = {
            "total": self.env._("Contract total"),
            "invoiced": self.env._("Invoiced before"),
            "paid": self.env._("of which paid"),
            "open": self.env._("of which open"),
            "draft": self.env._("On invoices that are not posted"),
            "credited": self.env._("Credited, and not invoiced again"),
            "owed": self.env._(
                "Still owed: %(months)s months, invoiced at once", months=cost["months"]
            ),
            "owed_total": self.env._("The invoice, with VAT"),
        }
        rows = Markup().join(
            Markup("<tr class='%s'><td>%s</td><td class='text-end'>%s</td></tr>")
            % (
                "fw-bold" if name in ("owed", "owed_total") else "",
                label,
                self._format_amount(cost[name]),
            )
            for name, label in labels.items()
            if cost[name] or name in ("total", "invoiced", "owed", "owed_total")
        )
        return (
            Markup("<table class='table table-sm o_also_waas_cost'>%s</table>") % rows
        )

    def _render_left(self, cost):
        """What else leaving brings."""
        sentences = [
            self.env._(
                "Amounts are without VAT where it is not named; leaving later costs "
                "the same."
            ),
            self.env._("The partner keeps its commission."),
        ]
        if cost["devices"]:
            sentences.append(
                self.env._(
                    "Devices to return: %(devices)s.",
                    devices=", ".join(
                        f"{device['name']} {device['serial']}"
                        for device in cost["devices"]
                    ),
                )
            )
        if cost["licenses"]:
            sentences.append(
                self.env._(
                    "Licenses that end: %(licenses)s.",
                    licenses=", ".join(cost["licenses"]),
                )
            )
        items = Markup().join(Markup("<li>%s</li>") % text for text in sentences)
        return Markup("<ul>%s</ul>") % items

    def _apply_plans(self, plans):
        leaving = self.filtered(lambda change: change.kind == "termination")
        for company, changes in leaving.grouped("company_id").items():
            changes._end_contracts(company._waas_today())
        return super(WaasChange, self - leaving)._apply_plans(plans)

    def _end_contracts(self, today):
        """Invoice all that is owed, and end the contracts."""
        costs = {
            change: change.contract_id._waas_get_leaving_cost(today) for change in self
        }
        moves_by_contract = self.contract_id._waas_invoice_rest(today)
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
        for day, changes in self.grouped(
            lambda change: max(change.effective_date, today)
        ).items():
            changes.contract_id._waas_end_early(day)

    def _describe_applied(self):
        if self.kind != "termination":
            return super()._describe_applied()
        return self.env._(
            "ended the contract on %(date)s; %(owed)s was still owed and is invoiced: "
            "%(invoice)s",
            date=format_date(self.env, self.contract_id.waas_ended_on),
            owed=self._format_amount(self.owed_amount),
            invoice=", ".join(self.move_ids.mapped("name"))
            or self.env._("nothing left to invoice"),
        )

    # === SCHEDULED ===#

    @api.model
    def _cron_end_early(self):
        """End contracts whose agreed day has come. What somebody else is at work on, or
        what cannot be ended yet, is left to the next time."""
        come = self.env["res.company"]._waas_with_today(
            lambda today: Domain("effective_date", "<=", today)
        )
        due = self.search(
            Domain("kind", "=", "termination") & Domain("state", "=", "waiting") & come,
            order="id",
        )
        work_in_batches(due, BATCH, lambda changes: changes._try_end())

    def _try_end(self):
        """As :meth:`_waas_try_confirm`, together: the end of one contract is no matter
        of another one."""
        ready = self.filtered(
            lambda change: change.state == "waiting"
            and change.company_id.waas_auto_confirm
            and not change._waas_get_open_points()
        )
        work_isolating(
            ready,
            lambda changes: changes._end_together(),
            lambda change, error: change._note_failure(error),
            errors=UserError,
        )

    def _end_together(self):
        """The gate of each was asked; an early end needs no credit."""
        # Noted by the system: nobody may write it.
        self.sudo().gate_passed_on = fields.Datetime.now()
        self._apply_now()
