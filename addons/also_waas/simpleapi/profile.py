"""What the vendor's description of SimpleAPI leaves open, and what we assume.

A marketplace overrides single values. After the first weeks with a real account, facts
replace the assumptions here, and nowhere else.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

MAX_VALUE = 2**31
SERVICE_PATH = "/SimpleAPI/SimpleAPIService.svc/rest/"
# Each country is an instance of its own: accounts, services and prices are not shared.
HOSTS = {
    "AT": "marketplace.also.at",
    "CH": "marketplace.also.ch",
    "DE": "marketplace.also.de",
    "DK": "marketplace.also.dk",
    "EE": "marketplace.also.ee",
    "FI": "marketplace.also.fi",
    "FR": "marketplace.alsofrance.fr",
    "LT": "marketplace.also.lt",
    "LV": "marketplace.alsolatvia.lv",
    "NL": "marketplace.also.nl",
    "NO": "marketplace.also.no",
    "PL": "marketplace.alsopolska.pl",
    "SE": "marketplace.also.se",
    "SI": "marketplace.also.si",
}
TEST_HOST = "marketplacetest.ccpaas.net"


@dataclass(frozen=True)
class SimpleApiProfile:
    """Assumptions about one marketplace; times in seconds."""

    # === Session ===
    auth_scheme: str = "CCPSessionId"  # before the token; empty: the bare token
    session_max_age: int = 20 * 60
    # === Pace ===
    min_interval: float = 1.5  # between two calls, of all workers
    pause_429: float = 10.0  # first pause when called too fast; it doubles
    pause_403: float = 15 * 60.0  # after too many logins or calls
    # === Limits ===
    read_timeout: float = 180.0
    write_timeout: float = 90.0
    max_answer_bytes: int = 64 * 1024 * 1024
    max_fault_bytes: int = 256 * 1024
    # === Words of ProvisioningStatus; an unknown one means that it works on it ===
    working_words: tuple[str, ...] = ("Pending", "InProgress", "Processing")
    done_words: tuple[str, ...] = ("", "Completed", "Done", "Success", "Provisioned")
    failed_words: tuple[str, ...] = ("Failed", "Error")
    # === Fields ===
    seat_fields: tuple[str, ...] = ("Quantity", "NumberofCSPlicenses")
    tenant_link: str = "dependency"  # or "parent"
    update_fields: str = "changed"  # or "all": whether others keep their value
    # === Our reference ===
    reference_field: str = "PurchaseOrderNumber"
    reference_length: int = 35
    # === Ends and bills ===
    end_by: str = "end_action"  # outside the window; or "terminate"
    invoice_day: int = 10  # of the following month: its charges are complete
    server_zone: str = "UTC"

    def override(self, **values):
        """The profile of a marketplace that is known better.

        :raises TypeError: when it has no such value
        """
        return replace(self, **values)


DEFAULT = SimpleApiProfile()


def get_service_url(address):
    """The address before the name of an operation.

    :param str address: of a marketplace; one with a path is taken as it is
    """
    address = address.rstrip("/")
    return address if urlsplit(address).path else address + SERVICE_PATH


def parse_assumption(name, text):
    """The value of an assumption that somebody wrote.

    :param str name: one of :class:`SimpleApiProfile`
    :raises ValueError: when it has another type
    """
    kind = type(getattr(DEFAULT, name))
    text = text.strip()
    if kind is tuple:
        return tuple(word.strip() for word in text.split(","))
    value = kind(text)
    if kind in (int, float) and not 0 <= value < MAX_VALUE:
        raise ValueError(f"{text} is out of range")
    return value


def write_assumption(value):
    """A value as somebody would write it."""
    return ", ".join(value) if isinstance(value, tuple) else str(value)
