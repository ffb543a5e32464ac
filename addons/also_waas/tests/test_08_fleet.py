from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WaasReturnCommon


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
