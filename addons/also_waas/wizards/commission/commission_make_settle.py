"""Settle what the ledger holds, by OCA's wizard (R1)."""

from functools import partial

from odoo import Command, api, fields, models
from odoo.fields import Domain

from ...batches import work_in_batches

# Resellers that are settled together and committed.
BATCH = 20


class CommissionMakeSettle(models.TransientModel):
    _inherit = "commission.make.settle"

    settlement_type = fields.Selection(
        selection_add=[("waas", "Workplace as a Service")],
        ondelete={"waas": "cascade"},
    )

    @api.model
    def default_get(self, fields):
        """WaaS commission is settled up to the day it is where the company is."""
        values = super().default_get(fields)
        if "date_to" in fields and values.get("settlement_type") == "waas":
            values["date_to"] = self.env.company._waas_today()
        return values

    def action_settle(self):
        """Settle; resellers are commission agents as soon as they earn."""
        self.ensure_one()
        if self.settlement_type != "waas":
            return super().action_settle()
        resellers = self._waas_find_resellers()
        if not resellers:
            return self._waas_tell_nothing()
        # The right to settle carries over to making them agents.
        resellers.sudo()._waas_become_agent()
        self.agent_ids = resellers
        # Who may open this window may settle; the rows that it ties are written by the
        # system only.
        result = super(CommissionMakeSettle, self.sudo()).action_settle()
        return self._waas_show(result) if result else self._waas_tell_nothing()

    def _waas_find_resellers(self):
        """The chosen partners that have something to settle."""
        domain = self._waas_get_settle_domain()
        if self.agent_ids:
            domain &= Domain("reseller_id", "in", self.agent_ids.ids)
        resellers = self.env["res.partner"].with_context(active_test=False)
        groups = self.env["waas.commission"]._read_group(domain, ["reseller_id"])
        return resellers.union(*(reseller for (reseller,) in groups))

    def _waas_get_settle_domain(self):
        return Domain(
            [
                ("state", "=", "earned"),
                ("date", "<=", self.date_to),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    def _get_agent_lines(self, *args):
        """Rows of the ledger that were booked before the period that runs.

        OCA's two addons declare it with different parameters, and call it with an agent
        and the first day of the period that runs.
        """
        if self.settlement_type != "waas":
            return super()._get_agent_lines(*args)
        agent, date_to_agent = args
        return self.env["waas.commission"].search(
            self._waas_get_settle_domain()
            & Domain("reseller_id", "=", agent.id)
            & Domain("date", "<", date_to_agent),
            # OCA cuts them into periods in the order of their dates.
            order="date, id",
        )

    def _prepare_settlement_line_vals(self, settlement, line):
        values = super()._prepare_settlement_line_vals(settlement, line)
        if self.settlement_type == "waas":
            values.update(
                {
                    "waas_commission_id": line.id,
                    "date": line.date,
                    "commission_id": self._waas_get_commission_id(),
                    "settled_amount": line.amount,
                }
            )
        return values

    def _waas_get_commission_id(self):
        """As ``env.ref`` would say, without its query for each line."""
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "also_waas.commission_waas", raise_if_not_found=True
        )

    def _waas_show(self, result):
        """The new settlements, in the list of WaaS."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.commission_settlement_action_waas"
        )
        return {**action, "name": result["name"], "domain": result["domain"]}

    def _waas_tell_nothing(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "There is nothing to settle: no commission was booked before the "
                    "period that runs."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _cron_waas_settle(self):
        """Settle the months that were over on the last settlement day of each company.
        One that was missed is made up for, however long ago; a second run finds
        nothing. A reseller that another transaction holds is left to the next day."""
        for company in self.env["res.company"].search(
            [("waas_settlement_day", ">", 0)]
        ):
            wizards = self.with_context(allowed_company_ids=company.ids)
            values = {
                "settlement_type": "waas",
                "date_to": company._waas_get_settlement_date(),
            }
            resellers = wizards.new(values)._waas_find_resellers()
            settle = partial(wizards._waas_settle, values)
            if not work_in_batches(resellers, BATCH, settle):
                break

    def _waas_settle(self, values, resellers):
        """Settle the months of some resellers."""
        agents = [Command.set(resellers.ids)]
        self.create({**values, "agent_ids": agents}).action_settle()
