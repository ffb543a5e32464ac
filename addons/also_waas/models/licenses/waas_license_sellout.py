from datetime import timedelta

from odoo import models


class WaasLicense(models.Model):
    """The seats that are sold out, and since when (R5)."""

    _inherit = "waas.license"

    def _note_seats(self, seats):
        """The first seats of a manufacturer activate the reports to it."""
        is_first = seats and not self.confirmed_on
        result = super()._note_seats(seats)
        if is_first and self.date_start:
            # Any user who provisions seats; the sale decides who is notified.
            maker_sudo = self.sudo().product_id.waas_manufacturer_id
            maker_sudo.with_company(self.company_id)._note_sellout(self.date_start)
        return result

    def _get_sold_seats(self, day):
        """The seats that are sold out on a day. The end of a contract does not reverse
        its sale. Only seats that were removed while the contract ran are no longer sold
        out, and those that were ordered early for a contract that never started."""
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

    def _get_bundle(self):
        """The bundle to which the seats belong in their contract."""
        line = self.contract_line_id
        if line and line.product_id.waas_role != "bundle":
            line = line._waas_get_bundle_line()
        bundle = line.product_id
        return bundle or self.order_line_id._waas_get_bundle()
