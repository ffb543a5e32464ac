from odoo import api, models
from odoo.tools import SQL


class WaasSelloutUnnotified(models.Model):
    """Suppliers that were not notified of the sell-out of the devices that they
    delivered (R5)."""

    _inherit = "waas.sellout.unnotified"
    _depends = {
        "stock.move": ["purchase_line_id"],
        "stock.move.line": ["location_dest_id"],
        "purchase.order.line": ["partner_id"],
        "res.partner": ["commercial_partner_id"],
        "waas.manufacturer": [
            "partner_id",
            "sellout_as_vendor",
            "sellout_vendor_off_reason",
        ],
    }

    @api.model
    def _find_first_days(self, company):
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(stays)s, %(supplied)s
                SELECT vendor_id, MIN(date)
                  FROM supplied
                 WHERE company_id = %(company)s
                   AND vendor_id IS NOT NULL
                 GROUP BY vendor_id
                """,
                stays=self._get_stays(),
                supplied=self._get_supplied(),
                company=company.id,
                to_flush=self._get_fields_read(),
            )
        )
        days = {("supplier", vendor): day for vendor, day in rows}
        return super()._find_first_days(company) | days

    @api.model
    def _find_receipts(self, company, vendor, devices):
        """The receipts by which a vendor supplied what arrived at customers of a
        company.

        :param devices: ids of the ``stock.lot`` that are asked about
        :return: dict of the id of the receipt by the id of the delivery, both
            ``stock.move.line``
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(stays)s, %(supplied)s
                SELECT id, receipt_id
                  FROM supplied
                 WHERE company_id = %(company)s
                   AND vendor_id = %(vendor)s
                """,
                stays=self._get_stays(SQL("lot.id = ANY(%s)", devices)),
                supplied=self._get_supplied(),
                company=company.id,
                vendor=vendor.id,
                to_flush=self._get_fields_read(),
            )
        )
        return dict(rows)

    # === QUERY ===#

    def _get_supplied(self):
        """Table of arrivals at customers with the latest earlier receipt of the device
        (drop-shipped: the same move), and its vendor; NULL for devices that were not
        bought. A device that was returned to a vendor has a later receipt, if it was
        delivered again.

        Where a delivery was backdated before all receipts, the order of the transfers
        decides; a receipt that was booked late is better than none.
        """
        return SQL(
            """
            supplied AS (
                SELECT DISTINCT ON (arrival.id)
                       arrival.*,
                       receipt.id AS receipt_id,
                       receipt.vendor_id
                  FROM passage arrival
                  LEFT JOIN (
                        SELECT moved.id,
                               moved.date AS moment,
                               moved.lot_id,
                               move.company_id,
                               vendor.commercial_partner_id AS vendor_id
                          FROM stock_move_line moved
                          JOIN stock_move move ON move.id = moved.move_id
                          JOIN purchase_order_line bought
                            ON bought.id = move.purchase_line_id
                          JOIN res_partner vendor ON vendor.id = bought.partner_id
                          JOIN stock_location source ON source.id = moved.location_id
                          JOIN stock_location target
                            ON target.id = moved.location_dest_id
                         WHERE moved.state = 'done'
                           AND moved.lot_id IS NOT NULL
                           AND moved.quantity > 0
                           AND source.usage = 'supplier'
                           AND target.usage != 'supplier'
                       ) receipt
                    ON receipt.lot_id = arrival.lot_id
                   AND receipt.company_id = arrival.company_id
                 CROSS JOIN LATERAL (
                        SELECT CASE
                               WHEN (receipt.moment, receipt.id)
                                    <= (arrival.moment, arrival.id) THEN 0
                               WHEN receipt.id <= arrival.id THEN 1
                               ELSE 2 END AS rank
                       ) place
                 WHERE arrival.arrives
                 ORDER BY arrival.id,
                          place.rank,
                          CASE WHEN place.rank = 2 THEN receipt.moment END,
                          receipt.moment DESC,
                          receipt.id DESC
            )
            """
        )

    def _get_suspicion(self):
        """All: only its receipts say which supplier is to be told of a device, too."""
        return SQL("(%s OR TRUE)", super()._get_suspicion())

    def _get_parts(self):
        return [*super()._get_parts(), self._get_suppliers_part()]

    def _get_suppliers_part(self):
        return SQL(
            """
            SELECT id, company_id, date, role, why, serial, lot_id, product_id,
                   manufacturer_id, addressee_id, vendor_id, contract_id, partner_id
              FROM (
                SELECT stay.id * 4 + 1 AS id,
                       stay.company_id,
                       stay.date,
                       'supplier' AS role,
                       CASE WHEN setting.id IS NULL THEN 'unknown'
                            WHEN setting.is_on AND NOT setting.as_vendor THEN
                                CASE WHEN setting.vendor_reason = '' THEN 'vendor' END
                            ELSE %(why)s
                        END AS why,
                       lot.name AS serial,
                       lot.id AS lot_id,
                       lot.product_id,
                       lot.waas_manufacturer_id AS manufacturer_id,
                       setting.id AS addressee_id,
                       stay.vendor_id,
                       stay.contract_id,
                       contract.partner_id
                  FROM (%(sales)s) stay
                  JOIN stock_lot lot ON lot.id = stay.lot_id
                  LEFT JOIN contract_contract contract
                    ON contract.id = stay.contract_id
                  LEFT JOIN waas_manufacturer maker
                    ON maker.id = lot.waas_manufacturer_id
                  LEFT JOIN res_partner maker_contact
                    ON maker_contact.id = maker.partner_id
                  LEFT JOIN (%(known)s) setting
                    ON setting.vendor_id = stay.vendor_id
                   AND setting.company_id = stay.company_id
                  LEFT JOIN (%(reported)s) reported
                    ON reported.manufacturer_id = setting.id
                   AND reported.company_id = stay.company_id
                 WHERE stay.vendor_id IS NOT NULL
                   AND maker_contact.commercial_partner_id
                       IS DISTINCT FROM stay.vendor_id
                   AND NOT EXISTS (%(told)s)
              ) supplier
             WHERE why IS NOT NULL
            """,
            sales=self._get_supplied_sales(),
            known=self._get_known_suppliers(),
            reported=self._get_reported(),
            told=self._get_told(SQL("setting.id")),
            why=self._get_reason(SQL("stay.date"), SQL("NOT stay.replaces")),
        )

    def _get_supplied_sales(self):
        """The delivery that counts of each device, and its supplier."""
        return SQL(
            """
            WITH %(supplied)s
            SELECT DISTINCT ON (stay.lot_id, stay.company_id)
                   stay.*,
                   supplied.vendor_id
              FROM stay
              JOIN supplied ON supplied.id = stay.id
              LEFT JOIN (%(known)s) setting
                ON setting.vendor_id = supplied.vendor_id
               AND setting.company_id = stay.company_id
             WHERE stay.undone_after IS NULL
                OR stay.undone_after
                   > COALESCE(setting.reversal_days, stay.reversal_days)
             ORDER BY stay.lot_id, stay.company_id, stay.moment, stay.id
            """,
            supplied=self._get_supplied(),
            known=self._get_known_suppliers(),
        )

    def _get_known_suppliers(self):
        """For each company, one of the manufacturers whose contact is a vendor: one
        that gets reports, else one with a decision."""
        return SQL(
            """
            SELECT DISTINCT ON (company.id, contact.commercial_partner_id)
                   addressee.id,
                   company.id AS company_id,
                   contact.commercial_partner_id AS vendor_id,
                   setting.*
              FROM company
              CROSS JOIN waas_manufacturer addressee
              JOIN res_partner contact ON contact.id = addressee.partner_id
              CROSS JOIN LATERAL (%(settings)s) setting
             ORDER BY company.id,
                      contact.commercial_partner_id,
                      setting.is_on AND setting.as_vendor DESC,
                      setting.is_on AND setting.vendor_reason != '' DESC,
                      NOT setting.is_on AND setting.reason != '' DESC,
                      setting.is_on DESC,
                      addressee.active DESC,
                      addressee.id
            """,
            settings=self._get_settings(SQL("company.id")),
        )
