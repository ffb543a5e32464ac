"""A subscription as a marketplace shows it, in the words that we use."""

from decimal import Decimal
from typing import Any, NamedTuple

from .values import as_list, parse_decimal, parse_moment, parse_whole

WORKING, DONE, FAILED = "working", "done", "failed"


class Subscription(NamedTuple):
    """What is read back, after every change."""

    account_id: int
    company_id: int | None  # account of the end customer
    service: str
    is_active: bool
    reference: str  # ours; empty for what somebody else bought
    contract: str
    seats: int | None  # None: a service without seats, for example a tenant
    seat_field: str
    fields: dict  # all that an order said, by the names of the fields
    renewal_seats: int | None  # planned for the renewal
    renewal: dict  # all that is planned for it, by the names of the fields
    is_renewed: bool  # whether it goes on after its term
    end: Any  # first day after its term; None where it has none
    months: int  # of its term; 0: none
    price: Decimal | None  # of a seat and month, for us
    currency: str
    progress: str  # working, done or failed
    error: str

    @classmethod
    def parse(cls, data, profile):
        """Read an answer.

        :raises ValueError: when it is no subscription, with the reason
        """
        if not isinstance(data, dict) or not data.get("ServiceName"):
            raise ValueError("a subscription names its service")
        fields = _read_fields(data.get("Fields"))
        item = _find_seat_item(data)
        seat_field = item.get("FieldName") or next(
            (name for name in profile.seat_fields if name in fields), ""
        )
        seats = fields.get(seat_field)
        renewal = _read_fields(data.get("RenewFields"))
        end = parse_moment(data.get("ContractEndDate"))
        return cls(
            account_id=parse_whole(data.get("AccountId")),
            company_id=data.get("CompanyAccountId"),
            service=str(data["ServiceName"]),
            is_active=data.get("AccountState") == "Active",
            reference=str(data.get(profile.reference_field) or ""),
            contract=str(data.get("ContractId") or ""),
            seats=None if seats is None else parse_whole(seats),
            seat_field=seat_field,
            fields=fields,
            renewal_seats=None
            if renewal.get(seat_field) is None
            else parse_whole(renewal[seat_field]),
            renewal=renewal,
            is_renewed=data.get("AdvancePeriodEndAction") != "Terminate",
            end=end and end.date(),
            months=parse_whole(item.get("CommitementPeriodInMonths") or 0),
            price=_get_monthly_price(item),
            currency=str(item.get("Currency") or ""),
            progress=_get_progress(data.get("ProvisioningStatus"), profile),
            error=str(data.get("ErrorDetails") or ""),
        )


def _read_fields(rows):
    """:return: dict of values by name"""
    return {
        row["Name"]: row.get("Value")
        for row in as_list(rows)
        if isinstance(row, dict) and row.get("Name")
    }


def _find_seat_item(data):
    """The item whose price counts units of a field; an empty dict where there is
    none."""
    items = [
        one for one in as_list(data.get("PriceableItems")) if isinstance(one, dict)
    ]
    return next((one for one in items if one.get("IsUDRCField")), {})


def _get_monthly_price(item):
    price = parse_decimal(item.get("PurchasePrice"))
    months = parse_decimal(item.get("PrepaidPeriodInMonths")) or Decimal(1)
    return price and price / max(months, Decimal(1))


def _get_progress(word, profile):
    """An unknown word means that the vendor is at work: a person is told when that
    takes long."""
    word = str(word or "")
    if word in profile.failed_words:
        return FAILED
    return DONE if word in profile.done_words else WORKING
