"""What a real marketplace answers: names and types, no values.

It only reads. Its report can be sent to whoever compares it with :mod:`.profile`.
"""

import json
from decimal import Decimal

from .outcomes import MarketplaceRefused
from .values import as_list, parse_billing_month, parse_charge_days, parse_moment


def probe(client):
    """Read one of everything.

    :param client: :class:`.client.SimpleApiClient`
    :return: dict of what was found by operation: a description, or why there is none
    :raises MarketplaceError: when the marketplace cannot be used at all; a refusal of a
        single operation is part of the report
    """
    found = {}

    def ask(operation, **members):
        try:
            answer = client.call(operation, **members)
        except MarketplaceRefused:
            found[operation] = "refused"
            return []
        found[operation] = describe(answer)
        return as_list(answer)

    ask("PingPong")
    resellers = ask("GetReseller") or ask("GetCompany")
    reseller_id = _get_first(resellers, "AccountId")
    marketplace_id = _get_first(ask("GetMarketplaces"), "Id")
    services = ask("ListMarketplaceServices", marketplaceId=marketplace_id or 0)
    companies = ask("GetCompanies", parentAccountId=reseller_id or 0)
    company_id = _get_first(companies, "AccountId")
    if service := _get_first(services, "ProductName"):
        ask(
            "GetFieldsForService",
            parentAccountId=company_id or reseller_id or 0,
            productName=service,
        )
    if company_id:
        ask("GetSubscriptions", parentAccountId=company_id)
    ask("GetPreviewInvoices")
    return found


def write_report(found):
    """:return: text for people and programs"""
    return json.dumps(found, indent=2, sort_keys=True)


def describe(value):
    """Names and types of an answer, without its values.

    Objects of a list are described as one: a member that not all of them have, or that
    has several types, says so.
    """
    if isinstance(value, dict):
        return {name: describe(member) for name, member in sorted(value.items())}
    if isinstance(value, list):
        return ["nothing"] if not value else [_merge(list(map(describe, value)))]
    return _get_type(value)


def _get_type(value):
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "whole number"
    if isinstance(value, Decimal):
        return "number"
    if value.isdigit():
        return "text of digits"
    for kind, parse in (
        ("date", parse_moment),
        ("days of a charge", parse_charge_days),
        ("month", parse_billing_month),
    ):
        try:
            if parse(value):
                return kind
        except ValueError:
            continue
    return "text" if value else "empty text"


def _merge(descriptions):
    if all(isinstance(one, list) for one in descriptions):
        return [_merge([item for one in descriptions for item in one])]
    if not all(isinstance(one, dict) for one in descriptions):
        kinds = sorted({json.dumps(one) for one in descriptions})
        return " or ".join(kind.strip('"') for kind in kinds)
    names = sorted({name for one in descriptions for name in one})
    merged = {}
    for name in names:
        having = [one[name] for one in descriptions if name in one]
        mark = "" if len(having) == len(descriptions) else " (some)"
        merged[name + mark] = _merge(having)
    return merged


def _get_first(rows, name):
    return rows[0].get(name) if rows and isinstance(rows[0], dict) else None
