from odoo import models


class WaasSelloutReport(models.Model):
    """The report of a supplier contains exactly what it delivered (R5)."""

    _inherit = "waas.sellout.report"

    def _knows_settled(self):
        """A supplier is told of what it delivered: receipts decide, too."""
        vendor = self._get_manufacturer()._get_sellout_vendor()
        return super()._knows_settled() and not vendor

    def _find_told(self, passages):
        told = super()._find_told(passages)
        vendor = self._get_manufacturer()._get_sellout_vendor()
        if not vendor:
            return told
        devices = list({passage.lot for passage in passages})
        for lot in self._find_told_by_list(devices):
            told.setdefault(lot.id, False)
        return told | self._find_supplied(passages, vendor)

    def _find_told_by_list(self, devices):
        """What was reported to a supplier by price list, before receipts were used,
        stays reported.

        :param devices: ids of those that are asked about
        """
        groups = self.env["waas.sellout.line"]._read_group(
            [
                ("manufacturer_id", "=", self.manufacturer_id.id),
                ("company_id", "=", self.company_id.id),
                ("report_id", "!=", self.id),
                ("lot_id", "in", devices),
                ("receipt_line_id", "=", False),
                ("role", "!=", "maker"),
            ],
            ["lot_id"],
            ["quantity:sum"],
        )
        return [lot for lot, quantity in groups if quantity > 0]

    def _find_supplied(self, passages, vendor):
        """The devices that a vendor supplied for the delivery that counts.

        :return: dict of the id of the receipt's move line by id of the lot
        """
        deciding = self._find_deciding_arrivals(passages)
        receipts = self.env["waas.sellout.unnotified"]._find_receipts(
            self.company_id, vendor, list(deciding)
        )
        return {
            lot: receipts[arrival]
            for lot, arrival in deciding.items()
            if arrival in receipts
        }

    def _find_deciding_arrivals(self, passages):
        """The delivery that decided the status of each device: the id of its move line
        by id of the lot."""
        decided = {}
        for lot, count in self._count(passages).items():
            decided.setdefault(id(count.passage), []).append(lot)
        latest, deciding = {}, {}
        for passage in passages:
            if passage.arrives:
                latest[passage.lot] = passage.origin.id
            for lot in decided.get(id(passage), ()):
                deciding[lot] = latest[lot]
        return deciding
