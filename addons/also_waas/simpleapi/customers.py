"""End customers as accounts of a marketplace: found before they are made."""

import re
from typing import NamedTuple

from .desk import AmbiguousError
from .journal import MemoryJournal, create_once
from .outcomes import MarketplaceBusy, MarketplaceInDoubt
from .values import as_list, parse_whole


class Customer(NamedTuple):
    """The account of an end customer."""

    account_id: int
    name: str
    vat: str
    reference: str  # our number of the customer
    is_active: bool

    @classmethod
    def parse(cls, data):
        """:raises ValueError: when it is no company, with the reason"""
        if not isinstance(data, dict):
            raise ValueError("a company is an object")
        return cls(
            account_id=parse_whole(data.get("AccountId")),
            name=str(data.get("CompanyName") or ""),
            vat=normalise_vat(data.get("VATID")),
            reference=str(data.get("CustomerId") or data.get("ReferenceNumber") or ""),
            is_active=data.get("AccountState") == "Active",
        )


def normalise_vat(vat):
    """Without the spaces and dots that people put into a VAT number."""
    return re.sub(r"[^0-9A-Z]", "", str(vat or "").upper())


class CustomerDesk:
    """Finds and makes the accounts of end customers.

    :param client: :class:`.client.SimpleApiClient`
    :param reseller_id: account under which they are
    :param journal: what was made, as :class:`.journal.MemoryJournal`
    """

    def __init__(self, client, reseller_id, journal=None):
        self._journal = journal or MemoryJournal()
        self._client = client
        self._reseller_id = reseller_id
        self._reference_length = client.profile.reference_length

    def get(self, account_id):
        """:return: :class:`Customer`, or None"""
        rows = as_list(self._client.call("GetCompany", accountId=account_id))
        return next((self._parse(row) for row in rows), None)

    def find(self, vat, reference):
        """The living account of a customer: by its VAT number, else by our own number.

        :return: :class:`Customer`, or None
        :raises AmbiguousError: when there is more than one
        """
        vat = normalise_vat(vat)
        reference = reference[: self._reference_length]
        found = self._find_by_vat(vat) if vat else []
        if not found:
            found = [one for one in self.get_all() if one.reference == reference]
        found = [one for one in found if one.is_active]
        if len(found) > 1:
            accounts = ", ".join(f"{one.name} ({one.account_id})" for one in found)
            raise AmbiguousError(
                f"More than one account may be this customer: {accounts}. Choose one."
            )
        return found[0] if found else None

    def _find_by_vat(self, vat):
        rows = as_list(self._client.call("GetCompanyByVatId", vatId=vat))
        # The account of another reseller's customer is not ours to use.
        return [
            self._parse(row)
            for row in rows
            if not isinstance(row, dict)
            or row.get("ParentAccountId") in (None, self._reseller_id)
        ]

    def get_all(self):
        """:return: list of all customers, ended ones as well"""
        rows = self._client.call("GetCompanies", parentAccountId=self._reseller_id)
        return [self._parse(row) for row in as_list(rows)]

    @staticmethod
    def _parse(data):
        try:
            return Customer.parse(data)
        except ValueError as error:
            raise MarketplaceBusy(
                f"The marketplace's answer makes no sense: {error}.", is_shared=False
            ) from error

    def open(self, values, vat, reference):
        """The account of a customer, made where there is none.

        :param dict values: name, address, domains and marketplaces, as the interface
            names them
        :return: :class:`Customer`
        :raises MarketplaceInDoubt: it may appear later; until it does, or a person
            says that it never will, it is not made again
        """
        reference = reference[: self._reference_length]
        return create_once(
            self._journal,
            "CreateCompany",
            reference,
            lambda: self.find(vat, reference),
            lambda: self._make(values, vat, reference),
            lambda: self._has_ended(reference),
        )

    def _has_ended(self, reference):
        return any(
            one.reference == reference and not one.is_active for one in self.get_all()
        )

    def _make(self, values, vat, reference):
        account = {
            **values,
            "ParentAccountId": self._reseller_id,
            "CustomerId": reference,
        }
        if vat := normalise_vat(vat):
            account["VATID"] = vat
        rows = as_list(self._client.call("CreateCompany", companyAccount=account))
        try:
            return self._parse(rows[0] if rows else None)
        except MarketplaceBusy as error:
            raise MarketplaceInDoubt(f"{error} It is read back.") from error
