from collections import defaultdict
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..common.cases_returns import WaasReturnCommon


@tagged("post_install", "-at_install")
class TestFleet(WaasReturnCommon):
    """R13: what ALSO owns and customers use, for its accountants."""

    def _get_rows(self, user=None):
        report = self.env["waas.fleet.report"].with_user(user or self.accountant)
        self.env.flush_all()
        return report.search([("company_id", "=", self.also.id)])

    def test_r13_the_fleet_is_what_customers_have_by_contract_and_cost(self):
        others = self._rent_out(2, self.other_customer, first=10)
        rows = self._get_rows()
        self.assertEqual(rows.device_id, self.devices + others)
        self.assertEqual(
            self.env["waas.fleet.report"]._read_group(
                [("company_id", "=", self.also.id)],
                ["partner_id"],
                ["device_count:sum", "cost:sum", "book_value:sum"],
                order="partner_id",
            ),
            [
                (self.customer, 3, 3000.0, 3000.0),
                (self.other_customer, 2, 2000.0, 2000.0),
            ],
        )
        self.assertEqual(set(rows.mapped("manufacturer_id")), {self.manufacturer})

    def _sum_rent(self, *group):
        """What the report adds up to, by ``group``."""
        self.env.flush_all()
        rows = (
            self.env["waas.fleet.report"]
            .with_user(self.accountant)
            ._read_group(
                [("company_id", "=", self.also.id)], group, ["rent_monthly:sum"]
            )
        )
        return {key[0] if key[:-1] else "all": round(key[-1], 2) for key in rows}

    def test_r13_rent_adds_up_to_the_contracts_whatever_is_grouped(self):
        """The price is of the bundle: devices have a share of it, by their cost."""
        self.monitor.standard_price = 250.0
        self._put_in_stock(self.monitor, 1)
        self._put_in_stock(self.laptop, 1, first=10)
        order = self._create_order(12, partner_id=self.other_customer.id)
        order._waas_add_bundle(self.bundle, 1, options={self.monitor_option: 1})
        self._deliver(self._confirm(order))
        self.assertEqual(self._sum_rent(), {"all": 320.0})
        self.assertEqual(
            self._sum_rent("partner_id"),
            {self.customer: 237.0, self.other_customer: 83.0},
        )
        self.assertEqual(
            self._sum_rent("product_id"),
            {self.laptop: 303.4, self.monitor: 16.6},
        )
        # Groups and rows are asked in two ways.
        rents = defaultdict(float)
        for row in self._get_rows():
            rents[row.product_id] += row.rent_monthly
        self.assertEqual(
            self._sum_rent("product_id"),
            {product: round(rent, 2) for product, rent in rents.items()},
        )

    def test_r13_devices_without_a_cost_share_the_rent_evenly(self):
        self.laptop.standard_price = 0.0
        self.assertEqual(set(self._sum_rent("device_id").values()), {79.0})

    def test_r13_rent_is_told_in_the_companys_currency(self):
        foreign = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        self.contract.sudo().waas_installment_ids.currency_id = foreign
        self.assertEqual(self._sum_rent(), {"all": 118.5})

    def test_r13_devices_of_a_contract_that_is_over_earn_nothing(self):
        self.contract.sudo()._waas_end()
        self.assertEqual(self._get_rows().device_id, self.devices)
        self.assertEqual(self._sum_rent(), {"all": 0.0})

    def test_a_page_does_not_wait_for_the_rent_of_all_contracts(self):
        query = self.env["waas.fleet.report"]._table_query
        rows = self.env.execute_query(
            SQL("EXPLAIN SELECT id FROM (%s) AS fleet ORDER BY delivered_on", query)
        )
        plan = "\n".join(line for (line,) in rows)
        self.assertNotIn("WindowAgg", plan)
        self.assertNotIn("SubPlan", plan)

    def test_m8_a_group_adds_up_each_contract_once(self):
        queries = []
        execute = type(self.env.cr).execute

        def note(cursor, query, *args, **options):
            queries.append(query)
            return execute(cursor, query, *args, **options)

        self.env.flush_all()
        with patch.object(type(self.env.cr), "execute", note):
            self._sum_rent("product_id")
        [query] = [query for query in queries if "contract_rent" in str(query)]
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        self.assertNotIn("SubPlan", "\n".join(line for (line,) in rows))

    def test_r13_what_came_back_is_no_longer_in_the_fleet(self):
        self._receive(self._create_return(self.devices[:1]), self.devices[:1])
        self.assertEqual(self._get_rows().device_id, self.devices[1:])

    def test_age_counts_from_the_first_delivery(self):
        today = fields.Date.today()
        self.devices.sudo().waas_warranty_start = today - relativedelta(months=14)
        self.assertEqual(set(self._get_rows().mapped("age_months")), {14})
        self.assertEqual(
            set(self._get_rows().mapped("contract_end")), {self.contract.date_end}
        )

    def test_costs_are_for_accountants_and_managers(self):
        self.assertTrue(self._get_rows(self.manager))
        for user in self.seller, self.warehouse:
            with self.assertRaises(AccessError):
                self._get_rows(user)
