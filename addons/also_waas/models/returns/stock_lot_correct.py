"""A corrected delivery in the chain of custody and in the return that waits for the
device (R15)."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _waas_get_correction_problem(self, actual, reason):
        problem = super()._waas_get_correction_problem(actual, reason)
        # Whether it is in quarantine is no secret.
        if not problem and actual.sudo().waas_arrival_id:
            return self.env._(
                "%(device)s is in quarantine: choose the device that was in the box.",
                device=actual.display_name,
            )
        return problem

    def _waas_swap(self, actual, reason):
        contracts = {device: device.waas_contract_id for device in self | actual}
        lines = {
            device: device._waas_get_open_return_line() for device in self | actual
        }
        result = super()._waas_swap(actual, reason)
        lines[self]._exchange(lines[actual], self, actual)
        for device, other in ((self, actual), (actual, self)):
            device._waas_log_swap(other, contracts[other], contracts[device], reason)
        return result

    def _waas_log_swap(self, other, contract, before, reason):
        """The chain of custody of a device that took the place of another one.

        :param contract: ``contract.contract`` whose delivery held it; empty when it
            never left
        :param before: the one that its own delivery named
        """
        if contract:
            text = self.env._(
                "Delivered, and %(device)s was not. %(reason)s",
                device=other.name,
                reason=reason,
            )
        else:
            text = self.env._(
                "Not delivered: %(actual)s was. %(reason)s",
                actual=other.name,
                reason=reason,
            )
        self._waas_log(
            "corrected",
            document=contract or before,
            party=contract.partner_id or None,
            location=self._waas_get_place(),
            note=text,
            company=(contract or before).company_id,
        )

    def _waas_get_place(self):
        """Where the device is now."""
        self.quant_ids.invalidate_recordset()
        return self.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id[:1]
