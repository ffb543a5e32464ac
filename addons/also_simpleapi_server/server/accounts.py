"""The tree of accounts: reseller, company, service. Everything has an id."""

from dataclasses import dataclass, field

from .commitments import Commitment


@dataclass
class Account:
    """A node of the tree: reseller, company or service."""

    id: int
    kind: str
    parent_id: int
    values: dict
    state: str = "Active"


@dataclass
class Bought(Account):
    """A subscription."""

    commitment: Commitment | None = None
    fields: dict = field(default_factory=dict)
    provisioned_on: object = None
    error: str = ""
    visible_from: object = None  # a purchase may appear later in lists
    # What it was before an upgrade: services and terms with the history of their seats.
    before: list = field(default_factory=list)

    def get_parts(self):
        """What it was since then, term by term.

        :return: list of (service, term, history of seats)
        """
        service, commitment = self.values["ServiceName"], self.commitment
        return [
            (service, term, history)
            for term, history in (
                *commitment.past,
                (commitment.term, commitment.history),
            )
        ]
