from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What a month can be, compared with the month before it of the same contract.
KINDS = ("new", "ended", "changed", "unexplained")


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
        months = self.env["waas.installment"].search(self._get_due_domain())
        compared = self._compare(months)
        amount = sum(self._convert(m.amount, m.currency_id) for m in months)
        deltas = {
            kind: sum(self._convert(delta, m.currency_id) for m, delta in pairs)
            for kind, pairs in compared.items()
        }
        late = fields.Date.subtract(self.date, months=1)
        return {
            "contract_count": len(months.contract_id),
            "installment_count": len(months),
            "backlog_count": len(months.filtered(lambda m: m.date_start <= late)),
            "amount": amount,
            "previous_run_id": self._get_previous().id,
            "before_amount": amount - sum(deltas.values()),
            **{f"{kind}_count": len(compared[kind]) for kind in KINDS},
            **{f"{kind}_amount": deltas[kind] for kind in KINDS},
        }

    def _get_previous(self):
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("id", "!=", self._origin.id),
            ],
            limit=1,
        )

    def _compare(self, months):
        """What is different from the month before.

        :param months: ``waas.installment`` of this run
        :return: dict of lists of (month, difference in its currency), by kind
        """
        compared = {kind: [] for kind in KINDS}
        compared["new"] = [(m, m.amount) for m in months if m.number == 1]
        compared["ended"] = [(m, -m.amount) for m in self._find_ended()]
        changes = self._find_changes(months)
        explained = self._find_explained(months.browse(changes))
        for month in months.browse(changes):
            kind = "changed" if month in explained else "unexplained"
            compared[kind].append((month, changes[month.id]))
        return compared

    def _find_changes(self, months):
        """Differences to the month before, by id of the month; none where it is 0."""
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
        return {id_: float(difference) for id_, difference in rows}

    def _find_explained(self, months):
        """Hook: those of the changed months whose change was agreed."""
        return months.browse()

    def _find_ended(self):
        """The last months of contracts that would have had another one since the
        previous run."""
        previous = self._get_previous()
        if not previous:
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
        months = self.env["waas.installment"].search(
            self._get_due_domain()
            if self.state == "draft"
            else [("run_id", "=", self.id)]
        )
        found = [month.id for month, _delta in self._compare(months)[kind]]
        return self._open_months(months.browse(found))

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
