from datetime import datetime, timedelta

from odoo.addons.also_simpleapi_server.server import SimpleApiServer
from odoo.addons.also_simpleapi_server.server.catalogue import BASIC

from ...simpleapi import values
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceInDoubt,
    MarketplaceRefused,
)
from .common_simpleapi import QUICK, SimpleApiCase

MISHAPS = ("hang", "reset", "500", "502", "503", "half", "html", "cut_fault")


class TestSimpleApiWrites(SimpleApiCase):
    def test_17_an_answer_that_is_lost_after_the_purchase(self):
        # An answer of another shape is JSON: the desk finds out.
        for mishap in set(SimpleApiServer.LATE) - {"lost_shape"}:
            with self.subTest(mishap=mishap):
                server = self._serve()
                client = self._connect(server)
                company_id, tenant_id = self._make_customer(client)
                server.mishaps.append(mishap)
                with self.assertRaises(MarketplaceInDoubt):
                    self._buy(client, company_id, tenant_id)
                server.marketplace.clock.go(minutes=5)
                found = client.call("GetSubscriptions", parentAccountId=company_id)
                references = [one["PurchaseOrderNumber"] for one in found]
                self.assertEqual(references, ["T-1", "WAAS-1"])

    def test_19_an_order_that_is_lost_before_the_purchase(self):
        """The client cannot tell it from one that was done: in doubt as well."""
        for mishap in MISHAPS:
            with self.subTest(mishap=mishap):
                server = self._serve()
                client = self._connect(server)
                company_id, tenant_id = self._make_customer(client)
                server.mishaps.append(mishap)
                with self.assertRaises(MarketplaceInDoubt):
                    self._buy(client, company_id, tenant_id)
                self.assertEqual(self._count_bought(server), 1)  # the tenant

    def test_what_was_certainly_not_done(self):
        server = self._serve()
        client = self._connect(server)
        company_id, tenant_id = self._make_customer(client)
        for mishap in ("429", "403"):
            server.mishaps.append(mishap)
            with self.assertRaises(MarketplaceBusy):
                self._buy(client, company_id, tenant_id)
        with self.assertRaisesRegex(MarketplaceRefused, "depends on a tenant"):
            self._buy(client, company_id, None)
        server.stop()
        with self.assertRaisesRegex(MarketplaceBusy, "cannot be reached"):
            self._buy(client, company_id, tenant_id)
        self.assertEqual(self._count_bought(server), 1)

    def test_24_fields_are_validated(self):
        server = self._serve()
        client = self._connect(server)
        company_id, _tenant_id = self._make_customer(client)

        def validate(**fields):
            answer = client.call(
                "ValidateFields",
                subscriptionAccount={
                    "ParentAccountId": company_id,
                    "ServiceName": BASIC,
                    "Fields": {"Quantity": 5, "BillingType": "monthly_P1Y", **fields},
                },
            )
            return answer["Result"], answer.get("FieldName")

        self.assertEqual(validate(), ("OK", None))
        self.assertEqual(validate(Quantity="many"), ("FAILED", "Quantity"))
        self.assertEqual(validate(BillingType="weekly"), ("FAILED", "BillingType"))
        self.assertEqual(validate(Colour="red"), ("FAILED", "Colour"))

    def test_25_terms_that_nobody_accepted(self):
        server = self._serve()
        client = self._connect(server)
        company_id, tenant_id = self._make_customer(client)
        server.marketplace.accepted.discard(BASIC)
        with self.assertRaisesRegex(MarketplaceRefused, "have not been accepted"):
            self._buy(client, company_id, tenant_id)
        client.call(
            "AcceptTermsForMarketplaceService", marketplaceId=7001, productName=BASIC
        )
        self.assertTrue(self._buy(client, company_id, tenant_id))

    def test_26_provisioning(self):
        server = self._serve()
        client = self._connect(server)
        company_id, tenant_id = self._make_customer(client)
        server.marketplace.fails_next = "The tenant is locked."
        bought = self._buy(client, company_id, tenant_id)
        self.assertEqual(bought["ProvisioningStatus"], "Pending")
        server.marketplace.clock.go(minutes=5)
        bought = client.call("GetSubscription", accountId=bought["AccountId"])
        self.assertEqual(bought["ProvisioningStatus"], "Failed")
        self.assertEqual(bought["ErrorDetails"], "The tenant is locked.")
        client.call("RetryLastFailedProvisioning", accountId=bought["AccountId"])
        server.marketplace.clock.go(minutes=5)
        bought = client.call("GetSubscription", accountId=bought["AccountId"])
        self.assertFalse(bought["ProvisioningStatus"] or bought["ErrorDetails"])

    def test_28_seats_go_down_within_their_window_only(self):
        server = self._serve()
        client = self._connect(server)
        bought = self._buy(client, *self._make_customer(client))
        server.marketplace.clock.go(days=6)
        self._set_seats(client, bought, 4)
        server.marketplace.clock.go(days=1)
        with self.assertRaisesRegex(MarketplaceRefused, "within 7 days"):
            self._set_seats(client, bought, 3)
        self._set_seats(client, bought, 9)
        shown = client.call("GetSubscription", accountId=bought["AccountId"])
        self.assertEqual(values.parse_whole(shown["Fields"][0]["Value"]), 9)

    def test_30_what_is_planned_for_the_renewal(self):
        server = self._serve()
        client = self._connect(server)
        bought = self._buy(client, *self._make_customer(client))
        account_id = bought["AccountId"]
        server.marketplace.clock.go(days=30)
        client.call(
            "ConfigureSubscriptionRenew",
            accountId=account_id,
            fieldValues={"Quantity": 2},
        )
        shown = client.call("GetSubscription", accountId=account_id)
        self.assertTrue(shown["HasRenewActionValuesConfigured"])
        self.assertEqual(shown["RenewFields"][0]["Value"], 2)
        server.marketplace.clock.go(days=336)
        shown = client.call("GetSubscription", accountId=account_id)
        self.assertEqual(shown["Fields"][0]["Value"], 2)

    def test_32_cancelled_within_and_ended_outside_the_window(self):
        server = self._serve()
        client = self._connect(server)
        customer = self._make_customer(client)
        first = self._buy(client, *customer)
        client.call("TerminateAccount", accountId=first["AccountId"])
        second = self._buy(client, *customer, reference="WAAS-2")
        server.marketplace.clock.go(days=8)
        with self.assertRaisesRegex(MarketplaceRefused, "only be cancelled within 7"):
            client.call("TerminateAccount", accountId=second["AccountId"])
        client.call(
            "UpdateSubscription",
            subscription={
                "AccountId": second["AccountId"],
                "ServiceName": BASIC,
                "Fields": [],
                "AdvancePeriodEndAction": "Terminate",
            },
        )
        server.marketplace.clock.go(days=358)
        states = {
            one["PurchaseOrderNumber"]: one["AccountState"]
            for one in client.call("GetSubscriptions", parentAccountId=customer[0])
        }
        self.assertEqual(states["WAAS-1"], "Terminated")
        self.assertEqual(states["WAAS-2"], "Terminated")
        self.assertFalse(server.mistakes)

    def test_calls_are_spaced(self):
        server = self._serve()
        client = self._connect(server, profile=QUICK.override(min_interval=0.05))
        client.call("GetCompany")  # with the login: two calls
        began = datetime.now()
        for _call in range(3):
            client.call("GetCompany")
        self.assertGreaterEqual(datetime.now() - began, timedelta(seconds=0.14))
