from datetime import timedelta

from odoo import models


class WaasLicense(models.Model):
    """Chapter 11, licenses: how many seats are sold out, and since when (R5)."""

    _inherit = "waas.license"

    def _get_reported_seats(self, day):
        """A contract that ended does not take its sale back: its seats were sold. Only
        seats that were given back while it ran are no longer sold out."""
        last = self.date_cancel and min(day, self._get_day_before(self.date_cancel))
        return self._get_seats_on(last or day)

    def _get_last_change(self, day):
        dates = [step.date for step in self.step_ids if step.date <= day]
        return max([self.date_start, *dates])

    @staticmethod
    def _get_day_before(day):
        return day - timedelta(days=1)
