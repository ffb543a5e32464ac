"""What becomes of a subscription: it is bought, changed, renewed and ended."""

import re
from datetime import timedelta

from .accounts import Bought
from .catalogue import TENANT
from .commitments import TERMS, Commitment
from .faults import RefusedError

SERVICE_AT_WORK = timedelta(minutes=3)


class Subscriptions:
    """The part of a marketplace that sells."""

    def validate_fields(self, subscriptionAccount):
        service = self._get_service(subscriptionAccount["ServiceName"])
        mistake = find_field_mistake(service, subscriptionAccount["Fields"])
        if not mistake:
            return {"Result": "OK"}
        name, reason = mistake
        return {"Result": "FAILED", "FieldName": name, "ErrorDetails": reason}

    def create_subscription(self, subscriptionAccount):
        service = self._get_service(subscriptionAccount["ServiceName"])
        company = self._get(subscriptionAccount["ParentAccountId"], "Company")
        fields = dict(subscriptionAccount["Fields"])
        if company.state != "Active":
            raise RefusedError("The parent account is terminated.")
        if service.name not in self.accepted:
            raise RefusedError("The terms and conditions have not been accepted.")
        if mistake := find_field_mistake(service, fields):
            raise RefusedError(f"{mistake[0]}: {mistake[1]}")
        tenant_id = subscriptionAccount.get("DependencyAccountId")
        if service.needs_tenant and not self._is_tenant_of(tenant_id, company):
            raise RefusedError("The subscription depends on a tenant.")
        bought = Bought(
            self._take_id(),
            "Service",
            company.id,
            {
                name: subscriptionAccount.get(name)
                for name in ("ContractId", "PurchaseOrderNumber")
            }
            | {"DependencyAccountId": tenant_id, "ServiceName": service.name},
            fields=fields,
            provisioned_on=self.clock.now + SERVICE_AT_WORK,
            error=self.fails_next,
            visible_from=self.clock.now + self.hides_next,
        )
        self.fails_next, self.hides_next = "", timedelta(0)
        if service.terms:
            term, _price = service.terms[fields["BillingType"]]
            bought.commitment = Commitment(
                self.clock.now, TERMS[term], fields["BillingType"]
            )
            bought.commitment.change_to(int(fields["Quantity"]), self.clock.now)
        self.accounts[bought.id] = bought
        self._note("buy", bought)
        return self._show(bought)

    def _is_tenant_of(self, account_id, company):
        tenant = self.accounts.get(account_id)
        return (
            isinstance(tenant, Bought)
            and tenant.parent_id == company.id
            and tenant.values["ServiceName"] == TENANT
        )

    def update_subscription(self, subscription):
        bought = self._get_living(subscription["AccountId"])
        if subscription["ServiceName"] != bought.values["ServiceName"]:
            raise RefusedError("The service of an account cannot be changed.")
        for row in subscription["Fields"]:
            if row["name"] == "Quantity" and bought.commitment:
                bought.commitment.change_to(int(row["value"]), self.clock.now)
                bought.fields["Quantity"] = bought.commitment.seats
                self._note("seats", bought)
            else:
                raise RefusedError(f"{row['name']} cannot be changed.")
        if action := subscription.get("AdvancePeriodEndAction"):
            bought.commitment.set_end_action(action)
            self._note(action.lower(), bought)
        bought.provisioned_on = self.clock.now + SERVICE_AT_WORK

    def get_subscription(self, accountId, resellerContext=None):
        return self._show(self._get(accountId, "Service"))

    def get_subscriptions(
        self, parentAccountId, resellerContext=None, excludeUserLevel=False
    ):
        self._get(parentAccountId, "Company")
        return [
            self._show(bought)
            for bought in self._find("Service")
            if bought.parent_id == parentAccountId
            and bought.visible_from <= self.clock.now
        ]

    def terminate_account(self, accountId, terminationReason=""):
        """Of a service within its window; of a company with everything in it."""
        account = self.accounts.get(accountId)
        if not account or account.state != "Active":
            raise RefusedError(f"Account {accountId} is not active.")
        commitment = getattr(account, "commitment", None)
        if commitment:
            commitment.cancel(self.clock.now)
        account.state = "Terminated"
        self.journal.append(("end", accountId, account.values.get("ContractId")))

    def retry_last_failed_provisioning(self, accountId):
        bought = self._get_living(accountId)
        if not bought.error:
            raise RefusedError("The last provisioning has not failed.")
        bought.error = ""
        bought.provisioned_on = self.clock.now + SERVICE_AT_WORK

    def get_subscription_fields_for_renew(self, accountId):
        bought = self._get_living(accountId)
        service = self.services[bought.values["ServiceName"]]
        now = {
            "Quantity": bought.commitment.seats,
            "BillingType": bought.commitment.term,
        }
        values = {**now, **_get_planned(bought.commitment)}
        fields = [_write_field(name, value) for name, value in values.items()]
        fields[1]["AllowedValues"] = [
            {"DisplayName": value, "Value": value, "Hint": ""}
            for value in service.terms
        ]
        return {"Fields": fields}

    def configure_subscription_renew(self, accountId, fieldValues):
        bought = self._get_living(accountId)
        terms = self.services[bought.values["ServiceName"]].terms
        for name, value in fieldValues.items():
            if name == "Quantity":
                bought.commitment.plan(int(value))
            elif name == "BillingType" and value in terms:
                bought.commitment.plan(term=(value, TERMS[terms[value][0]]))
            else:
                raise RefusedError(f"{name}: this value is not possible.")
        self._note("plan", bought)

    def _get_living(self, account_id):
        bought = self._get(account_id, "Service")
        self._tick(bought)
        if bought.state != "Active":
            raise RefusedError(f"Account {account_id} is not active.")
        return bought

    def _tick(self, bought):
        if bought.commitment:
            bought.commitment.tick(self.clock.now)
            bought.fields["Quantity"] = bought.commitment.seats
            bought.fields["BillingType"] = bought.commitment.term
            if bought.commitment.is_over:
                bought.state = "Terminated"

    def _note(self, what, bought):
        seats = bought.commitment.seats if bought.commitment else 0
        reference = bought.values["PurchaseOrderNumber"]
        self.journal.append((what, bought.id, reference, seats))

    def _show(self, bought):
        self._tick(bought)
        service = self.services[bought.values["ServiceName"]]
        at_work = self.clock.now < bought.provisioned_on
        failed = bool(bought.error) and not at_work
        shown = {
            **bought.values,
            "AccountId": bought.id,
            "AccountState": bought.state,
            "ParentAccountId": bought.parent_id,
            "CompanyAccountId": bought.parent_id,
            "ParentType": "Company",
            "ServiceDisplayName": service.display_name,
            "ProvisioningStatus": "Pending" if at_work else "Failed" if failed else "",
            "ErrorDetails": bought.error if failed else "",
            "Fields": [
                _write_field(name, value) for name, value in bought.fields.items()
            ],
            "PriceableItems": [],
        }
        if commitment := bought.commitment:
            _term, price = service.terms[bought.fields["BillingType"]]
            planned = _get_planned(commitment)
            shown |= {
                "AdvancePeriodEndAction": commitment.end_action,
                "BillingStartDate": _write(commitment.start),
                "ContractEndDate": f"{commitment.end}T00:00:00",
                "HasRenewActionValuesConfigured": bool(planned),
                "RenewFields": [
                    _write_field(name, value) for name, value in planned.items()
                ],
                "PriceableItems": [
                    {
                        "PriceableItemId": 9,
                        "PriceableItemType": "Monthly",
                        "FieldName": "Quantity",
                        "IsUDRCField": True,
                        "PurchasePrice": price,
                        "Currency": service.currency,
                        "ProductNumber": service.product_number,
                        "CommitementPeriodInMonths": commitment.months,
                    }
                ],
            }
        return shown


def _get_planned(commitment):
    """What a subscription is renewed with, by the names of its fields."""
    planned = {}
    if commitment.renew_seats is not None:
        planned["Quantity"] = commitment.renew_seats
    if commitment.renew_term:
        planned["BillingType"] = commitment.renew_term[0]
    return planned


def _write_field(name, value):
    return {"Name": name, "DisplayName": name, "Value": value}


def find_field_mistake(service, values):
    """:return: pair of the name of a field and what is wrong with it, or None"""
    described = {one["Name"]: one for one in service.get_fields()}
    for name in values:
        if name not in described:
            return name, "This service has no such field."
    for name, one in described.items():
        value = values.get(name)
        if value in (None, ""):
            return name, "A value is mandatory."
        allowed = [member["Value"] for member in one["EnumMembers"]]
        if allowed and value not in allowed:
            return name, "This value is not possible."
        if one["Validator"] and not re.match(one["Validator"], str(value)):
            return name, "The value has a wrong format."
        if one["Type"] == "int32" and not str(value).isdigit():
            return name, "A number is expected."
    return None


def _write(moment):
    """With decimals only where there are any, as the real server does."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S}"
    return f"{text}.{moment.microsecond // 1000:03}" if moment.microsecond else text
