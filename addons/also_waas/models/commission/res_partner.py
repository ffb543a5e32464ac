"""A reseller as the agent that is paid."""

from odoo import fields, models

from .waas_commission import READER_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    # OCA shows it to everybody who may read a contact, and only some may
    # read a settlement: the others would stumble on it.
    settlement_ids = fields.One2many(
        groups="commission_oca.group_commission_user,"
        "account_commission_oca.group_invoicing_commission," + READER_GROUPS
    )

    def _waas_become_agent(self):
        """Make resellers agents of OCA, which pays agents only; one that is an
        agent already keeps its own commission and period."""
        commission = self.env.ref("also_waas.commission_waas")
        for reseller in self:
            values = {
                name: value
                for name, value in (
                    ("agent", True),
                    ("agent_type", "agent"),
                    ("settlement", "monthly"),
                    ("commission_id", commission.id),
                )
                if not reseller[name]
            }
            if values:
                reseller.write(values)

    def _waas_get_period(self, date):
        """The settlement period of a day.

        :return: its first day, and the first day of the next one
        """
        self.ensure_one()
        wizard = self.env["commission.make.settle"]
        # A reseller becomes an agent with its first commission; until then as default.
        agent = self if self.settlement else self.new({"settlement": "monthly"})
        first = wizard._get_period_start(agent, date)
        return first, wizard._get_next_period_date(agent, first)

    def _waas_get_date_payout(self, company, date):
        """When commission of a day is paid: after its period ends, on the company's
        settlement day, by the payment term of the reseller.

        :param company: ``res.company`` that pays
        :param date date: the day on which the commission is booked
        """
        self.ensure_one()
        _first, following = self._waas_get_period(date)
        # What should have been settled by now is settled next.
        settled = max(
            following,
            following.replace(day=company.waas_settlement_day),
            company._waas_today(),
        )
        term = self.with_company(company).property_supplier_payment_term_id
        dates = [line._get_due_date(settled) for line in term.line_ids]
        return max(dates, default=settled)
