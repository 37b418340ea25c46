"""The windows of one location that are not over and the machines that are down in it, in memory, ready to be asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mweek_planner.domain.leases import Door
from mweek_planner.domain.requests import Occupancy
from mweek_planner.interfaces import Asker, LocationPolicy, MachineWindow, WindowLease


class LocationCalendar:
    """Filled from rows and changed with them: never ahead of the database, which `Calendars` sees to."""

    def __init__(self, from_at: datetime) -> None:
        """Be empty; what closes before `from_at` is of no interest."""
        self.from_at = from_at
        self.occupancy = Occupancy(from_at)
        self._requested: dict[str, MachineWindow] = {}
        self._of_weeks: dict[str, MachineWindow] = {}
        self._standing: dict[str, MachineWindow] = {}
        self._down: defaultdict[str, dict[str, WindowLease]] = defaultdict(dict)
        self._down_of_customer: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._down_of_group: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def window(self, machine: str, window_id: str) -> MachineWindow | None:
        """Return a window that a machine has; None where it has none of that id, or has it no more."""
        found = self._standing.get(window_id)
        return found if found is not None and found.booking.machine == machine else None

    def windows_of(self, machine: str) -> list[MachineWindow]:
        """Return the windows that a machine has, by their opening."""
        return [self._standing[booking.window_id] for booking in self.occupancy.bookings_of(machine)]

    def standing(self) -> Iterable[MachineWindow]:
        """Return all windows that machines have."""
        return self._standing.values()

    def leases_of(self, machine: str) -> list[WindowLease]:
        """Return the leases by which a machine is down, the earliest first."""
        return sorted(self._down.get(machine, {}).values(), key=lambda held: held.lease.entered_at)

    def door(self, asker: Asker, policy: LocationPolicy) -> Door:
        """Return what is in the way of a machine that wants to enter."""
        name, customer, group = asker.name, asker.customer, asker.redundancy_group
        peers = () if group is None else self._down_of_group.get(group, ())
        down_of_customer = () if customer is None else self._down_of_customer.get(customer.name, ())
        return Door(
            held=None,  # weeks cannot be held yet: who holds the week of the window is to be said here
            peers_down=tuple(peer for peer in peers if peer != name),
            customer_down=len(down_of_customer) - (name in down_of_customer),
            customer_limit=None if customer is None else customer.max_parallel,
            location_down=len(self._down) - (name in self._down),
            capacity=policy.windows.capacity,
        )

    def put_window(self, window: MachineWindow) -> None:
        """Take note of a requested window, or of what requests made of a week's."""
        self._requested[window.booking.window_id] = window
        self._show(window.booking.window_id)

    def put_week_windows(self, windows: Iterable[MachineWindow]) -> None:
        """Let these be all windows of weeks."""
        before = self._of_weeks
        self._of_weeks = {window.booking.window_id: window for window in windows}
        for window_id in before.keys() | self._of_weeks.keys():
            if before.get(window_id) != self._of_weeks.get(window_id):
                self._show(window_id)

    def put_lease(self, held: WindowLease) -> None:
        """Take note of a lease, or of what has become of it."""
        lease = held.lease
        before = self._down.get(lease.machine, {}).get(lease.lease_id)
        if before is not None:
            self._count(before, -1)
            del self._down[lease.machine][lease.lease_id]
            if not self._down[lease.machine]:
                del self._down[lease.machine]
        if lease.down:
            self._down[lease.machine][lease.lease_id] = held
            self._count(held, 1)

    def _count(self, held: WindowLease, change: int) -> None:
        for key, counters in (
            (held.customer, self._down_of_customer),
            (held.redundancy_group, self._down_of_group),
        ):
            if key is None:
                continue
            counters[key][held.lease.machine] += change
            if not counters[key][held.lease.machine]:
                del counters[key][held.lease.machine]

    def _show(self, window_id: str) -> None:
        before, now = self._standing.pop(window_id, None), self._composed(window_id)
        if now is not None and now.stands:
            self._standing[window_id] = now
        booked = None if before is None else before.booking
        booking = now.booking if now is not None and now.stands else None
        if booked != booking:
            self.occupancy.replace(booked, booking)

    def _composed(self, window_id: str) -> MachineWindow | None:
        """Return a window as it is: of a week's, what requests made of it holds for the time that it had then."""
        of_week, requested = self._of_weeks.get(window_id), self._requested.get(window_id)
        if requested is None or requested.week is None:
            return requested or of_week
        if of_week is None:
            return None
        if requested.booking.window != of_week.booking.window:
            return replace(of_week, revision=max(requested.revision + 1, of_week.revision))
        booking = replace(of_week.booking, requests=requested.booking.requests)
        return replace(requested, booking=booking, revision=max(requested.revision, of_week.revision))
