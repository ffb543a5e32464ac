"""Devices that are older than the chain of custody: an earlier version of this
addon delivered them (R15)."""

from odoo import api, models
from odoo.tools import format_date


class StockLot(models.Model):
    _inherit = "stock.lot"

    @api.private
    def _waas_take_over(self):
        """Begin the chain of custody of devices that have none, with what is known of
        them: the customer who has them, else the place where they lie."""
        for device in self.filtered(lambda lot: not lot.waas_custody_length):
            if device.waas_contract_id:
                device._waas_take_over_delivered()
            else:
                device._waas_take_over_stored()

    def _waas_take_over_delivered(self):
        contract, arrival = self.waas_contract_id, self._waas_get_arrival_line()
        self._waas_log(
            "delivered",
            document=arrival.picking_id or None,
            party=contract.partner_id,
            location=arrival.location_dest_id or None,
            note=self._waas_get_take_over_note(self.waas_delivered_on),
            company=contract.company_id,
        )

    def _waas_take_over_stored(self):
        quants = self.quant_ids.filtered(
            lambda quant: quant.quantity > 0 and quant.location_id.usage == "internal"
        )
        if quants:
            company = quants.company_id[:1]
            self._waas_log(
                "received",
                location=quants.location_id[:1],
                note=self._waas_get_take_over_note(
                    company._waas_get_day(self.create_date)
                ),
                company=company,
            )

    def _waas_get_take_over_note(self, day):
        return self.env._(
            "Taken over from an earlier version: there since %(date)s.",
            date=format_date(self.env, day) if day else "?",
        )
