"""Upgrades of running subscriptions, along the paths that the vendor offers."""

from dataclasses import replace
from uuid import uuid4

from .faults import RefusedError


class Upgrades:
    """The part of a marketplace that turns a service into a better one: up only,
    without more seats in the same step, and without a new window."""

    def get_possible_services_for_upgrade(self, accountId):
        bought = self._get_living(accountId)
        service = self.services[bought.values["ServiceName"]]
        return {
            "UpgradeProducts": [
                {
                    "ProductName": name,
                    "DisplayName": self.services[name].display_name,
                    "ExistingTargetAccounts": [],
                }
                for name in service.upgrades
            ]
        }

    def get_subscription_fields_for_upgrade(self, accountId, targetProductName):
        bought = self._get_upgradable(accountId, targetProductName)
        seats = bought.commitment.seats
        return {
            "Fields": [{"Name": "Quantity", "DisplayName": "Licences", "Value": seats}]
        }

    def execute_subscription_upgrade(
        self, sourceAccountId, targetProductName, fieldValues, targetAccountId=None
    ):
        """All seats: the account stays. Some of them: a new one beside it.

        :return: number of a request, which nobody can ask for
        """
        bought = self._get_upgradable(sourceAccountId, targetProductName)
        seats = int(fieldValues.get("Quantity", bought.commitment.seats))
        if not 0 < seats <= bought.commitment.seats:
            raise RefusedError("The quantity cannot grow with an upgrade.")
        if seats == bought.commitment.seats:
            self._close(bought)
            bought.values["ServiceName"] = targetProductName
            self._note("upgrade", bought)
        else:
            part = replace(
                bought,
                id=self._take_id(),
                values={**bought.values, "ServiceName": targetProductName},
                before=[],
                fields={**bought.fields, "Quantity": seats},
                commitment=bought.commitment.split(seats, self.clock.now),
            )
            self.accounts[part.id] = part
            self._note("upgrade", part)
        return str(uuid4())

    def _close(self, bought):
        """The old service is credited from now on, and the new one charged."""
        commitment, now = bought.commitment, self.clock.now
        seats = commitment.seats
        commitment.history.append((now, 0))
        bought.before += bought.get_parts()
        commitment.past, commitment.history = [], [(now, seats)]

    def _get_upgradable(self, account_id, target):
        bought = self._get_living(account_id)
        service = self.services[bought.values["ServiceName"]]
        if target not in service.upgrades:
            raise RefusedError(f"{target} is no upgrade of {service.name}.")
        return bought
