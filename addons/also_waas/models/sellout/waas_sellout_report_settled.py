from odoo import models
from odoo.tools import SQL

from ...sellout.ledger import COUNTED


class WaasSelloutReport(models.Model):
    """What need not be looked at again (R5): the database compares what was reported
    with the deliveries, as sets, and names the devices where more is to be said.

    A device is settled by itself when it takes part in no replacement and did not come
    back within the days in which a delivery can be reversed. Then its first delivery
    alone decides (:func:`~..sellout.ledger.count_devices`). All others are counted one
    by one.
    """

    _inherit = "waas.sellout.report"

    def _knows_settled(self):
        """Hook: whether a device is reported because of its product, and nothing
        else."""
        return True

    def _find_unsettled(self, among=None):
        """The devices of which this report may have to say something.

        :param among: ids of those that are looked at, with all those that they depend
            on; None: all
        :return: ids of all serial numbers that are to be counted, with all those that
            they depend on; None where everything is
        """
        if not self._knows_settled():
            return among
        rows = self._query(
            SQL(
                """
                SELECT COALESCE(visit.lot_id, told.record_id)
                  FROM visit
                  FULL JOIN told ON told.record_id = visit.lot_id
                 WHERE visit.state = 'unknown'
                    OR COALESCE(told.standing, 0)
                       != CASE WHEN visit.state = 'counted' THEN 1 ELSE 0 END
                    OR (told.standing = 1
                        AND (told.first_serial != visit.serial
                             OR told.last_serial != visit.serial))
                """
            ),
            among,
        )
        return [lot_id for (lot_id,) in rows]

    def _check(self):
        if not self._knows_settled():
            return super()._check()
        rows = {row[:3]: row[3:] for row in self._compare_with_contracts()}

        def count(*keys):
            return sum(rows[key][0] for key in rows if key in keys)

        def find(is_reported, is_held):
            """Those that the database cannot judge, or does not find right."""
            return self.env["stock.lot"].browse(
                lot_id
                for key in rows
                if key[:2] == (is_reported, is_held)
                for lot_id in rows[key][1] or ()
            )

        counts = {}
        missing, surplus = find(False, True), find(True, False)
        if missing or surplus:
            devices = {*self._find_unsettled(), *missing.ids, *surplus.ids}
            counts = self._count_devices(list(devices))
        uncounted = missing.filtered(
            lambda lot: lot in counts and counts[lot].state != COUNTED
        )
        returned = surplus.filtered(
            lambda lot: lot in counts and counts[lot].state == COUNTED
        )
        return self._tell_check(
            reported=sum(row[0] for key, row in rows.items() if key[0]),
            in_contracts=sum(row[0] for key, row in rows.items() if key[1]),
            uncounted=count((False, True, "uncounted")) + len(uncounted),
            returned=count((True, False, "counted")) + len(returned),
            missing=missing - uncounted,
            surplus=surplus - returned,
            undelivered=self._find_undelivered(),
        )

    def _compare_with_contracts(self):
        """Rows of ``is_reported, is_held, state``, the number of these devices, and the
        ids of those that are not simply right."""
        return self._query(
            SQL(
                """
                SELECT is_reported, is_held, state, COUNT(*),
                       ARRAY_AGG(lot_id ORDER BY lot_id) FILTER (WHERE CASE
                           WHEN is_reported AND is_held THEN FALSE
                           WHEN is_held THEN state != 'uncounted'
                           ELSE state != 'counted' END)
                  FROM (
                    SELECT lot_id,
                           reported.lot_id IS NOT NULL AS is_reported,
                           held.lot_id IS NOT NULL AS is_held,
                           COALESCE(visit.state, 'none') AS state
                      FROM (
                        SELECT lot_id
                          FROM waas_sellout_line
                         WHERE manufacturer_id = %(manufacturer)s
                           AND company_id = %(company)s
                           AND period_to <= %(end)s
                           AND lot_id IS NOT NULL
                         GROUP BY lot_id
                        HAVING SUM(quantity) != 0
                      ) reported
                      FULL JOIN (
                        SELECT lot_id FROM held WHERE arrival <= %(end)s
                      ) held USING (lot_id)
                      LEFT JOIN visit USING (lot_id)
                  ) compared
                 GROUP BY is_reported, is_held, state
                """,
                manufacturer=self.manufacturer_id.id,
                company=self.company_id.id,
                end=self.date_to,
            )
        )

    def _find_undelivered(self):
        """Devices of contracts without a delivery."""
        rows = self._query(
            SQL("SELECT lot_id FROM held WHERE arrival IS NULL ORDER BY lot_id")
        )
        return self.env["stock.lot"].browse(lot_id for (lot_id,) in rows)

    def _query(self, query, among=None):
        """Ask about ``visit``, each device that was rented out until the end of the
        period, ``told``, what other reports say of it, and ``held``, the devices of
        contracts with the day of their last delivery.

        :param among: ids of the devices that are asked about; None: all
        """
        self.env.flush_all()
        company = self.company_id
        return self.env.execute_query(
            SQL(
                """
                WITH place AS (
                    SELECT id
                      FROM stock_location
                     WHERE is_waas AND company_id = %(company)s
                ),
                changed AS (
                    SELECT device_id AS lot_id FROM waas_replacement
                     UNION
                    SELECT replacement_id FROM waas_replacement
                     WHERE replacement_id IS NOT NULL
                ),
                told AS (%(told)s),
                passage AS (
                    SELECT moved.id,
                           moved.lot_id,
                           moved.date AS moment,
                           target.is_waas IS TRUE AS arrives,
                           source.is_waas IS TRUE AS leaves,
                           picking.waas_replacement_id IS NOT NULL AS replaces,
                           (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                               AS day
                      FROM stock_move_line moved
                      JOIN stock_move move ON move.id = moved.move_id
                      JOIN stock_location source ON source.id = moved.location_id
                      JOIN stock_location target
                        ON target.id = moved.location_dest_id
                      LEFT JOIN stock_picking picking
                        ON picking.id = moved.picking_id
                     WHERE moved.state = 'done'
                       AND moved.lot_id IS NOT NULL
                       AND %(among)s
                       AND (moved.product_id = ANY(%(products)s)
                            OR moved.lot_id IN (SELECT lot_id FROM changed)
                            OR moved.lot_id IN (SELECT record_id FROM told))
                       AND moved.quantity > 0
                       AND (moved.location_id IN (SELECT id FROM place)
                            OR moved.location_dest_id IN (SELECT id FROM place))
                ),
                stay AS (
                    SELECT lot_id,
                           (ARRAY_AGG(day ORDER BY moment, id)
                                FILTER (WHERE arrives))[1] AS arrival,
                           MIN(day) FILTER (WHERE NOT arrives) AS departure,
                           BOOL_OR(replaces) AS replaces
                      FROM passage
                     WHERE day <= %(end)s AND arrives != leaves
                     GROUP BY lot_id
                ),
                held AS (
                    SELECT lot.id AS lot_id, last.day AS arrival
                      FROM stock_lot lot
                      JOIN contract_contract contract
                        ON contract.id = lot.waas_contract_id
                      LEFT JOIN (
                        SELECT DISTINCT ON (lot_id) lot_id, day
                          FROM passage
                         WHERE arrives
                         ORDER BY lot_id, moment DESC, id DESC
                      ) last ON last.lot_id = lot.id
                     WHERE contract.company_id = %(company)s
                       AND lot.product_id = ANY(%(products)s)
                ),
                visit AS (
                    SELECT lot.id AS lot_id,
                           lot.name AS serial,
                           CASE WHEN stay.replaces
                                  OR stay.arrival IS NULL
                                  OR changed.lot_id IS NOT NULL
                                THEN 'unknown'
                                WHEN NOT lot.product_id = ANY(%(products)s)
                                THEN 'other'
                                WHEN stay.departure - stay.arrival <= %(days)s
                                THEN 'unknown'
                                WHEN stay.arrival < %(start)s THEN 'uncounted'
                                ELSE 'counted'
                            END AS state
                      FROM stay
                      JOIN stock_lot lot ON lot.id = stay.lot_id
                      LEFT JOIN changed ON changed.lot_id = lot.id
                )
                %(query)s
                """,
                company=company.id,
                zone=str(company._waas_get_zone()),
                end=self.date_to,
                products=self._get_sellout_product_ids(),
                days=self._get_manufacturer().sellout_reversal_days,
                start=self._get_start(),
                told=self._get_told_sql("stock.lot", among),
                among=(
                    SQL("TRUE")
                    if among is None
                    else SQL("moved.lot_id = ANY(%s)", among)
                ),
                query=query,
            )
        )

    def _get_told_sql(self, model, among=None):
        """What other reports say of each record of a model: its ``record_id``, the
        quantity that is ``standing``, ``first_serial`` and ``last_serial``.

        :param among: ids of the records that are asked about; None: all
        """
        sources = SQL("source LIKE %s", f"{model},%")
        if among is not None:
            sources = SQL("source = ANY(%s)", [f"{model},{id_}" for id_ in among])
        return SQL(
            """
            SELECT split_part(source, ',', 2)::integer AS record_id,
                   SUM(quantity) AS standing,
                   MIN(serial) AS first_serial,
                   MAX(serial) AS last_serial
              FROM waas_sellout_line
             WHERE manufacturer_id = %(manufacturer)s
               AND company_id = %(company)s
               AND report_id != %(report)s
               AND %(sources)s
             GROUP BY 1
            """,
            manufacturer=self.manufacturer_id.id,
            company=self.company_id.id,
            report=self._origin.id or 0,
            sources=sources,
        )

    def _get_sellout_product_ids(self):
        return self._get_manufacturer()._get_sellout_products(self.company_id).ids
