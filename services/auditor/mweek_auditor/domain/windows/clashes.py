"""A machine is down once at a time, and never together with a peer of its redundancy group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.finding import Finding, span
from mweek_auditor.domain.windows.booking import Booking
from mweek_auditor.domain.windows.wording import named


class Clashes:
    """Pairs of bookings that share time, of which a requested one was decided later."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        """Take all bookings."""
        self._bookings = bookings

    def findings(self) -> Iterator[Finding]:
        """Yield double-booked and redundancy, once for two windows."""
        for _, one, other in _pairs(self._bookings, lambda booking: booking.machine):
            if one.window_id != other.window_id:
                text = f"{named(other.blamed)} is at the time of another window of it, {_time(one)} ({one.window_id})."
                yield Finding(FindingCode.DOUBLE_BOOKED, other.machine, text)
        for group, one, other in _pairs(self._bookings, lambda booking: booking.group):
            if one.machine != other.machine:
                text = (
                    f"{named(other.blamed)} is at the time of {one.machine}, its peer in redundancy group {group}: "
                    f"{_time(one)} ({one.window_id})."
                )
                yield Finding(FindingCode.REDUNDANCY, other.machine, text)


def _pairs(bookings: Iterable[Booking], key: Callable[[Booking], str | None]) -> Iterator[tuple[str, Booking, Booking]]:
    """Yield key, earlier and later decided of each two bookings with one key that share time and of which the later is
    a requested one."""
    together: defaultdict[str, list[Booking]] = defaultdict(list)
    for booking in bookings:
        if (name := key(booking)) is not None:
            together[name].append(booking)
    for name, members in together.items():
        if len(members) > 1 and any(booking.grant is not None for booking in members):
            yield from ((name, one, other) for one, other in _overlaps(members))


def _overlaps(bookings: Sequence[Booking]) -> Iterator[tuple[Booking, Booking]]:
    """Sweep over the starts. Windows of weeks are only compared with requested ones."""
    requested: list[Booking] = []
    of_weeks: list[Booking] = []
    for booking in sorted(bookings, key=lambda one: one.time):
        starts = booking.time.opens_at
        requested = [one for one in requested if one.time.closes_at > starts]
        of_weeks = [one for one in of_weeks if one.time.closes_at > starts]
        for other in (*requested, *of_weeks) if booking.grant is not None else requested:
            # Of one number is only what a week decided, or one grant: the requested window then came first.
            earlier, later = sorted((booking, other), key=lambda one: (one.number, one.grant is None))
            if later.grant is not None:
                yield earlier, later
        (of_weeks if booking.grant is None else requested).append(booking)


def _time(booking: Booking) -> str:
    return span(booking.time.opens_at, booking.time.closes_at)
