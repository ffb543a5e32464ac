from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..sellout.waas_sellout_report_sales import Sale


class WaasSelloutReport(models.Model):
    """Activated seats are sold out, too (R5, R9)."""

    _inherit = "waas.sellout.report"

    def _get_scope(self, recount=False):
        changed = None if recount else self._find_changed_licenses()
        return {
            **super()._get_scope(recount),
            "waas.license": self._find_unsettled_licenses(changed),
        }

    def _find_changed_licenses(self):
        """The licenses that changed since the last report was closed, or whose seats
        did as planned.

        :return: ids of ``waas.license``; None: all
        """
        before, counted_on = self._get_counted_before()
        if not counted_on:
            return None
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM waas_license
                 WHERE write_date >= %(counted_on)s
                    OR date_start > %(day)s
                    OR date_cancel > %(day)s
                 UNION
                SELECT license_id
                  FROM waas_license_step
                 WHERE write_date >= %(counted_on)s
                    OR date > %(day)s
                """,
                counted_on=counted_on,
                day=before.date_to,
            )
        )
        return [license_id for (license_id,) in rows]

    def _get_license_sales(self, scope):
        products = self._get_manufacturer()._get_sellout_products(self.company_id)
        start = self._get_start()
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", [product.id for product in products]),
                ("date_start", "<=", self.date_to),
                # Seats that were never provisioned are not activated.
                ("confirmed_on", "!=", False),
                "|",
                ("date_start", ">=", start),
                ("step_ids.date", ">=", start),
            ]
        )
        if (licenses := scope["waas.license"]) is not None:
            domain &= Domain("id", "in", licenses)
        # Seats that were active before the first report are left out.
        before = start - timedelta(days=1)
        return [
            Sale(
                source=f"{license_._name},{license_.id}",
                product=license_.product_id,
                contract=license_.contract_id,
                bundle=license_._get_bundle(),
                date=license_._get_sold_since(self.date_to),
                quantity=max(
                    license_._get_sold_seats(self.date_to)
                    - license_._get_sold_seats(before),
                    0,
                ),
            )
            for license_ in self.env["waas.license"].search(domain, order="id")
        ]

    def _find_unsettled_licenses(self, among=None):
        """The licenses of which this report may have to say something; None: all.

        Where the seats that count now, as ``_get_license_sales`` has them, are not
        those that were reported.

        :param among: ids of those that are looked at; None: all
        """
        if not self._knows_settled():
            return among
        self.env.flush_all()
        start = self._get_start()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(license.id, told.record_id)
                  FROM (%(told)s) told
                  FULL JOIN (
                    SELECT license.id,
                           GREATEST(%(seats)s - %(seats_before)s, 0) AS wanted
                      FROM waas_license license
                      JOIN contract_contract contract
                        ON contract.id = license.contract_id
                     WHERE license.company_id = %(company)s
                       AND %(among)s
                       AND license.product_id = ANY(%(products)s)
                       AND license.date_start <= %(end)s
                       AND license.confirmed_on IS NOT NULL
                       AND (license.date_start >= %(start)s
                            OR EXISTS (
                                SELECT FROM waas_license_step
                                 WHERE license_id = license.id AND date >= %(start)s))
                  ) license ON license.id = told.record_id
                 WHERE COALESCE(license.wanted, 0) != COALESCE(told.standing, 0)
                """,
                told=self._get_told_sql("waas.license", among),
                among=(
                    SQL("TRUE") if among is None else SQL("license.id = ANY(%s)", among)
                ),
                company=self.company_id.id,
                products=self._get_sellout_product_ids(),
                start=start,
                end=self.date_to,
                seats=self._get_sold_seats_sql(self.date_to),
                seats_before=self._get_sold_seats_sql(start - timedelta(days=1)),
            )
        )
        return [license_id for (license_id,) in rows]

    def _get_sold_seats_sql(self, day):
        """As ``_get_sold_seats`` of a license."""
        return SQL(
            """
            CASE WHEN contract.waas_state = 'cancelled'
                  AND license.date_cancel <= %(day)s THEN 0
                 WHEN LEAST(%(day)s::date, license.date_cancel - 1)
                      < license.date_start THEN 0
                 ELSE license.agreed_seats + COALESCE((
                    SELECT SUM(seats)
                      FROM waas_license_step
                     WHERE license_id = license.id
                       AND date <= LEAST(%(day)s::date, license.date_cancel - 1)
                 ), 0)
            END
            """,
            day=day,
        )
