from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

# The first month of a contract.
IS_NEW = Domain("number", "=", 1)


class WaasInvoiceRun(models.Model):
    """What a run would do, before it does it.

    Each month is compared with the one before it of the same contract, however often
    and on whichever days the runs are: amount of the months before + new - ended +
    changed + unexplained = amount of this run.
    """

    _inherit = "waas.invoice.run"

    # === What would be invoiced; frozen at the start ===
    contract_count = fields.Integer(
        string="Contracts", compute="_compute_preview", store=True
    )
    installment_count = fields.Integer(
        string="Invoices to Make", compute="_compute_preview", store=True
    )
    backlog_count = fields.Integer(
        string="Late",
        compute="_compute_preview",
        store=True,
        help="Months that began more than a month ago and still have no invoice.",
    )
    amount = fields.Monetary(
        compute="_compute_preview", store=True, help="Without VAT."
    )
    # === Why it is not what the months before were ===
    previous_run_id = fields.Many2one(
        comodel_name="waas.invoice.run",
        compute="_compute_preview",
        store=True,
        check_company=True,
    )
    before_amount = fields.Monetary(
        string="Previous Amount",
        compute="_compute_preview",
        store=True,
        help="What the same contracts were invoiced for the month before, and what has "
        "ended since.",
    )
    new_count = fields.Integer(string="New", compute="_compute_preview", store=True)
    new_amount = fields.Monetary(compute="_compute_preview", store=True)
    ended_count = fields.Integer(string="Ended", compute="_compute_preview", store=True)
    ended_amount = fields.Monetary(compute="_compute_preview", store=True)
    changed_count = fields.Integer(
        string="Changed", compute="_compute_preview", store=True
    )
    changed_amount = fields.Monetary(compute="_compute_preview", store=True)
    unexplained_count = fields.Integer(
        string="Unexplained", compute="_compute_preview", store=True
    )
    unexplained_amount = fields.Monetary(compute="_compute_preview", store=True)
    explanation = fields.Text(
        help="Why amounts changed that no change of a contract explains."
    )

    @api.depends("date", "company_id")
    def _compute_preview(self):
        for run in self:
            if run.state in ("draft", False):
                run.update(run._preview())

    def _preview(self):
        """Values of the preview, as they are now."""
        months = self.env["waas.installment"]
        due = self._get_due_domain()
        count, amount = self._sum(due)
        [[contract_count]] = months._read_group(due, [], ["contract_id:count_distinct"])
        late = self.date and fields.Date.subtract(self.date, months=1)
        totals = self._compare(due)
        return {
            "contract_count": contract_count,
            "installment_count": count,
            "backlog_count": self._count(due & Domain("date_start", "<=", late)),
            "amount": amount,
            "previous_run_id": self._get_previous().id,
            "before_amount": amount - sum(amount for _count, amount in totals.values()),
            **{f"{kind}_count": count for kind, (count, _amount) in totals.items()},
            **{f"{kind}_amount": amount for kind, (_count, amount) in totals.items()},
        }

    def _sum(self, domain):
        """How many months there are, and their sum in the company's currency."""
        groups = self.env["waas.installment"]._read_group(
            domain, ["currency_id"], ["__count", "amount:sum"]
        )
        return (
            sum(number for _currency, number, _amount in groups),
            sum(
                self._convert(amount, currency) for currency, _number, amount in groups
            ),
        )

    def _get_previous(self):
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("id", "!=", self._origin.id),
            ],
            limit=1,
        )

    def _compare(self, due):
        """What is different from the month before.

        :param due: domain of the months of this run
        :return: dict of the number of months and the difference in the company's
            currency, by kind
        """
        ended, amount = self._sum(Domain("id", "in", self._find_ended().ids))
        return {
            "new": self._sum(due & IS_NEW),
            "ended": (ended, -amount),
            **{
                kind: (len(deltas), self._sum_deltas(deltas))
                for kind, deltas in self._find_changes(due).items()
            },
        }

    def _sum_deltas(self, deltas):
        by_currency = defaultdict(float)
        for month, delta in deltas.items():
            by_currency[month.currency_id] += delta
        return sum(
            self._convert(delta, currency) for currency, delta in by_currency.items()
        )

    def _find_changes(self, due):
        """Differences to the month before: dicts by month, by the kinds *changed* and
        *unexplained*."""
        months = self.env["waas.installment"].search(due)
        months.flush_model(["amount", "number", "contract_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month.id, month.amount - before.amount
                  FROM waas_installment month
                  JOIN waas_installment before
                    ON before.contract_id = month.contract_id
                   AND before.number = month.number - 1
                 WHERE month.id = ANY(%s) AND month.amount != before.amount
                 ORDER BY month.id
                """,
                months.ids,
            )
        )
        deltas = {months.browse(id_): float(delta) for id_, delta in rows}
        changed = months.browse(id_ for id_, _delta in rows)
        explained = self._find_explained(changed)
        return {
            "changed": {month: deltas[month] for month in explained},
            "unexplained": {month: deltas[month] for month in changed - explained},
        }

    def _find_explained(self, months):
        """Hook: those of the changed months whose change was agreed."""
        return months.browse()

    def _find_ended(self):
        """The last months of contracts that would have had another one since the
        previous run."""
        previous = self._get_previous()
        if not previous or not self.date:
            return self.env["waas.installment"]
        last_months = self.env["waas.installment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_end", ">=", previous.date),
                ("date_end", "<", self.date),
                ("move_id", "!=", False),
            ]
        )
        ends = dict(
            self.env["waas.installment"]._read_group(
                [("contract_id", "in", last_months.contract_id.ids)],
                ["contract_id"],
                ["date_end:max"],
            )
        )
        return last_months.filtered(lambda m: ends[m.contract_id] == m.date_end)

    # === ACTIONS ===#

    def action_refresh(self):
        """Refresh the preview: deliveries and payments continue meanwhile."""
        for run in self.filtered(lambda run: run.state == "draft"):
            run._ensure_accountant()
            run.sudo().write(run._preview())  # only what the run computes itself
        return True

    def action_view_due(self):
        """Open the months that this run would invoice."""
        self.ensure_one()
        return self._open_months(
            self.env["waas.installment"].search(self._get_due_domain())
        )

    def action_view_new(self):
        """Open the first months of new contracts."""
        return self._open_kind("new")

    def action_view_ended(self):
        """Open the last months of contracts that have ended."""
        return self._open_kind("ended")

    def action_view_changed(self):
        """Open the months with another amount than before, as was agreed."""
        return self._open_kind("changed")

    def action_view_unexplained(self):
        """Open the months whose amount changed without an agreement."""
        return self._open_kind("unexplained")

    def _open_kind(self, kind):
        self.ensure_one()
        months = (
            self._get_due_domain()
            if self.state == "draft"
            else Domain("run_id", "=", self.id)
        )
        if kind == "new":
            found = self.env["waas.installment"].search(months & IS_NEW)
        elif kind == "ended":
            found = self._find_ended()
        else:
            changes = self._find_changes(months)[kind]
            found = self.env["waas.installment"].concat(*changes)
        return self._open_months(found)

    def _open_months(self, months):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_installment_action"
            ),
            "domain": [("id", "in", months.ids)],
            "context": {},
        }

    # === LIFE CYCLE ===#

    def _start(self):
        self.sudo().write(self._preview())  # what is started is what is noted
        if self.unexplained_count and not self.is_automatic and not self.explanation:
            raise UserError(
                self.env._(
                    "%(count)s months have another amount than the month before, "
                    "and no change of a contract explains it: check them, then "
                    "enter the reason under Explanation.",
                    count=self.unexplained_count,
                )
            )
        return super()._start()
