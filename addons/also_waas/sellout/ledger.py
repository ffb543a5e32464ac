"""Which devices count as sold out: plain functions without a database (R5)."""

from typing import Any, NamedTuple

# The status of a serial number.
COUNTED = "counted"  # it is sold out
REVERSED = "reversed"  # its delivery was reversed: it may be sold out again
SWAPPED = "swapped"  # another serial number replaced it in the count
UNCOUNTED = "uncounted"  # it is rented out, but no new sell-out


class Passage(NamedTuple):
    """One device that was delivered to an end customer, or returned by it."""

    lot: int
    date: Any
    arrives: bool
    replaced: int | None = None  # delivered: the device that it replaces
    undoes: bool = True  # returned: into stock, without a replacement
    origin: Any = None  # the source record; not read here


class Count(NamedTuple):
    """The status of a serial number, and the passage that decided it."""

    state: str
    passage: Passage
    since: Any = None  # counted: the day of the sale, also after a swap
    before: tuple[int, ...] = ()  # the devices that it replaces, the latest first
    receipt: Any = None  # the receipt from its supplier; not read here


def count_devices(passages, start, reversal_days):
    """Compute for each device that was ever rented out whether it is sold out.

    A workplace of a customer counts once, and so does a serial number:

    * the first delivery of a device counts; further rentals do not;
    * a delivery that is returned within some days is reversed, as if it never happened;
    * a replacement is no new sell-out. It takes over what the replaced device counted
      for: the old serial number is removed, the new one is added.

    :param passages: list of :class:`Passage`, in the order in which they happened
    :param date start: deliveries before this day are not reported
    :param int reversal_days: days within which a delivery can be reversed
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
    # For a device that was rented out again, the first sale counts.
    is_first_stay = stay is not None and count.passage is stay
    since = count.since or count.passage.date
    if is_first_stay and (passage.date - since).days <= reversal_days:
        counts[passage.lot] = Count(REVERSED, passage)
