"""The terms that the files of the engine share: a way, an invoice, and a reason."""

from dataclasses import dataclass, field
from enum import IntEnum


class Way(IntEnum):
    """How an invoice is created in the ledger, the fastest last.

    * ``ORDINARY``: ``create()`` and ``_post()``, everything runs;
    * ``SAFE``: complete rows, written as drafts at once, then Odoo's own ``_post()``;
    * ``BULK``: complete rows, written already numbered and posted.
    """

    ORDINARY = 1
    SAFE = 2
    BULK = 3


class NotRegularError(Exception):
    """This invoice cannot take a way this fast. The message gives the reason, for the
    log.

    The invoice itself is correct: a slower way takes it.
    """


@dataclass
class Invoice:
    """One invoice between its values and its posting.

    :param vals: values as for ``account.move.create()``
    :param way: the fastest way that it may take
    :param reason: why it cannot take a faster one
    :param header: values of its row in ``account_move``, by field
    :param lines: values of its rows in ``account_move_line``, by field
    """

    vals: dict
    way: Way = Way.BULK
    reason: str = ""
    id: int = 0
    header: dict = field(default_factory=dict)
    lines: list[dict] = field(default_factory=list)

    def slow_down(self, way, reason):
        """Take at most ``way``; the first reason is kept."""
        if way < self.way:
            self.way = way
            self.reason = str(reason)

    def get_lines(self, display_type):
        return [line for line in self.lines if line["display_type"] == display_type]
