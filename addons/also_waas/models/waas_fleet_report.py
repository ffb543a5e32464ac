from odoo import fields, models
from odoo.tools import SQL


class WaasFleetReport(models.Model):
    """Chapter 8, returns: the rented-out fleet, for accountants (R13)."""

    _name = "waas.fleet.report"
    _description = "WaaS Fleet"
    _auto = False
    _order = "delivered_on, id"
    _rec_name = "device_id"

    device_id = fields.Many2one(comodel_name="stock.lot", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    contract_id = fields.Many2one(comodel_name="contract.contract", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="End Customer", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    manufacturer_id = fields.Many2one(comodel_name="waas.manufacturer", readonly=True)
    delivered_on = fields.Date(readonly=True)
    contract_end = fields.Date(readonly=True)
    age_months = fields.Integer(
        string="Age (months)",
        readonly=True,
        aggregator="avg",
        help="Since its first delivery.",
    )
    months_left = fields.Integer(string="Months to Go", readonly=True, aggregator="avg")
    device_count = fields.Integer(string="Devices", readonly=True)
    cost = fields.Monetary(readonly=True)
    book_value = fields.Monetary(
        readonly=True,
        help="As rental equipment, when the fleet is capitalised; else what the stock "
        "holds.",
    )
    is_capitalised = fields.Boolean(string="Capitalised", readonly=True)

    @property
    def _table_query(self):
        """One row for each device at a customer."""
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    def _select(self):
        return SQL(
            """
            SELECT lot.id,
                   lot.id AS device_id,
                   contract.company_id,
                   company.currency_id,
                   contract.id AS contract_id,
                   contract.partner_id,
                   lot.product_id,
                   lot.waas_manufacturer_id AS manufacturer_id,
                   lot.waas_delivered_on AS delivered_on,
                   contract.date_end AS contract_end,
                   %(age)s AS age_months,
                   GREATEST(%(left)s, 0) AS months_left,
                   1 AS device_count,
                   COALESCE(asset.cost, standard.price) AS cost,
                   COALESCE(
                       asset.book_value,
                       GREATEST(standard.price - COALESCE(former.amount, 0), 0)
                   ) AS book_value,
                   asset.id IS NOT NULL AS is_capitalised
            """,
            age=self._months_between(SQL("lot.waas_warranty_start"), SQL("NOW()")),
            left=self._months_between(SQL("NOW()"), SQL("contract.date_end")),
        )

    def _months_between(self, start, end):
        """Whole months, by the calendar."""
        return SQL(
            "(EXTRACT(YEAR FROM AGE(%(end)s, %(start)s)) * 12 "
            "+ EXTRACT(MONTH FROM AGE(%(end)s, %(start)s)))::integer",
            start=start,
            end=end,
        )

    def _from(self):
        return SQL(
            """
              FROM stock_lot lot
              JOIN contract_contract contract ON contract.id = lot.waas_contract_id
              JOIN res_company company ON company.id = contract.company_id
              JOIN product_product product ON product.id = lot.product_id
              LEFT JOIN waas_asset asset
                ON asset.device_id = lot.id AND asset.state = 'running'
              LEFT JOIN LATERAL (
                    SELECT SUM(depreciated_amount) AS amount
                      FROM waas_asset
                     WHERE device_id = lot.id
                       AND state = 'returned'
                       AND date_disposed IS NULL
                   ) former ON TRUE
              CROSS JOIN LATERAL (
                    SELECT COALESCE(
                        (product.standard_price ->> company.id::text)::numeric, 0
                    ) AS price
                   ) standard
            """
        )

    def _where(self):
        return SQL("")
