from odoo.tests import BaseCase

from odoo.addons.also_simpleapi_server.server import (
    Clock,
    Marketplace,
    SimpleApiServer,
)
from odoo.addons.also_simpleapi_server.server.catalogue import BASIC, TENANT
from odoo.addons.also_simpleapi_server.server.marketplace import RESELLER
from odoo.addons.also_simpleapi_server.server.transport import Strictness

from ...simpleapi.client import SimpleApiClient
from ...simpleapi.profile import DEFAULT
from ...simpleapi.sessions import MemorySessions

QUICK = DEFAULT.override(min_interval=0.0, read_timeout=0.4, write_timeout=0.4)
COMPANY = {
    "ParentAccountId": RESELLER,
    "CompanyName": "Acme",
    "Address": "Street 1",
    "City": "Amsterdam",
    "Zip": "1011 AA",
    "Country": "Netherlands",
    "Domain": ["acme.example"],
    "Email": "it@acme.example",
    "Marketplaces": [7001],
    "CustomerId": "C-1",
}


class SimpleApiCase(BaseCase):
    """A client and a marketplace of its own, over real sockets."""

    def _serve(self, certificate=None, **strictness):
        server = SimpleApiServer(Marketplace(Clock()), Strictness(**strictness))
        server.hang_seconds = 0.8
        self.addCleanup(server.stop)
        return server.start(certificate)

    def _connect(self, server, sessions=None, **values):
        [(user, password)] = server.marketplace.users.items()
        client = SimpleApiClient(
            **{
                "base_url": server.url,
                "username": user,
                "password": password,
                "sessions": sessions or MemorySessions(),
                "profile": QUICK,
                **values,
            }
        )
        self.addCleanup(client.__exit__)
        return client

    def _make_customer(self, client):
        """:return: ids of a company and of its tenant"""
        company = client.call("CreateCompany", companyAccount=COMPANY)
        tenant = client.call(
            "CreateSubscription",
            subscriptionAccount={
                "ParentAccountId": company["AccountId"],
                "ServiceName": TENANT,
                "Fields": {"Primarydomainname": "acme"},
                "PurchaseOrderNumber": "T-1",
            },
        )
        return company["AccountId"], tenant["AccountId"]

    def _buy(self, client, company_id, tenant_id, seats=5, reference="WAAS-1"):
        account = {
            "ParentAccountId": company_id,
            "ServiceName": BASIC,
            "PurchaseOrderNumber": reference,
            "ContractId": "WC/0001",
            "Fields": {"Quantity": seats, "BillingType": "monthly_P1Y"},
        }
        if tenant_id:
            account["DependencyAccountId"] = tenant_id
        return client.call("CreateSubscription", subscriptionAccount=account)

    def _set_seats(self, client, bought, seats):
        return client.call(
            "UpdateSubscription",
            subscription={
                "AccountId": bought["AccountId"],
                "ServiceName": bought["ServiceName"],
                "Fields": [{"name": "Quantity", "value": str(seats)}],
            },
        )

    def _count_bought(self, server):
        return sum(entry[0] == "buy" for entry in server.marketplace.journal)
