from odoo import api, models
from odoo.tools import SQL


class WaasSelloutUnnotified(models.Model):
    """Activated seats that were not reported (R5)."""

    _inherit = "waas.sellout.unnotified"
    _depends = {
        "waas.license": [
            "confirmed_on",
            "date_start",
            "date_cancel",
            "agreed_seats",
            "seats",
            "product_id",
        ],
        "waas.license.step": ["license_id", "seats"],
        "contract.contract": ["waas_state"],
        "product.template": ["waas_manufacturer_id"],
    }

    @api.model
    def _find_first_days(self, company):
        days = super()._find_first_days(company)
        starts = self.env["waas.license"]._read_group(
            [
                ("company_id", "=", company.id),
                ("confirmed_on", "!=", False),
                ("date_start", "!=", False),
                ("product_id.waas_manufacturer_id", "!=", False),
            ],
            ["product_id"],
            ["date_start:min"],
        )
        for product, start in starts:
            key = "maker", product.waas_manufacturer_id.id
            days[key] = min(days.get(key, start), start)
        return days

    def _get_parts(self):
        return [*super()._get_parts(), self._get_licenses_part()]

    def _get_licenses_part(self):
        """As ``_get_license_sales`` of the reports."""
        return SQL(
            """
            SELECT id, company_id, date, role, why, serial, lot_id, product_id,
                   manufacturer_id, addressee_id, vendor_id, contract_id, partner_id
              FROM (
                SELECT license.id * 4 + 2 AS id,
                       license.company_id,
                       license.date_start AS date,
                       'maker' AS role,
                       %(why)s AS why,
                       NULL::varchar AS serial,
                       NULL::integer AS lot_id,
                       license.product_id,
                       addressee.id AS manufacturer_id,
                       addressee.id AS addressee_id,
                       NULL::integer AS vendor_id,
                       license.contract_id,
                       license.partner_id
                  FROM waas_license license
                  JOIN contract_contract contract ON contract.id = license.contract_id
                  JOIN product_product product ON product.id = license.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  LEFT JOIN waas_manufacturer addressee
                    ON addressee.id = template.waas_manufacturer_id
                  CROSS JOIN LATERAL (%(settings)s) setting
                  LEFT JOIN (%(reported)s) reported
                    ON reported.manufacturer_id = addressee.id
                   AND reported.company_id = license.company_id
                 WHERE license.confirmed_on IS NOT NULL
                   AND license.date_start IS NOT NULL
                   AND (license.date_cancel IS NULL
                        OR (license.date_cancel > license.date_start
                            AND contract.waas_state != 'cancelled'))
                   AND license.agreed_seats > (
                        SELECT COALESCE(-SUM(step.seats), 0)
                          FROM waas_license_step step
                         WHERE step.license_id = license.id
                       )
                   AND NOT EXISTS (
                        SELECT 1
                          FROM waas_sellout_line line
                         WHERE line.source = 'waas.license,' || license.id
                           AND line.manufacturer_id = addressee.id
                           AND line.company_id = license.company_id
                       )
              ) seats
             WHERE why IS NOT NULL
            """,
            settings=self._get_settings(SQL("license.company_id")),
            reported=self._get_reported(),
            why=SQL(
                "CASE WHEN addressee.id IS NULL THEN 'maker' ELSE %s END",
                self._get_reason(
                    SQL("license.date_start"),
                    SQL("license.seats > 0 AND license.date_cancel IS NULL"),
                ),
            ),
        )
