"""What Microsoft allows with the seats of a subscription (New Commerce).

Seats may grow at any time. They may shrink only within seven days of their addition,
and by no more than was added; a subscription can be cancelled within seven days of its
purchase or renewal. Whatever else is wanted happens when the term is renewed: at
00:00 UTC of the day after its last day, which opens a window again.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from .faults import RefusedError

WINDOW = timedelta(days=7)
TERMS = {"P1M": 1, "P1Y": 12, "P3Y": 36}


@dataclass
class Commitment:
    """The seats that are bought, until the end of a term.

    :param start: when it was bought
    :param months: of a term
    :param term: how the service calls it
    """

    start: datetime
    months: int
    term: str = ""
    seats: int = 0
    additions: list = field(default_factory=list)  # [moment, seats still in the window]
    history: list = field(default_factory=list)  # (moment, seats from then on)
    end_action: str = "Renew"
    renew_seats: int | None = None
    renew_term: tuple | None = None  # how it is called, and its months
    past: list = field(default_factory=list)  # (term, history) before another term
    renewals: int = 0
    is_over: bool = False
    bound_for: int = 0  # months since the start

    def __post_init__(self):
        self.bound_for = self.bound_for or self.months

    @property
    def end(self):
        """The first day after the term."""
        return self.start.date() + relativedelta(months=self.bound_for)

    def change_to(self, seats, now):
        """Buy seats, or give seats back that were bought within seven days.

        :raises RefusedError: when more would be given back
        """
        if seats < 1:
            raise RefusedError("The number of licenses must be at least 1.")
        if seats > self.seats:
            self.additions.append([now, seats - self.seats])
        elif seats < self.seats:
            self._give_back(self.seats - seats, now)
        if seats != self.seats:
            # Microsoft deletes scheduled changes with any immediate one.
            self.renew_seats = self.renew_term = None
        self._set(seats, now)

    def _set(self, seats, moment):
        self.seats = seats
        self.history.append((moment, seats))

    def _give_back(self, number, now):
        if number > self.get_returnable(now):
            raise RefusedError(
                "The license quantity can only be reduced within 7 days of the "
                "addition of those licenses."
            )
        for addition in reversed(self.additions):
            taken = min(number, addition[1]) if self._is_open(addition, now) else 0
            addition[1] -= taken
            number -= taken

    def get_returnable(self, now):
        """The seats that are still in the window of their addition."""
        return sum(
            seats
            for moment, seats in self.additions
            if self._is_open((moment, seats), now)
        )

    @staticmethod
    def _is_open(addition, now):
        return now - addition[0] < WINDOW

    def can_be_cancelled(self, now):
        """Whether all of it is still in the window of the purchase or renewal."""
        return self.get_returnable(now) >= self.seats

    def cancel(self, now):
        """:raises RefusedError: when it is too late"""
        if not self.can_be_cancelled(now):
            raise RefusedError(
                "The subscription can only be cancelled within 7 days of its purchase "
                "or renewal."
            )
        self._set(0, now)
        self.is_over = True

    def split(self, seats, now):
        """Take seats out, for a subscription of its own with the same term and windows.

        :return: the new :class:`Commitment`
        """
        part = replace(self, seats=seats, additions=[], history=[(now, seats)], past=[])
        self._set(self.seats - seats, now)
        return part

    def set_end_action(self, action):
        """Whether it is renewed; what ends has no plan any more."""
        self.end_action = action
        if action == "Terminate":
            self.renew_seats = self.renew_term = None

    def plan(self, seats=None, term=None):
        """What to renew it with.

        :param term: how it is called, and its months
        """
        if self.end_action != "Renew":
            raise RefusedError("Scheduled changes need the subscription to be renewed.")
        if seats is not None:
            self.renew_seats = seats
        if term is not None:
            self.renew_term = term

    def tick(self, now):
        """Let terms end that are over."""
        while not self.is_over and now.date() >= self.end:
            began = datetime.combine(self.end, datetime.min.time())
            if self.end_action == "Terminate":
                self._set(0, began)
                self.is_over = True
                return
            self._renew(began)

    def _renew(self, began):
        seats = self.seats if self.renew_seats is None else self.renew_seats
        if self.renew_term and self.renew_term[0] != self.term:
            # Another term has another price: what was before is billed as before.
            self.past.append((self.term, [*self.history, (began, 0)]))
            self.history = []
            self.term, self.months = self.renew_term
        if seats != self.seats or not self.history:
            self._set(seats, began)
        self.renew_seats = self.renew_term = None
        self.additions = [[began, self.seats]]
        self.renewals += 1
        self.bound_for += self.months
