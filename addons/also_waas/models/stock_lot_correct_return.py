from odoo import models


class StockLot(models.Model):
    """Chapter 8, returns: a corrected delivery in the chain of custody, in the return
    that waits for the device, and in the books (R13, R15)."""

    _inherit = "stock.lot"

    def _waas_get_correction_problem(self, actual, reason):
        problem = super()._waas_get_correction_problem(actual, reason)
        if not problem and actual.sudo().waas_arrival_id:
            return self.env._(
                "%(device)s lies in quarantine: choose the device that was in the box.",
                device=actual.display_name,
            )
        return problem

    def _waas_swap(self, actual, reason):
        contract, line = self.waas_contract_id, self._waas_get_open_return_line()
        result = super()._waas_swap(actual, reason)
        line._take_instead(actual)
        self._waas_get_running_assets().device_id = actual
        for device, note in (
            (
                self,
                self.env._(
                    "Not delivered: %(actual)s was. %(reason)s",
                    actual=actual.name,
                    reason=reason,
                ),
            ),
            (
                actual,
                self.env._(
                    "Delivered, and %(device)s was not. %(reason)s",
                    device=self.name,
                    reason=reason,
                ),
            ),
        ):
            device._waas_log(
                "corrected",
                document=contract,
                party=contract.partner_id if device == actual else None,
                location=device._waas_get_place(),
                note=note,
                company=contract.company_id,
            )
        return result

    def _waas_get_place(self):
        """Where the device is now."""
        self.quant_ids.invalidate_recordset()
        return self.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id[:1]
