"""How the prices and months of a contract change. Only here are they written, and
only by a plan (I1)."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_change_ids = fields.One2many(
        comodel_name="waas.change",
        inverse_name="contract_id",
        string="Changes",
        readonly=True,
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )
    waas_change_count = fields.Integer(
        string="Number of Changes",
        compute="_compute_waas_change_count",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )
    # What was signed for the contract is what was signed for it and for its changes.
    waas_agreement_ids = fields.One2many(related="waas_order_id.waas_all_agreement_ids")

    @api.depends("waas_change_ids")
    def _compute_waas_change_count(self):
        counts = dict(
            self.env["waas.change"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.waas_change_count = counts.get(contract, 0)

    # === ACTIONS ===#

    def action_waas_upgrade(self):
        """Open an upgrade or option for the rest of the term (R7, R8)."""
        return self._waas_open_change("upgrade")

    def action_waas_add_seats(self):
        """Open more workplaces for the rest of the term."""
        return self._waas_open_change("seats")

    def action_waas_extend(self):
        """Open an extension (R12)."""
        return self._waas_open_change("extension")

    def action_waas_leaving_cost(self):
        """Show what leaving costs today, without creating a change (R11)."""
        return {
            **self._waas_open_change("termination"),
            "name": self.env._("Termination Costs"),
            "res_model": "waas.leaving.cost",
            "target": "new",
        }

    def action_view_waas_changes(self):
        """Open the changes of this contract, cancelled ones included."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_change_action"
            ),
            "domain": [("contract_id", "=", self.id)],
            "context": {"default_contract_id": self.id},
        }

    def _waas_open_change(self, kind):
        self.ensure_one()
        if problem := self._waas_get_change_problem():
            raise UserError(problem)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change %(contract)s", contract=self.name),
            "res_model": "waas.change",
            "view_mode": "form",
            "context": {"default_contract_id": self.id, "default_kind": kind},
        }

    # === WHAT IS AGREED ===#

    def _waas_get_change_problem(self):
        """Why nothing of this contract can change, as a sentence, or False."""
        self.ensure_one()
        if self.waas_state == "awaiting":
            return self.env._(
                "%(contract)s has not started: nothing is delivered yet. Cancel order "
                "%(order)s and make another quotation instead.",
                contract=self.name,
                order=self.waas_order_id.name,
            )
        if self.waas_state != "running":
            return self.env._(
                "%(contract)s is no running WaaS contract: there is nothing to change. "
                "Make a new quotation.",
                contract=self.name,
            )
        return False

    def _waas_get_bundle_lines(self):
        """The lines of the workplaces that are rented to the end of the contract."""
        return self.contract_line_ids.filtered(
            lambda line: line._waas_is_rent()
            and line.product_id.waas_role == "bundle"
            and line.date_end == line.contract_id.date_end
        )

    def _waas_get_monthly(self, plan):
        """What the last month of a plan costs without VAT, parts of months left
        aside."""
        return self._waas_get_monthly_amounts(plan)[0]

    def _waas_get_monthly_amounts(self, plan):
        """The same, without and with VAT."""
        last = plan.months[-1]
        return self._waas_get_amounts(
            [row for row in plan.rows if not row.number and row.is_billed(last)]
        )

    # === WRITING A PLAN ===#

    def _waas_write_plan(self, plan):
        """Make the contract what a plan says: lines, months and amounts (I1).

        :param plan: :class:`Plan` of a change, as superuser
        """
        self.ensure_one()
        self._waas_write_months(plan)
        self._waas_write_rows(plan)
        self._waas_write_new_rows(plan)
        monthly, monthly_total = self._waas_get_monthly_amounts(plan)
        self.write(
            {
                "waas_monthly_amount": monthly,
                "waas_monthly_total": monthly_total,
                "waas_total_amount": self._waas_round(sum(plan.amounts.values())),
            }
        )

    def _waas_write_months(self, plan):
        existing = {month.number: month for month in self.waas_installment_ids}
        if len(plan.months) > self.waas_max_months:
            # The company allows more than it did when this was signed.
            self.waas_max_months = self._waas_get_max_months()
        commands = []
        for period in plan.months:
            amount, month = plan.amounts[period.number], existing.get(period.number)
            if not month:
                commands.append(
                    Command.create(
                        {
                            "number": period.number,
                            "date_start": period.date_start,
                            "date_end": period.date_end,
                            "amount": amount,
                            "currency_id": self.currency_id.id,
                        }
                    )
                )
            elif self.currency_id.compare_amounts(month.amount, amount):
                month.amount = amount
        if commands:
            self.write({"waas_installment_ids": commands})

    def _waas_write_rows(self, plan):
        """End the lines that are replaced, and move the last day of the others."""
        kept = {row.line: row for row in plan.rows if row.line}
        for row in self._waas_get_rows():
            if row.line not in kept:
                row.line.is_canceled = True
            elif kept[row.line].date_end != row.date_end:
                row.line.date_end = kept[row.line].date_end

    def _waas_write_new_rows(self, plan):
        """Create the added lines: bundles first, as others belong to them."""
        month_of = {month.number: month for month in self.waas_installment_ids}
        made = {}
        for row, change_line in sorted(
            plan.new, key=lambda pair: pair[1].product_id.waas_role != "bundle"
        ):
            parent = change_line._get_parent(made)
            line = self.env["contract.line"].create(
                {
                    **change_line._prepare_contract_line(row, parent),
                    "waas_installment_id": bool(row.number) and month_of[row.number].id,
                }
            )
            if not row.number:
                made[change_line] = line

    # === DEVICES ===#

    def _waas_get_expected_count(self):
        """Changes bring devices, too: from the day they are on their way."""
        changes_sudo = self.sudo().waas_change_ids.filtered(
            lambda change: change.state in ("delivering", "applied")
        )
        return super()._waas_get_expected_count() + sum(
            sum(change._get_devices().values()) for change in changes_sudo
        )
