from datetime import timedelta

from odoo import models


class WaasLicense(models.Model):
    """Chapter 11, licenses: how many seats are sold out, and since when (R5)."""

    _inherit = "waas.license"

    def _get_sold_seats(self, day):
        """A contract that ended does not take its sale back: its seats were sold. Only
        seats that were given back while it ran are no longer sold out, and those that
        were ordered early for a contract that never began."""
        if self._is_undone(day):
            return 0
        if self.date_cancel:
            day = min(day, self.date_cancel - timedelta(days=1))
        return self._get_seats_on(day)

    def _get_sold_since(self, day):
        if self._is_undone(day):
            return self.date_cancel
        dates = [step.date for step in self.step_ids if step.date <= day]
        return max([self.date_start, *dates])

    def _is_undone(self, day):
        return bool(
            self.contract_id.waas_state == "cancelled"
            and self.date_cancel
            and self.date_cancel <= day
        )
