from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class WaasSelloutReport(models.Model):
    """What changed since the report before was closed (R5). Only that is counted from
    day to day; closing counts everything once more, so that nothing is lost."""

    _inherit = "waas.sellout.report"

    def _get_scope(self, recount=False):
        """Hook: what is counted.

        :param bool recount: everything, instead of what changed
        :return: dict of ids by model; None: all
        """
        self.ensure_one()
        changed = None if recount else self._find_changed_devices()
        return {"stock.lot": self._find_unsettled(changed)}

    def _get_counted_before(self):
        """The report before this one, and the moment when it counted everything.

        :return: pair of ``waas.sellout.report`` and datetime; the latter is False where
            everything is new
        """
        before = self._get_before()
        return before, before.closed_on and (before.checked_on or before.closed_on)

    def _find_changed_devices(self):
        """The devices that changed or were moved since, and all those that replaced
        each other with them.

        :return: ids of ``stock.lot``; None: all
        """
        before, counted_on = self._get_counted_before()
        if not counted_on:
            return None
        found = changed = self.env["stock.lot"].search(
            [("waas_sellout_changed_on", ">=", counted_on)]
        ) | self._find_moved_after(before.date_to)
        while found:
            replacements = self.env["waas.replacement"].search(
                Domain("device_id", "in", found.ids)
                | Domain("replacement_id", "in", found.ids)
            )
            devices = replacements.device_id | replacements.replacement_id
            found = devices - changed
            changed |= found
        return changed.ids

    def _find_moved_after(self, day):
        """The devices that were moved to or from customers after a day: the report that
        ended on it had not to count that."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT moved.lot_id
                  FROM stock_move move
                  JOIN stock_move_line moved ON moved.move_id = move.id
                  JOIN stock_location source ON source.id = moved.location_id
                  JOIN stock_location target ON target.id = moved.location_dest_id
                 -- A day is longer than any time zone is away: by the index.
                 WHERE move.date >= %(day)s
                   AND move.state = 'done'
                   AND (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                       > %(day)s
                   AND moved.lot_id IS NOT NULL
                   AND (source.is_waas OR target.is_waas)
                """,
                day=day,
                zone=str(self.company_id._waas_get_zone()),
            )
        )
        return self.env["stock.lot"].browse(lot_id for (lot_id,) in rows)
