from odoo import models
from odoo.tools import SQL


class WaasSelloutUnnotified(models.Model):
    """The query of the list: devices that should have been reported and were not."""

    _inherit = "waas.sellout.unnotified"

    @property
    def _table_query(self):
        """One row for each serial number and each addressee."""
        return SQL(
            "WITH %s %s",
            self._get_stays(self._get_suspicion()),
            SQL(" UNION ALL ").join(self._get_parts()),
        )

    def _get_suspicion(self):
        """Hook: the condition on ``lot`` and ``company`` of the devices that can be in
        the list. Of all others nothing more is read: here, those of which the maker was
        told."""
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM waas_sellout_line line
                 WHERE line.lot_id = lot.id
                   AND line.manufacturer_id = lot.waas_manufacturer_id
                   AND line.company_id = company.id)
            """
        )

    def _get_parts(self):
        """Hook: selections of rows, all with the columns of the first. They may read
        ``stay``: a device that is or was at a customer."""
        return [self._get_makers_part()]

    def _get_stays(self, where=None):
        """Tables of the query: companies, and the stays of devices at their customers.

        :param SQL where: a condition on ``lot`` and ``company``; None: all

        ``undone_after`` is the number of days after which a delivery was returned into
        stock without a replacement; NULL otherwise. As ``_get_passages`` of the
        reports.
        """
        return SQL(
            """
            company (id, zone, reversal_days) AS (%(companies)s),
            passage AS (
                SELECT moved.id,
                       moved.date AS moment,
                       moved.lot_id,
                       moved.picking_id,
                       company.id AS company_id,
                       company.reversal_days,
                       (move.date AT TIME ZONE 'UTC' AT TIME ZONE company.zone)::date
                           AS date,
                       target.is_waas IS TRUE AS arrives,
                       picking.waas_replacement_id IS NULL
                       AND target.company_id IS NOT NULL
                       AND target.usage IN ('internal', 'transit') AS undoes,
                       picking.waas_replacement_id IS NOT NULL AS replaces,
                       picking.waas_contract_id AS contract_id
                  FROM stock_move_line moved
                  JOIN stock_move move ON move.id = moved.move_id
                  JOIN stock_location source ON source.id = moved.location_id
                  JOIN stock_location target ON target.id = moved.location_dest_id
                  JOIN company ON company.id = CASE
                       WHEN target.is_waas THEN target.company_id
                       ELSE source.company_id END
                  JOIN stock_lot lot ON lot.id = moved.lot_id
                  LEFT JOIN stock_picking picking ON picking.id = moved.picking_id
                 WHERE moved.state = 'done'
                   AND %(where)s
                   AND moved.quantity > 0
                   AND (source.is_waas IS TRUE) != (target.is_waas IS TRUE)
            ),
            stay AS (
                SELECT *
                  FROM (
                    SELECT passage.*,
                           CASE WHEN LEAD(undoes) OVER moves
                                 AND NOT LEAD(arrives) OVER moves
                                THEN LEAD(date) OVER moves - date
                            END AS undone_after
                      FROM passage
                    WINDOW moves AS (
                        PARTITION BY lot_id, company_id ORDER BY moment, id
                    )
                  ) visited
                 WHERE arrives
                   AND NOT EXISTS (
                        SELECT 1
                          FROM waas_replacement replacement
                          JOIN stock_picking delivery
                            ON delivery.id = replacement.delivery_id
                         WHERE replacement.device_id = visited.lot_id
                           AND delivery.state = 'done'
                       )
            )
            """,
            companies=self._get_company_rows(),
            where=where or SQL("TRUE"),
        )

    def _get_company_rows(self):
        """Rows of a company, its time zone, and its default number of days in which a
        delivery can be reversed."""
        field = self.env["waas.manufacturer"]._fields["sellout_reversal_days"]
        rows = []
        # As superuser: the defaults of companies that the user cannot read.
        makers_sudo = self.env["waas.manufacturer"].sudo()
        for company in self._get_companies():
            makers = makers_sudo.with_company(company)
            rows.append(
                SQL(
                    "(%s, %s, %s)",
                    company.id,
                    str(company._waas_get_zone()),
                    field.get_company_dependent_fallback(makers) or 0,
                )
            )
        nothing = SQL("(NULL::integer, NULL::text, NULL::integer)")
        return SQL("VALUES %s", SQL(", ").join(rows or [nothing]))

    def _get_makers_part(self):
        return SQL(
            """
            SELECT id, company_id, date, role, why, serial, lot_id, product_id,
                   manufacturer_id, addressee_id, vendor_id, contract_id, partner_id
              FROM (
                SELECT DISTINCT ON (stay.lot_id, stay.company_id)
                       stay.id * 4 AS id,
                       stay.company_id,
                       stay.date,
                       'maker' AS role,
                       %(why)s AS why,
                       lot.name AS serial,
                       lot.id AS lot_id,
                       lot.product_id,
                       lot.waas_manufacturer_id AS manufacturer_id,
                       lot.waas_manufacturer_id AS addressee_id,
                       NULL::integer AS vendor_id,
                       stay.contract_id,
                       contract.partner_id
                  FROM stay
                  JOIN stock_lot lot ON lot.id = stay.lot_id
                  LEFT JOIN contract_contract contract
                    ON contract.id = stay.contract_id
                  LEFT JOIN waas_manufacturer addressee
                    ON addressee.id = lot.waas_manufacturer_id
                  CROSS JOIN LATERAL (%(settings)s) setting
                  LEFT JOIN (%(reported)s) reported
                    ON reported.manufacturer_id = addressee.id
                   AND reported.company_id = stay.company_id
                 WHERE (stay.undone_after IS NULL
                        OR stay.undone_after > setting.reversal_days)
                   AND NOT EXISTS (%(told)s)
                 ORDER BY stay.lot_id, stay.company_id, stay.moment, stay.id
              ) maker
             WHERE why IS NOT NULL
            """,
            settings=self._get_settings(SQL("stay.company_id")),
            reported=self._get_reported(),
            told=self._get_told(SQL("addressee.id")),
            why=SQL(
                "CASE WHEN addressee.id IS NULL THEN 'maker' ELSE %s END",
                self._get_reason(SQL("stay.date"), SQL("NOT stay.replaces")),
            ),
        )

    def _get_settings(self, company):
        """The settings of a company for ``addressee``."""

        def setting(name):
            return SQL("addressee.%s ->> %s::text", SQL.identifier(name), company)

        return SQL(
            """
            SELECT COALESCE((%(sellout)s)::boolean, FALSE) AS is_on,
                   COALESCE(%(reason)s, '') AS reason,
                   COALESCE((%(as_vendor)s)::boolean, FALSE) AS as_vendor,
                   COALESCE(%(vendor_reason)s, '') AS vendor_reason,
                   (%(start)s)::date AS start,
                   COALESCE(
                       (%(days)s)::integer,
                       (SELECT ours.reversal_days
                          FROM company ours
                         WHERE ours.id = %(company)s)
                   ) AS reversal_days
            """,
            sellout=setting("sellout"),
            reason=setting("sellout_off_reason"),
            as_vendor=setting("sellout_as_vendor"),
            vendor_reason=setting("sellout_vendor_off_reason"),
            start=setting("sellout_start"),
            days=setting("sellout_reversal_days"),
            company=company,
        )

    def _get_reported(self):
        """The last day that was reported to each, or is about to be."""
        return SQL(
            """
            SELECT manufacturer_id, company_id, MAX(date_to) AS date_to
              FROM waas_sellout_report
             GROUP BY manufacturer_id, company_id
            """
        )

    def _get_told(self, addressee):
        """Lines that reported the device of ``stay`` to ``addressee``."""
        return SQL(
            """
            SELECT 1
              FROM waas_sellout_line line
             WHERE line.lot_id = stay.lot_id
               AND line.manufacturer_id = %s
               AND line.company_id = stay.company_id
            """,
            addressee,
        )

    def _get_reason(self, date, is_counted):
        """Why ``addressee`` was not notified. NULL where that is correct: a user gave a
        reason, the period runs, or the reports do not count the device.

        :param SQL date: the day of the sell-out
        :param SQL is_counted: whether the reports count it for certain
        """
        return SQL(
            """
            CASE WHEN NOT setting.is_on AND setting.reason != '' THEN NULL
                 WHEN NOT setting.is_on THEN 'off'
                 WHEN %(date)s < setting.start THEN 'before'
                 WHEN %(date)s <= reported.date_to AND %(is_counted)s THEN 'report'
             END
            """,
            date=date,
            is_counted=is_counted,
        )
