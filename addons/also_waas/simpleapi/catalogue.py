"""What a marketplace sells, and what a service wants to know when it is ordered."""

import re
from typing import NamedTuple

from .outcomes import MarketplaceBusy
from .values import as_list

# Of a term in a value, however the rest of it is written: ``monthly_P1Y``.
TERM = re.compile(r"(?<![A-Z0-9])P(\d{1,2})([MY])(?![A-Z0-9])")
MONTHS = {"M": 1, "Y": 12}
# Of DisplayType; some services answer with numbers.
MANDATORY = ("Mandatory", "1", 1)


class Service(NamedTuple):
    """What can be ordered."""

    name: str  # the key
    title: str
    vendor: str
    product_number: str  # of the vendor
    has_terms_accepted: bool

    @classmethod
    def parse(cls, data):
        billing = next(iter(as_list(data.get("SimpleProductBillingInfo"))), {})
        return cls(
            name=str(data["ProductName"]),
            title=str(data.get("DisplayName") or data["ProductName"]),
            vendor=str(data.get("OwnerName") or ""),
            product_number=str(billing.get("VendorSku") or ""),
            # What does not say that terms wait, has none.
            has_terms_accepted=data.get("IsTCAccepted") is not False,
        )


class Field(NamedTuple):
    """What an order says in a field."""

    name: str
    label: str
    is_mandatory: bool
    has_default: bool
    choices: tuple  # pairs of value and label; none: anything

    @classmethod
    def parse(cls, data):
        default = data.get("DefaultValue")
        if isinstance(default, dict):
            default = default.get("Value")
        return cls(
            name=str(data["Name"]),
            label=str(data.get("DisplayName") or data["Name"]),
            is_mandatory=data.get("DisplayType") in MANDATORY,
            has_default=default not in (None, ""),
            choices=tuple(
                (str(one["Value"]), str(one.get("DisplayName") or one["Value"]))
                for one in as_list(data.get("EnumMembers"))
            ),
        )

    @property
    def has_terms(self):
        """Whether one of its values names a term."""
        return any(get_months(value) for value, _label in self.choices)


def get_months(value):
    """:return: months of the term that a value names; 0: none"""
    match = TERM.search(value)
    return int(match[1]) * MONTHS[match[2]] if match else 0


def list_services(client, market_id):
    """:param client: :class:`.client.SimpleApiClient`
    :return: list of :class:`Service`"""
    rows = client.call("ListMarketplaceServices", marketplaceId=market_id)
    return _read(Service, rows)


def list_fields(client, account_id, service, tenant_id=None):
    """The fields of a service, for an order below an account.

    :return: list of :class:`Field`
    """
    answer = client.call(
        "GetFieldsForService",
        parentAccountId=account_id,
        productName=service,
        secondaryParentId=tenant_id,
    )
    return _read(Field, answer.get("Fields") if isinstance(answer, dict) else answer)


def _read(kind, rows):
    try:
        return [kind.parse(row) for row in as_list(rows)]
    except (LookupError, AttributeError, TypeError) as error:
        raise MarketplaceBusy(
            "The marketplace's answer makes no sense: something of a "
            f"{kind.__name__.lower()} is missing.",
            is_shared=False,
        ) from error
