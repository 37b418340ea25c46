"""Nowhere are more windows open at once than a customer and the location allow, counted as each was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from mweek_contracts.events import FindingCode
from mweek_timewindows import Window as Span

from mweek_auditor.domain.finding import Finding, clock
from mweek_auditor.domain.windows.booking import Booking
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.history import Unsure
from mweek_auditor.domain.windows.tally import Tally
from mweek_auditor.domain.windows.window import Grant
from mweek_auditor.domain.windows.wording import counted, named

LimitOf = Callable[[Grant], int | None]


class Limits:
    """The bookings of a location against the limits that held when each was decided."""

    def __init__(self, case: WindowCase, bookings: Sequence[Booking]) -> None:
        """Take all bookings, in the order in which they were decided."""
        self._case = case
        self._bookings = bookings

    def findings(self) -> Iterator[Finding]:
        """Yield customer-limit and capacity."""
        by_customer: defaultdict[str, list[Booking]] = defaultdict(list)
        for booking in self._bookings:
            if booking.customer is not None:
                by_customer[booking.customer].append(booking)
        for customer, bookings in by_customer.items():
            yield from _beyond(FindingCode.CUSTOMER_LIMIT, f"customer {customer}", bookings, self._max_parallel)
        place = f"location {self._case.location}"
        yield from _beyond(FindingCode.CAPACITY, place, self._bookings, self._capacity)

    def _max_parallel(self, grant: Grant) -> int | None:
        if grant.customer is None:
            return None
        customer = self._case.records.customer_at(grant.customer, grant.position)
        return None if isinstance(customer, Unsure) else customer.max_parallel

    def _capacity(self, grant: Grant) -> int | None:
        policy = self._case.records.policy_at(grant.position)
        return None if isinstance(policy, Unsure) else policy.capacity


def _beyond(code: FindingCode, whose: str, bookings: Sequence[Booking], limit_of: LimitOf) -> Iterator[Finding]:
    limits = [None if booking.grant is None else limit_of(booking.grant) for booking in bookings]
    lowest = min((limit for limit in limits if limit is not None), default=None)
    if lowest is None or most_at_once(booking.time for booking in bookings) <= lowest:
        return
    tally, said = Tally(booking.time for booking in bookings), set()
    for booking, limit in zip(bookings, limits, strict=True):
        if limit is not None:
            open_already, at = tally.most(booking.time)
            if open_already >= limit and booking.window_id not in said:
                said.add(booking.window_id)
                taken = f"{counted(open_already, 'window')} of {whose} had been given for then"
                text = f"{named(booking.blamed)} is one too many at {clock(at)}: {taken}, and {limit} may be at once."
                yield Finding(code, booking.machine, text)
        tally.add(booking.time)


def most_at_once(times: Iterator[Span]) -> int:
    """Return how many of these times are open at the busiest instant."""
    turns = sorted((instant, step) for time in times for instant, step in ((time.opens_at, 1), (time.closes_at, -1)))
    most = count = 0
    for _, step in turns:  # at one instant those that close come first
        count += step
        most = max(most, count)
    return most
