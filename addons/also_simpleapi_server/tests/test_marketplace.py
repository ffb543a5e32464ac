from datetime import datetime

from odoo.tests import BaseCase

from ..server import Clock, Marketplace
from ..server.catalogue import BASIC, PREMIUM, TENANT
from ..server.faults import RefusedError
from ..server.marketplace import RESELLER
from ..server.schema import find_answer_mistakes


class TestMarketplace(BaseCase):
    """What is bought is billed, and can be upgraded where the vendor offers it."""

    def setUp(self):
        super().setUp()
        self.clock = Clock(datetime(2027, 2, 15, 10, 0))
        self.marketplace = Marketplace(self.clock)
        company = self.marketplace.create_company(
            {"ParentAccountId": RESELLER, "CompanyName": "Acme", "CustomerId": "C-1"}
        )
        self.company_id = company["AccountId"]
        tenant = self.marketplace.create_subscription(
            {
                "ParentAccountId": self.company_id,
                "ServiceName": TENANT,
                "Fields": {"Primarydomainname": "acme"},
            }
        )
        self.tenant_id = tenant["AccountId"]
        self.account_id = self._buy(10)

    def _buy(self, seats, term="monthly_P1Y"):
        return self.marketplace.create_subscription(
            {
                "ParentAccountId": self.company_id,
                "ServiceName": BASIC,
                "DependencyAccountId": self.tenant_id,
                "PurchaseOrderNumber": "WAAS-1",
                "ContractId": "WC/0001",
                "Fields": {"Quantity": seats, "BillingType": term},
            }
        )["AccountId"]

    def _set_seats(self, seats, **values):
        self.marketplace.update_subscription(
            {
                "AccountId": self.account_id,
                "ServiceName": BASIC,
                "Fields": [{"name": "Quantity", "value": str(seats)}],
                **values,
            }
        )

    def _get_charges(self, year, month):
        invoices = self.marketplace.get_latest_invoices_for_period(year, month)
        mistakes = find_answer_mistakes("GetLatestInvoicesForPeriod", invoices)
        self.assertFalse(mistakes)
        return [
            (charge["UDRCValue"], charge["Costs"], charge["ActualChargeInterval"])
            for invoice in invoices
            for charge in invoice["Charges"]
        ]

    def test_a_month_is_billed_when_it_is_over(self):
        self.clock.now = datetime(2027, 3, 4, 12, 0)
        self.assertEqual(self._get_charges(2027, 2), [])
        [preview] = self.marketplace.get_preview_invoices()
        self.assertFalse(preview["InvoiceNumber"])
        self.clock.now = datetime(2027, 3, 5, 0, 0)
        self.assertEqual(
            self._get_charges(2027, 2), [(10, 50.0, "15.02.2027 - 15.03.2027")]
        )

    def test_changes_are_charged_and_credited_by_the_day(self):
        self.clock.now = datetime(2027, 2, 22, 9, 0)
        self._set_seats(14)
        self.clock.now = datetime(2027, 2, 27, 9, 0)
        self._set_seats(12)
        self.clock.now = datetime(2027, 4, 10)
        self.assertEqual(
            self._get_charges(2027, 2),
            [
                (10, 50.0, "15.02.2027 - 15.03.2027"),
                (4, 15.0, "22.02.2027 - 15.03.2027"),  # 21 of 28 days
                (-2, -5.71, "27.02.2027 - 15.03.2027"),  # 16 of 28 days
            ],
        )
        self.assertEqual(
            self._get_charges(2027, 3), [(12, 60.0, "15.03.2027 - 15.04.2027")]
        )

    def test_a_change_is_billed_in_its_own_month(self):
        self.clock.now = datetime(2027, 3, 2, 9, 0)
        self._set_seats(11)
        self.clock.now = datetime(2027, 4, 10)
        self.assertEqual(len(self._get_charges(2027, 2)), 1)
        self.assertEqual(
            self._get_charges(2027, 3),
            [
                (1, 2.32, "02.03.2027 - 15.03.2027"),  # 13 of 28 days
                (11, 55.0, "15.03.2027 - 15.04.2027"),
            ],
        )

    def test_what_is_cancelled_in_time_is_refunded_by_the_day(self):
        self.clock.now = datetime(2027, 2, 20, 9, 0)
        self.marketplace.terminate_account(self.account_id)
        self.clock.now = datetime(2027, 4, 10)
        self.assertEqual(
            self._get_charges(2027, 2),
            [
                (10, 50.0, "15.02.2027 - 15.03.2027"),
                (-10, -41.07, "20.02.2027 - 15.03.2027"),
            ],
        )
        self.assertEqual(self._get_charges(2027, 3), [])

    def test_a_year_costs_twelve_months(self):
        self._set_seats(10, AdvancePeriodEndAction="Terminate")
        self.clock.now = datetime(2029, 1, 10)
        months = [(2027 + (m // 12), m % 12 + 1) for m in range(1, 24)]
        costs = [sum(c for _u, c, _d in self._get_charges(*month)) for month in months]
        self.assertEqual(sum(costs), 600.0)
        self.assertEqual(costs[12:], [0] * 11)

    def test_another_term_has_another_price_from_the_renewal_on(self):
        self.marketplace.configure_subscription_renew(
            self.account_id, {"Quantity": 6, "BillingType": "monthly_P1M"}
        )
        self.clock.now = datetime(2028, 2, 20)
        self._set_seats(6, AdvancePeriodEndAction="Terminate")
        self.clock.now = datetime(2028, 9, 1)
        self.assertEqual(
            self._get_charges(2028, 1), [(10, 50.0, "15.01.2028 - 15.02.2028")]
        )
        self.assertEqual(
            self._get_charges(2028, 2), [(6, 36.0, "15.02.2028 - 15.03.2028")]
        )
        self.assertEqual(self._get_charges(2028, 3), [])

    def test_an_upgrade_of_all_seats_keeps_the_account(self):
        possible = self.marketplace.get_possible_services_for_upgrade(self.account_id)
        [target] = possible["UpgradeProducts"]
        self.assertEqual(target["ProductName"], PREMIUM)
        self.clock.go(days=3)
        request = self.marketplace.execute_subscription_upgrade(
            self.account_id, PREMIUM, {"Quantity": 10}
        )
        self.assertEqual(len(request), 36)
        shown = self.marketplace.get_subscription(self.account_id)
        self.assertEqual(shown["ServiceName"], PREMIUM)
        self.clock.now = datetime(2027, 4, 10)
        self.assertEqual(
            self._get_charges(2027, 2),
            [
                (10, 50.0, "15.02.2027 - 15.03.2027"),
                (-10, -44.64, "18.02.2027 - 15.03.2027"),  # 25 of 28 days
                (10, 165.18, "18.02.2027 - 15.03.2027"),
            ],
        )
        self.assertEqual(self._get_charges(2027, 3)[0][:2], (10, 185.0))
        self.assertFalse(
            self.marketplace.get_possible_services_for_upgrade(self.account_id)[
                "UpgradeProducts"
            ]
        )

    def test_an_upgrade_of_some_seats_has_an_account_of_its_own(self):
        self.clock.go(days=30)
        self.marketplace.execute_subscription_upgrade(
            self.account_id, PREMIUM, {"Quantity": 4}
        )
        rows = self.marketplace.get_subscriptions(self.company_id)
        seats = {
            row["ServiceName"]: (row["Fields"][0]["Value"], row["ContractEndDate"])
            for row in rows[1:]
        }
        self.assertEqual(
            seats,
            {
                BASIC: (6, "2028-02-15T00:00:00"),
                PREMIUM: (4, "2028-02-15T00:00:00"),
            },
        )
        with self.assertRaisesRegex(RefusedError, "within 7 days"):
            self._set_seats(5)

    def test_what_cannot_be_upgraded(self):
        for target, seats, why in (
            (BASIC, 5, "is no upgrade"),
            (PREMIUM, 11, "cannot grow"),
            (PREMIUM, 0, "cannot grow"),
        ):
            with self.assertRaisesRegex(RefusedError, why):
                self.marketplace.execute_subscription_upgrade(
                    self.account_id, target, {"Quantity": seats}
                )
