"""What was ordered and may have been done: written down before it is sent, and after.

There are no idempotency keys. A worker that dies between request and answer leaves an
entry without an outcome: whoever comes next knows that something may have been bought,
and looks for it instead of buying it again.
"""

import threading

from .outcomes import MarketplaceError, MarketplaceInDoubt

OPEN = "open"  # sent; a worker waits for the answer, or died
IN_DOUBT = "in_doubt"  # no answer that says whether it was done
DONE = "done"
NOT_DONE = "not_done"  # refused, or never sent
LOST = "lost"  # a person looked, and says that it never came about
OVER = "over"  # it was done, and has ended since
# What carries our reference now, or may carry it: it is bought once.
THERE = (OPEN, IN_DOUBT, DONE)


class MemoryJournal:
    """For one process, and for tests in which workers die."""

    def __init__(self):
        self._lock = threading.Lock()
        self._entries = []  # [operation, reference, outcome]

    def begin(self, operation, reference):
        """Write down that something with our reference is about to be sent, unless it
        may be there already: two workers cannot both begin.

        :return: what :meth:`end` wants to know; None where it may be there
        """
        with self._lock:
            if any(self._find_there(operation, reference)):
                return None
            self._entries.append([operation, reference, OPEN])
            return len(self._entries) - 1

    def end(self, number, outcome):
        """Write down what became of it."""
        with self._lock:
            self._entries[number][2] = outcome

    def settle(self, operation, reference, outcome):
        """It was found (done), it has ended (over), or a person says that it never came
        about (lost)."""
        with self._lock:
            for row in list(self._find_there(operation, reference)):
                row[2] = outcome

    def _find_there(self, operation, reference):
        for row in self._entries:
            if row[:2] == [operation, reference] and row[2] in THERE:
                yield row


def create_once(journal, operation, reference, find, create, is_over):
    """Create what carries our reference, unless it is there, or may be there unseen.

    :param journal: as :class:`MemoryJournal`
    :param find: returns it, or None
    :param create: creates it
    :param is_over: says whether what had our reference has ended
    :raises MarketplaceInDoubt: it was sent, now or before, and cannot be seen yet
    """
    number = journal.begin(operation, reference)
    if number is None:
        if found := find():
            journal.settle(operation, reference, DONE)
            return found
        if is_over():
            journal.settle(operation, reference, OVER)
            number = journal.begin(operation, reference)
    if number is None:
        raise MarketplaceInDoubt(
            f"{reference} was sent, and the marketplace does not show it yet: it is "
            "not sent again."
        )
    try:
        # After the beginning: whoever began before us has ended.
        created = find() or create()
    except MarketplaceInDoubt:
        journal.end(number, IN_DOUBT)
        raise
    except MarketplaceError:
        journal.end(number, NOT_DONE)
        raise
    journal.end(number, DONE)
    return created
