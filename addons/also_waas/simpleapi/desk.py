"""What we want of a marketplace: order, change, plan, end.

Each step reads before it writes, and after it, so that it can be repeated from the
start whatever became of it. Nothing is bought before our reference was looked for, and
nothing is ended whose owner was not confirmed.

A purchase in doubt may appear minutes later: whoever repeats it waits, and reads back.
"""

from typing import NamedTuple

from .journal import MemoryJournal, create_once
from .outcomes import MarketplaceBusy, MarketplaceInDoubt, MarketplaceRefused
from .subscription import Subscription
from .values import as_list, is_same


class Order(NamedTuple):
    """A subscription to buy."""

    company_id: int  # account of the end customer
    service: str
    reference: str
    contract: str
    fields: dict  # by the names that the service gives them
    tenant_id: int | None = None


class Renewal(NamedTuple):
    """With what a subscription goes on when its term is over."""

    seats: int  # 0: it ends
    values: dict  # its next term, by the name that the service gives the field


class AmbiguousError(MarketplaceRefused):
    """More than one subscription carries our reference: a person decides."""


class Desk:
    """:param client: :class:`.client.SimpleApiClient`
    :param journal: what was ordered, as :class:`.journal.MemoryJournal`
    """

    def __init__(self, client, journal=None):
        self._client = client
        self._profile = client.profile
        self._journal = journal or MemoryJournal()

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
        :raises MarketplaceInDoubt: the purchase may appear later; until it does, or a
            person says that it never will, the same order buys nothing
        """
        return create_once(
            self._journal,
            "CreateSubscription",
            order.reference,
            lambda: self.find(order.company_id, order.reference, order.service),
            lambda: self._buy(order),
            lambda: self._has_ended(order),
        )

    def _has_ended(self, order):
        return any(
            one.reference == order.reference and not one.is_active
            for one in self.get_all(order.company_id)
        )

    def _buy(self, order):
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
        try:
            return self._parse(answer)
        except MarketplaceBusy as error:
            raise MarketplaceInDoubt(f"{error} It is read back.") from error

    # === CHANGING ===#

    def bring_to(self, account_id, seats, renewal, returnable=0):
        """Bring a subscription to what is wanted: now as far as the vendor allows it,
        the rest when its term is over.

        :param int seats: from now on
        :param renewal: :class:`Renewal`
        :param int returnable: seats that were added within the last days, so that they
            can be given back
        :return: the subscription as it is then
        """
        subscription = self._set_seats(self.get(account_id), seats, returnable)
        subscription = self._set_renewed(subscription, renewal.seats > 0)
        return self._plan(subscription, renewal) if renewal.seats else subscription

    def set_seats(self, account_id, seats, returnable=0):
        """As :meth:`bring_to`; whether the subscription is renewed stays as it is."""
        subscription = self._set_seats(self.get(account_id), seats, returnable)
        if subscription.is_renewed:
            return self._plan(subscription, Renewal(seats, {}))
        return subscription

    def set_renewed(self, account_id, is_renewed):
        """Whether the subscription goes on after its term.

        :return: the subscription as it is then
        """
        return self._set_renewed(self.get(account_id), is_renewed)

    def _set_seats(self, subscription, seats, returnable):
        if subscription.seats is None:
            raise MarketplaceRefused(f"{subscription.service} has no seats.")
        now = max(seats, subscription.seats - returnable)
        if now == subscription.seats:
            return subscription
        self._update(
            subscription, [{"name": subscription.seat_field, "value": f"{now}"}]
        )
        return self.get(subscription.account_id)

    def _set_renewed(self, subscription, is_renewed):
        if subscription.is_renewed == is_renewed:
            return subscription
        self._update(subscription, [], "Renew" if is_renewed else "Terminate")
        return self.get(subscription.account_id)

    def _plan(self, subscription, renewal):
        """With what it is renewed. Microsoft deletes a plan with every change of today:
        it is made again."""
        wanted = {**renewal.values, subscription.seat_field: renewal.seats}
        planned = {**subscription.fields, **subscription.renewal}
        if all(is_same(planned.get(name), value) for name, value in wanted.items()):
            return subscription
        self._client.call(
            "ConfigureSubscriptionRenew",
            accountId=subscription.account_id,
            fieldValues=wanted,
        )
        return self.get(subscription.account_id)

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
