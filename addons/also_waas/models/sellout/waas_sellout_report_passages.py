from odoo import models
from odoo.fields import Domain

from ...sellout.ledger import Passage


class WaasSelloutReport(models.Model):
    """The deliveries and returns on which a report rests (R5)."""

    _inherit = "waas.sellout.report"

    def _get_start(self):
        """The first day of the manufacturer's first report."""
        first = self.search(
            [
                ("manufacturer_id", "=", self.manufacturer_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="date_from",
            limit=1,
        )
        return first.date_from

    def _get_passages(self, devices=None):
        """Devices that were delivered to or returned by the company's customers until
        the end of the period, in the order of the transfers. The day is that of the
        transfer, which can be corrected later."""
        passages = []
        for line in self._find_move_lines(devices):
            arrives = line.location_dest_id.is_waas
            date = self._get_day(line.move_id.date)
            if arrives == line.location_id.is_waas or date > self.date_to:
                continue
            replacement = line.picking_id.waas_replacement_id
            replaced = replacement.device_id.id if arrives and replacement else None
            passages.append(
                Passage(
                    lot=line.lot_id.id,
                    date=date,
                    arrives=arrives,
                    replaced=replaced,
                    # A lost or replaced device stays sold out.
                    undoes=not replacement
                    and line.location_dest_id._should_be_valued(),
                    origin=line,
                )
            )
        return passages

    def _find_move_lines(self, devices=None):
        """Done moves of serial numbers to and from the company's customers."""
        lots = Domain("lot_id", "!=", False)
        if devices is not None:
            lots = Domain("lot_id", "in", devices)
        places = (
            self.env["stock.location"]
            .with_context(active_test=False)
            .search([("is_waas", "=", True), ("company_id", "=", self.company_id.id)])
        )
        return self.env["stock.move.line"].search_fetch(
            lots
            & Domain("state", "=", "done")
            & Domain("quantity", ">", 0)
            & (
                Domain("location_id", "in", places.ids)
                | Domain("location_dest_id", "in", places.ids)
            ),
            ["lot_id", "move_id", "picking_id", "location_id", "location_dest_id"],
            order="date, id",
        )
