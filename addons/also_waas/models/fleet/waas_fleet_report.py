from odoo import api, fields, models
from odoo.tools import SQL


class WaasFleetReport(models.Model):
    """The rented-out fleet, for accountants (R13)."""

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
    rent_monthly = fields.Monetary(
        string="Rent per Month",
        readonly=True,
        help="The device's share of what its contract earns a month, without VAT, in "
        "the company's currency. A bundle has one price for devices, licenses and "
        "services: it is divided over the devices by their cost, so that it adds up to "
        "the contract's rent. Nothing when the contract is over or has not started.",
    )
    is_capitalised = fields.Boolean(string="Capitalised", readonly=True)

    @api.depends("device_id")
    def _compute_display_name(self):
        """Accountants read the fleet, and no stock."""
        for row in self:
            # The serial number, for users who may read the books.
            row.display_name = row.sudo().device_id.display_name

    @property
    def _table_query(self):
        """One row for each device at a customer."""
        return SQL("%s %s", self._select(), self._from())

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
                   %(rent)s AS contract_rent,
                   %(rent)s * %(share)s AS rent_monthly,
                   asset.id IS NOT NULL AS is_capitalised
            """,
            rent=self._get_rent(),
            share=self._get_share(),
            age=self._months_between(SQL("lot.waas_warranty_start"), SQL("NOW()")),
            left=self._months_between(SQL("NOW()"), SQL("contract.date_end")),
        )

    def _get_rent(self):
        """What the contract earns a month, in the company's currency."""
        return SQL(
            "CASE WHEN contract.waas_state = 'running' "
            "THEN contract.waas_monthly_amount * currency.rate ELSE 0 END"
        )

    def _get_share(self):
        """The device's share of the rent: by cost, evenly where none has any.

        Asked for each row, not as a window: the rows of a page do not wait for those of
        all contracts, and who does not show the rent does not pay for it."""
        return SQL(
            "(SELECT COALESCE(COALESCE(asset.cost, standard.price) "
            "/ NULLIF(total.cost, 0), 1.0 / total.devices) "
            "FROM (%s) total)",
            self._get_totals(SQL("held.waas_contract_id = contract.id")),
        )

    def _get_totals(self, condition):
        """What the devices of contracts cost together, and how many they are."""
        return SQL(
            """
            SELECT held.waas_contract_id AS contract_id,
                   SUM(COALESCE(owned.cost, %(price)s)) AS cost,
                   COUNT(*) AS devices
              FROM stock_lot held
              JOIN product_product rented ON rented.id = held.product_id
              JOIN contract_contract deal ON deal.id = held.waas_contract_id
              LEFT JOIN waas_asset owned
                ON owned.device_id = held.id AND owned.state = 'running'
             WHERE %(condition)s
             GROUP BY held.waas_contract_id
            """,
            price=self._get_standard_price(SQL("rented"), SQL("deal.company_id")),
            condition=condition,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """The rent of a group: the devices of each contract are added up once, not once
        for each of them."""
        aggregate = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec != "rent_monthly:sum":
            return aggregate
        totals = query.make_alias(self._table, "totals")
        query.add_join(
            "LEFT JOIN",
            totals,
            SQL("(%s)", self._get_totals(SQL("held.waas_contract_id IS NOT NULL"))),
            SQL(
                "%s = %s",
                SQL.identifier(totals, "contract_id"),
                SQL.identifier(self._table, "contract_id"),
            ),
        )
        return SQL(
            "SUM(%(rent)s * COALESCE("
            "%(cost)s / NULLIF(%(total)s, 0), 1.0 / %(count)s))",
            rent=SQL.identifier(self._table, "contract_rent"),
            cost=SQL.identifier(self._table, "cost"),
            total=SQL.identifier(totals, "cost"),
            count=SQL.identifier(totals, "devices"),
        )

    def _get_standard_price(self, product, company):
        return SQL(
            "COALESCE((%s.standard_price ->> (%s)::text)::numeric, 0)", product, company
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
              LEFT JOIN waas_installment month
                ON month.contract_id = contract.id AND month.number = 1
              LEFT JOIN %(rates)s AS currency (company_id, currency_id, rate)
                ON currency.company_id = company.id
               AND currency.currency_id = month.currency_id
              JOIN product_product product ON product.id = lot.product_id
              LEFT JOIN waas_asset asset
                ON asset.device_id = lot.id AND asset.state = 'running'
              LEFT JOIN (
                    SELECT device_id, SUM(depreciated_amount) AS amount
                      FROM waas_asset
                     WHERE state = 'returned'
                       AND date_disposed IS NULL
                     GROUP BY device_id
                   ) former ON former.device_id = lot.id
              CROSS JOIN LATERAL (SELECT %(price)s AS price) standard
            """,
            price=self._get_standard_price(SQL("product"), SQL("company.id")),
            rates=self._get_rates(),
        )

    def _get_rates(self):
        """Rows of what a currency is worth today in that of a company."""
        currencies = self.env["res.currency"].search([("active", "=", True)])
        rows = []
        # A rate is no secret, and the report itself keeps to the companies allowed.
        companies_sudo = self.env["res.company"].sudo()
        for company in companies_sudo.search([("waas_location_id", "!=", False)]):
            rates = (currencies | company.currency_id)._get_rates(
                company, company._waas_today()
            )
            own = rates[company.currency_id.id]
            rows += [
                SQL("(%s, %s, %s::numeric)", company.id, currency, own / rate)
                for currency, rate in rates.items()
            ]
        nothing = SQL("(NULL::integer, NULL::integer, NULL::numeric)")
        return SQL("(VALUES %s)", SQL(", ").join(rows or [nothing]))
