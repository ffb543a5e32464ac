"""Which devices count as sold out: plain functions without a database (R5)."""

from typing import Any, NamedTuple

# What became of a serial number.
COUNTED = "counted"  # it is sold out
REVERSED = "reversed"  # its delivery was undone: it may be sold out again
SWAPPED = "swapped"  # another serial number took its place in the count
UNCOUNTED = "uncounted"  # it is rented out, and no new sell-out


class Passage(NamedTuple):
    """One device that reached an end customer, or left it."""

    lot: int
    date: Any
    arrives: bool
    replaced: int | None = None  # arrives: the device that it was sent for
    undoes: bool = True  # leaves: back into stock, and no replacement
    origin: Any = None  # what to show for it; not looked at here


class Count(NamedTuple):
    """What a serial number counts for, and the passage that decided it."""

    state: str
    passage: Passage
    since: Any = None  # counted: the day of the sale, also after a swap
    before: tuple[int, ...] = ()  # whose place it took, the latest first
    receipt: Any = None  # by which its supplier delivered it; not looked at here


def count_devices(passages, start, reversal_days):
    """Tell for each device that was ever rented out whether it is sold out.

    A place at a customer counts once, and so does a serial number:

    * the first delivery of a device counts; one that is rented out again does not;
    * a delivery that comes back within some days is undone, as if it never was;
    * a replacement is no new sell-out. It takes over what the device before it
      counted for: the old serial number goes, the new one comes.

    :param passages: list of :class:`Passage`, in the order in which they happened
    :param date start: deliveries before this day are no business of the reports
    :param int reversal_days: days within which a delivery can be undone
    :return: dict of :class:`Count` by lot
    """
    counts, stays = {}, {}
    for passage in passages:
        if passage.arrives:
            stays[passage.lot] = passage
            _count_arrival(counts, passage, start)
        else:
            stay = stays.pop(passage.lot, None)
            _count_departure(counts, passage, stay, reversal_days)
    return counts


def _count_arrival(counts, passage, start):
    before = counts.get(passage.lot)
    if before and before.state != REVERSED:
        return
    if passage.replaced:
        replaced = counts.get(passage.replaced)
        if not replaced or replaced.state != COUNTED:
            counts[passage.lot] = Count(UNCOUNTED, passage)
            return
        counts[passage.replaced] = Count(SWAPPED, passage)
        before = (passage.replaced, *replaced.before)
        counts[passage.lot] = Count(COUNTED, passage, replaced.since, before)
    elif passage.date < start:
        counts[passage.lot] = Count(UNCOUNTED, passage)
    else:
        counts[passage.lot] = Count(COUNTED, passage, passage.date)


def _count_departure(counts, passage, stay, reversal_days):
    count = counts.get(passage.lot)
    if not count or count.state not in (COUNTED, UNCOUNTED) or not passage.undoes:
        return
    # Of a device that was rented out again, the first sale stands.
    is_first_stay = stay is not None and count.passage is stay
    since = count.since or count.passage.date
    if is_first_stay and (passage.date - since).days <= reversal_days:
        counts[passage.lot] = Count(REVERSED, passage)
