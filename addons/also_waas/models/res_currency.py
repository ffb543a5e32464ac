from odoo import models


class ResCurrency(models.Model):
    """Chapter 4, contract: Odoo takes 1.0 for a rate that is not there."""

    _inherit = "res.currency"

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
