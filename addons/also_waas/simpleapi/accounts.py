"""The account that calls: a reseller, with its marketplaces."""

from typing import NamedTuple

from .outcomes import MarketplaceBusy, MarketplaceRefused
from .values import as_list, parse_whole


class OwnAccount(NamedTuple):
    """Who the marketplace says that we are."""

    account_id: int
    name: str
    marketplaces: tuple  # their ids


def read_own_account(client):
    """:param client: :class:`.client.SimpleApiClient`
    :return: :class:`OwnAccount`
    """
    client.call("PingPong")
    try:
        rows = as_list(client.call("GetReseller"))
    except MarketplaceRefused:
        # The rights of some users end at their own company.
        rows = as_list(client.call("GetCompany"))
    markets = as_list(client.call("GetMarketplaces"))
    try:
        return OwnAccount(
            parse_whole(rows[0]["AccountId"]),
            str(rows[0].get("CompanyName") or ""),
            tuple(parse_whole(one["Id"]) for one in markets),
        )
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise MarketplaceBusy(
            "The marketplace's answer does not say which account this user belongs to.",
            is_shared=False,
        ) from error
