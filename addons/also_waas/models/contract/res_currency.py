"""Odoo takes 1.0 for a rate that is not there."""

from odoo import models
from odoo.tools import format_date


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _waas_get_rate_problem(self, company, date):
        """Why nothing is invoiced in this currency on ``date``, as a sentence, or
        False: there is no rate."""
        self.ensure_one()
        if self == company.currency_id or self._waas_has_rate(company, date):
            return False
        return self.env._(
            "There is no rate of %(currency)s for %(date)s: enter one under Accounting "
            "> Configuration > Currencies.",
            currency=self.name,
            date=format_date(self.env, date),
        )

    def _waas_has_rate(self, company, date):
        """Whether a rate is known on ``date``, of the company or of all companies."""
        self.ensure_one()
        return bool(
            self.env["res.currency.rate"].search_count(
                [
                    ("currency_id", "=", self.id),
                    ("name", "<=", date),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                limit=1,
            )
        )
