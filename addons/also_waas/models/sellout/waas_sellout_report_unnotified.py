from odoo import fields, models
from odoo.tools import format_date

from .waas_sellout_unnotified import DECIDED_BY_SOMEBODY


class WaasSelloutReport(models.Model):
    """A period closes only when every manufacturer and supplier was considered (R5)."""

    _inherit = "waas.sellout.report"

    unnotified_count = fields.Integer(
        string="Not Reported",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Sold out until the end of the period, and reported to no one.",
    )

    # === ACTIONS ===#

    def action_view_unnotified(self):
        """Open what was reported to no one until the end of the period."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_sellout_unnotified_action"
            ),
            "domain": self._get_unnotified_domain(),
            "context": {},
        }

    # === BUSINESS METHODS ===#

    def _get_problems(self):
        problems = super()._get_problems()
        if count := self.unnotified_count:
            problems.append(
                self.env._(
                    "%(count)s serial numbers or licenses that were sold out until "
                    "%(date)s were not reported: show them, then notify their "
                    "manufacturers and suppliers, or leave these out with a reason, "
                    "then refresh.",
                    count=count,
                    date=format_date(self.env, self.date_to),
                )
            )
        return problems

    def _prepare_check(self):
        return {
            **super()._prepare_check(),
            "unnotified_count": self._count_unnotified(),
        }

    def _count_unnotified(self):
        rows = self.env["waas.sellout.unnotified"].with_company(self.company_id)
        return rows.search_count(self._get_unnotified_domain())

    def _get_unnotified_domain(self):
        """What waits for a decision, of any manufacturer or supplier. What the next
        report of another one will include does not block this one."""
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("date", "<=", self.date_to),
            ("why", "in", DECIDED_BY_SOMEBODY),
        ]
