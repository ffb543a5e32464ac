"""What we want of a marketplace: order, change, plan, end.

Each step reads before it writes, and after it, so that it can be repeated from the
start whatever became of it. Nothing is bought before our reference was looked for, and
nothing is ended whose owner was not confirmed.

A purchase in doubt may appear minutes later: whoever repeats it waits, and reads back.
"""

from typing import NamedTuple

from .outcomes import MarketplaceBusy, MarketplaceRefused
from .subscription import Subscription
from .values import as_list


class Order(NamedTuple):
    """A subscription to buy."""

    company_id: int  # account of the end customer
    service: str
    reference: str
    contract: str
    fields: dict  # by the names that the service gives them
    tenant_id: int | None = None


class AmbiguousError(MarketplaceRefused):
    """More than one subscription carries our reference: a person decides."""


class Desk:
    """:param client: :class:`.client.SimpleApiClient`"""

    def __init__(self, client):
        self._client = client
        self._profile = client.profile

    # === READING ===#

    def get(self, account_id):
        """:return: :class:`.subscription.Subscription`"""
        return self._parse(self._client.call("GetSubscription", accountId=account_id))

    def get_all(self, company_id):
        """:return: list of all subscriptions of an end customer"""
        rows = self._client.call("GetSubscriptions", parentAccountId=company_id)
        return [self._parse(row) for row in as_list(rows)]

    def _parse(self, data):
        try:
            return Subscription.parse(data, self._profile)
        except ValueError as error:
            raise MarketplaceBusy(
                f"The marketplace's answer makes no sense: {error}.", is_shared=False
            ) from error

    # === BUYING ===#

    def find(self, company_id, reference, service=None):
        """The living subscription that carries our reference, or None.

        :raises AmbiguousError: when there are two, or when it is of another service
        """
        found = [
            one
            for one in self.get_all(company_id)
            if one.is_active and one.reference == reference
        ]
        if len(found) > 1:
            accounts = ", ".join(str(one.account_id) for one in found)
            raise AmbiguousError(
                f"More than one subscription carries {reference}: {accounts}."
            )
        if found and service and found[0].service != service:
            raise AmbiguousError(
                f"Subscription {found[0].account_id} carries {reference}, but is of "
                f"{found[0].service}."
            )
        return found[0] if found else None

    def order(self, order):
        """Buy a subscription, unless our reference was bought already.

        :param order: :class:`Order`
        :return: the subscription
        :raises MarketplaceInDoubt: the purchase may appear later: read back with
            :meth:`find` before it is ordered again
        """
        if found := self.find(order.company_id, order.reference, order.service):
            return found
        account = {
            "ParentAccountId": order.company_id,
            "ServiceName": order.service,
            "ContractId": order.contract,
            self._profile.reference_field: order.reference,
            "Fields": order.fields,
        }
        if order.tenant_id:
            if self._profile.tenant_link == "parent":
                account["ParentAccountId"] = order.tenant_id
            else:
                account["DependencyAccountId"] = order.tenant_id
        answer = self._client.call("CreateSubscription", subscriptionAccount=account)
        return self._parse(answer)

    # === CHANGING ===#

    def set_seats(self, account_id, seats, returnable=0):
        """Bring the seats of a subscription to a number: at once as far as the vendor
        allows it, the rest at the renewal.

        :param int returnable: seats that were added within the last days, so that they
            can be given back
        :return: the subscription as it is then
        """
        before = self.get(account_id)
        if before.seats is None:
            raise MarketplaceRefused(f"{before.service} has no seats.")
        now = max(seats, before.seats - returnable)
        if now != before.seats:
            self._update(before, [{"name": before.seat_field, "value": str(now)}])
        after = self.get(account_id) if now != before.seats else before
        # Microsoft deletes what was planned with any change: it is planned again.
        wanted = seats if seats != after.seats else None
        if after.renewal_seats != wanted and after.is_renewed:
            self.plan_seats(after, seats)
            after = self.get(account_id)
        return after

    def plan_seats(self, subscription, seats):
        """What the subscription is renewed with."""
        self._client.call(
            "ConfigureSubscriptionRenew",
            accountId=subscription.account_id,
            fieldValues={subscription.seat_field: seats},
        )

    def set_renewed(self, account_id, is_renewed):
        """Whether the subscription goes on after its term.

        :return: the subscription as it is then
        """
        before = self.get(account_id)
        if before.is_renewed == is_renewed:
            return before
        self._update(before, [], "Renew" if is_renewed else "Terminate")
        return self.get(account_id)

    def _update(self, subscription, fields, end_action=None):
        changed = {
            "AccountId": subscription.account_id,
            "ServiceName": subscription.service,
            "Fields": fields,
        }
        if end_action:
            changed["AdvancePeriodEndAction"] = end_action
        self._client.call("UpdateSubscription", subscription=changed)

    # === ENDING ===#

    def end(self, account_id, company_id, service, is_in_window):
        """End a subscription: at once within its window, else with its term.

        :param company_id: the end customer that must own it
        :param service: what it must be of
        :return: the subscription as it is then
        :raises MarketplaceRefused: when it is not what we mean: the operation would end
            a whole customer with a wrong id
        """
        before = self.get(account_id)
        if before.company_id != company_id or before.service != service:
            raise MarketplaceRefused(
                f"Account {account_id} is not the subscription that is meant: it is "
                f"{before.service} of {before.company_id}."
            )
        if not before.is_active:
            return before
        if not is_in_window:
            return self.set_renewed(account_id, False)
        self._client.call(
            "TerminateAccount",
            accountId=account_id,
            terminationReason=before.contract or "contract ended",
        )
        return self.get(account_id)
