"""What a marketplace does: accounts, services and subscriptions of one country.

Each method with the name of an operation takes the members of its request. Whatever is
bought is noted in ``journal``: the truth about what a connector really did.
"""

import threading
from datetime import timedelta

from .accounts import Account
from .catalogue import get_demo_services
from .clock import Clock
from .faults import RefusedError, SessionExpiredError
from .invoices import Invoices
from .subscriptions import Subscriptions
from .upgrades import Upgrades

RESELLER = 100001
MARKETPLACE = 7001
OUR_RESELLER = {"CompanyName": "ALSO Demo Partner", "Country": "Netherlands"}


class Marketplace(Subscriptions, Upgrades, Invoices):
    """:param clock: of :class:`.clock.Clock`
    :param session_age: how long a token is valid
    :param most_logins: more in one hour are locked out
    """

    def __init__(self, clock=None, session_age=timedelta(minutes=20), most_logins=50):
        self.clock = clock or Clock()
        self.lock = threading.RLock()
        self.session_age = session_age
        self.most_logins = most_logins
        self.users = {"api@partner.example": "pass/word+1="}
        self.users_with_mfa = set()
        self.sessions = {}
        self.logins = []
        self.services = get_demo_services()
        self.accepted = {
            name
            for name, service in self.services.items()
            if service.has_terms_accepted
        }
        self.accounts = {RESELLER: Account(RESELLER, "Reseller", 0, OUR_RESELLER)}
        self.journal = []
        self.fails_next = ""  # what the vendor says to the next purchase
        self.hides_next = timedelta(0)  # for how long the next purchase is not seen
        self._number = 200_000

    # === SESSIONS ===#

    def log_in(self, username, password):
        """:return: a token, with the signs that tokens have"""
        if username in self.users_with_mfa:
            raise RefusedError("Users with enabled MFA are not supported.")
        if self.users.get(username) != password:
            raise RefusedError("Login failed: check your username and password.")
        self.logins.append(self.clock.now)
        token = f"T/{len(self.logins):04}+{'x' * 32}=="
        self.sessions[token] = self.clock.now
        return token

    def is_locked_out(self):
        hour = self.clock.now - timedelta(hours=1)
        return sum(moment > hour for moment in self.logins) >= self.most_logins

    def check_session(self, token):
        since = self.sessions.get(token)
        if since is None or self.clock.now - since >= self.session_age:
            self.sessions.pop(token, None)
            raise SessionExpiredError("The session has expired.")

    # === ACCOUNTS ===#

    def _take_id(self):
        self._number += 1
        return self._number

    def _get(self, account_id, kind):
        account = self.accounts.get(account_id)
        if not account or account.kind != kind:
            raise RefusedError(f"Account {account_id} is no {kind.lower()}.")
        return account

    def _find(self, kind):
        return [one for one in self.accounts.values() if one.kind == kind]

    def get_reseller(self, accountId=RESELLER):
        return [self._show_company(self._get(accountId, "Reseller"))]

    def get_company(self, accountId=RESELLER):
        if accountId == RESELLER:
            return self.get_reseller()
        return [self._show_company(self._get(accountId, "Company"))]

    def get_companies(self, parentAccountId):
        return [
            self._show_company(company)
            for company in self._find("Company")
            if company.parent_id == parentAccountId
        ]

    def get_company_by_vat_id(self, vatId):
        return [
            self._show_company(company)
            for company in self._find("Company")
            if company.values.get("VATID") == vatId
        ]

    def create_company(self, companyAccount):
        self._get(companyAccount["ParentAccountId"], "Reseller")
        company = Account(
            self._take_id(),
            "Company",
            companyAccount["ParentAccountId"],
            dict(companyAccount),
        )
        self.accounts[company.id] = company
        self.journal.append(("company", company.id, companyAccount.get("CustomerId")))
        return self._show_company(company)

    def _show_company(self, account):
        return {
            **account.values,
            "AccountId": account.id,
            "ParentAccountId": account.parent_id,
            "AccountState": account.state,
            "AccountType": account.kind,
        }

    # === CATALOGUE ===#

    def get_marketplaces(self):
        return [{"Id": MARKETPLACE, "Name": "Demo", "ServiceCount": len(self.services)}]

    def list_marketplace_services(self, marketplaceId):
        if marketplaceId != MARKETPLACE:
            raise RefusedError(f"There is no marketplace {marketplaceId}.")
        return [self._show_service(service) for service in self.services.values()]

    def get_possible_services_for_parent(self, parentAccountId):
        if parentAccountId not in self.accounts:
            raise RefusedError(f"There is no account {parentAccountId}.")
        return [self._show_service(service) for service in self.services.values()]

    def get_special_product_terms_for_service(self, productName):
        service = self._get_service(productName)
        text = {"Title": service.display_name, "Content": "What you agree to."}
        return [{"TermsAndCondition": [text]}]

    def accept_terms_for_marketplace_service(self, marketplaceId, productName):
        self.accepted.add(self._get_service(productName).name)

    def get_fields_for_service(
        self, parentAccountId, productName, secondaryParentId=None
    ):
        service = self._get_service(productName)
        return {
            "ParentAccountId": parentAccountId,
            "ServiceName": service.name,
            "Fields": service.get_fields(),
        }

    def get_remote_enums(self, remoteEnumRequest):
        return []

    def _get_service(self, name):
        if name not in self.services:
            raise RefusedError(f"The service {name} is not available.")
        return self.services[name]

    def _show_service(self, service):
        return {
            "ProductName": service.name,
            "DisplayName": service.display_name,
            "OwnerName": "Demo Vendor",
            "IsTCAccepted": service.name in self.accepted,
            "SimpleProductBillingInfo": [
                {
                    "FieldName": "BillingType",
                    "FieldValue": value,
                    "VendorSku": service.product_number,
                }
                for value in service.terms
            ],
        }
