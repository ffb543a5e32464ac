from decimal import Decimal

from ...simpleapi.outcomes import MarketplaceMisconfigured
from ...simpleapi.probe import describe, probe, write_report
from .common_simpleapi import COMPANY, SimpleApiCase

CHARGE_DAYS = "days of a charge"


class TestSimpleApiProbe(SimpleApiCase):
    """What is sent to whoever runs the first live test."""

    def test_names_and_types(self):
        self.assertEqual(
            describe(
                [
                    {"Id": 1, "Price": Decimal("1.5"), "On": "2027-01-03T00:00:00"},
                    {"Id": "7", "Price": None, "Cells": [], "Is": True},
                ]
            ),
            [
                {
                    "Cells (some)": ["nothing"],
                    "Id": "text of digits or whole number",
                    "Is (some)": "flag",
                    "On (some)": "date",
                    "Price": "nothing or number",
                }
            ],
        )

    def test_a_report_without_a_value(self):
        server = self._serve()
        client = self._connect(server)
        company_id, tenant_id = self._make_customer(client)
        self._buy(client, company_id, tenant_id, reference="WAAS-SECRET")
        server.marketplace.journal.clear()
        found = probe(client)
        report = write_report(found)
        self.assertEqual(found["PingPong"], "nothing")
        [invoice] = found["GetPreviewInvoices"]
        self.assertEqual(invoice["Charges"][0]["ActualChargeInterval"], CHARGE_DAYS)
        [subscription] = found["GetSubscriptions"]
        self.assertEqual(subscription["ContractEndDate (some)"], "date")
        self.assertEqual(subscription["AccountId"], "whole number")
        values = (*COMPANY.values(), company_id, "WAAS-SECRET", "Demo Business Basic")
        for value in map(str, values):
            if value not in ("[7001]", "['acme.example']"):
                self.assertNotIn(f'"{value}"', report)
        self.assertFalse(server.marketplace.journal)  # it only read

    def test_a_marketplace_that_cannot_be_used(self):
        client = self._connect(self._serve(), password="wrong")
        with self.assertRaises(MarketplaceMisconfigured):
            probe(client)
