"""Which windows of a location are booked, ready to be asked when it, a customer or a redundancy group has no room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from mweek_timewindows import Window

from mweek_planner.domain.requests.booking import Booking
from mweek_planner.domain.requests.steps import Steps, between, step_at, step_from
from mweek_planner.domain.requests.tally import Tally, marks_of


class Occupancy:
    """The bookings of one location from an instant on.

    Adding and removing one costs microseconds. What lies before `from_at` is left out: make another one now and then.
    A customer's windows at other locations count only where they are added too.
    """

    def __init__(self, from_at: datetime, bookings: Iterable[Booking] = ()) -> None:
        """Know these bookings; `from_at` is aware and no later than the `now` of any question."""
        self.first = step_at(from_at)
        """The step that is bit 0 of all sets here."""
        self._location = Tally()
        self._customers: defaultdict[str, Tally] = defaultdict(Tally)
        self._groups: defaultdict[str, Tally] = defaultdict(Tally)
        self._machines: defaultdict[str, dict[str, Booking]] = defaultdict(dict)
        self._taken: dict[str, Steps] = {}
        """What `has_window` says, where it was worked out or is plain."""
        for booking in bookings:
            self.add(booking)

    def add(self, booking: Booking) -> None:
        """Take note of a booking.

        Raises:
            ValueError: its machine has one of this id.
        """
        bookings = self._machines[booking.machine]
        if booking.window_id in bookings:
            raise ValueError(f"{booking.machine} has the window {booking.window_id} already")
        bookings[booking.window_id] = booking
        marks = marks_of(booking.window, self.first)
        if marks.parts or len(bookings) > 1:
            self._taken.pop(booking.machine, None)
        else:
            self._taken[booking.machine] = marks.whole
        for tally in self._tallies(booking):
            tally.add(marks)

    def remove(self, booking: Booking) -> None:
        """Forget a booking; the window id and the machine say which.

        Raises:
            KeyError: its machine has none of this id.
        """
        known = self._machines[booking.machine].pop(booking.window_id)
        self._taken.pop(booking.machine, None)
        if not self._machines[booking.machine]:
            del self._machines[booking.machine]
        marks = marks_of(known.window, self.first)
        for tally in self._tallies(known):
            tally.remove(marks)

    def replace(self, previous: Booking | None, booking: Booking | None) -> None:
        """Let one booking take the place of another; None: there was none, or none is left."""
        if previous is not None:
            self.remove(previous)
        if booking is not None:
            self.add(booking)

    @contextmanager
    def as_if(self, booking: Booking, instead: Booking | None) -> Iterator[None]:
        """Let another booking take the place of one, or none, until the block ends."""
        self.replace(booking, instead)
        try:
            yield
        finally:
            self.replace(instead, booking)

    def bookings_of(self, machine: str) -> list[Booking]:
        """Return the bookings of a machine by their opening."""
        return sorted(self._machines.get(machine, {}).values(), key=_by_window)

    def has_window(self, machine: str) -> Steps:
        """Return the steps in which a machine has a window, wholly or in part."""
        if machine not in self._machines:
            return 0
        if machine not in self._taken:
            taken: Steps = 0
            for booking in self._machines[machine].values():
                taken |= self.touched_by(booking.window)
            self._taken[machine] = taken
        return self._taken[machine]

    def has_group(self, group: str) -> Steps:
        """Return the steps in which a member of a redundancy group has a window, wholly or in part."""
        return self._groups[group].at_least(1) if group in self._groups else 0

    def customer_has(self, customer: str, number: int) -> Steps:
        """Return the steps in which so many windows of a customer are open at once."""
        return self._customers[customer].at_least(number) if customer in self._customers else 0

    def location_has(self, number: int) -> Steps:
        """Return the steps in which so many windows are open at once."""
        return self._location.at_least(number)

    def touched_by(self, window: Window) -> Steps:
        """Return the steps that share any time with a window."""
        return between(step_at(window.opens_at) - self.first, step_from(window.closes_at) - self.first)

    def _tallies(self, booking: Booking) -> list[Tally]:
        tallies = [self._location]
        if booking.customer is not None:
            tallies.append(self._customers[booking.customer])
        if booking.redundancy_group is not None:
            tallies.append(self._groups[booking.redundancy_group])
        return tallies


def _by_window(booking: Booking) -> tuple[Window, str]:
    return booking.window, booking.window_id
