"""Answers machines that enter a window, stay in it, and leave it. The location's lock makes each of it one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mweek_contracts.replies import Denial, Departure, DepartureReplyV1, LeaseReplyV1, Reply
from mweek_contracts.request_codes import DenialCode, LeaveResult, RequestRefusalCode
from mweek_contracts.requests import EnterWindowV1, LeaveWindowV1, RenewWindowV1
from sqlmodel import Session

from mweek_planner.domain.leases import Entry, Lease, LeaseState, Stay, enter, is_overdue, renew
from mweek_planner.handlers.granting import as_told
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.interfaces import Asker, LocationPolicy, MachineWindow, Stayed, WindowLease, WindowState
from mweek_planner.storage.calendars import OpenCalendar
from mweek_planner.translation import window_events
from mweek_planner.translation.window_requests import denial_from, held_lease_from


class EntryHandlers:
    """Answers `enter-window`, `renew-window` and `leave-window`."""

    def __init__(self, *, desk: WindowDesk, new_id: Callable[[], str]) -> None:
        """Keep the collaborators."""
        self._desk = desk
        self._new_id = new_id

    def enter_window(self, session: Session, request: EnterWindowV1) -> Reply:
        """Let a machine be down from now on, or say what is in the way."""
        calendar = self._desk.calendar(session, request.location)
        asker = self._desk.asker(session, request)
        if not isinstance(asker, Asker):
            return asker
        now, policy = self._desk.now(), self._desk.policy(session, request.location)
        window = calendar.calendar.window(request.machine, request.window_id)
        if window is None:
            text = f"{request.machine} has no window {request.window_id}; my-windows tells which it has"
            return self._deny(request, Denial(code=DenialCode.UNKNOWN_WINDOW, text=text))
        self._end_overdue(session, calendar, request.machine, now)
        window = as_told(window, asker, policy)
        entry = self._entry(calendar, window, policy, request.revision)
        outcome = enter(entry, calendar.calendar.door(asker, policy), now=now, lease_id=self._new_id())
        if not isinstance(outcome, Lease):
            return self._deny(request, denial_from(outcome))
        if outcome is not entry.lease:
            self._let_in(session, calendar, window, asker, outcome)
        return self._leased(request, calendar, outcome)

    def renew_window(self, session: Session, request: RenewWindowV1) -> Reply:
        """Give a machine more time in its window, as far as the window goes."""
        calendar, now = self._desk.calendar(session, request.location), self._desk.now()
        held = _lease_of(calendar, request)
        if held is None:
            return self._no_such_lease(request)
        stay = Stay(lease=self._desk.policy(session, request.location).lease, must_end_by=held.must_end_by)
        renewed = renew(held.lease, stay, now)
        if renewed is None:
            self._end_overdue(session, calendar, request.machine, now)
            text = (
                f"the lease {request.lease_id} expired at {held.lease.expires_at:%Y-%m-%dT%H:%M:%SZ}: stop, and leave"
            )
            return self._deny(request, Denial(code=DenialCode.TOO_LATE, text=text))
        if renewed != held.lease:
            calendar.put_lease(replace(held, lease=renewed))
        return self._leased(request, calendar, renewed)

    def leave_window(self, session: Session, request: LeaveWindowV1) -> Reply:
        """Take note that a machine is up again, and of how it went."""
        calendar, now = self._desk.calendar(session, request.location), self._desk.now()
        self._end_overdue(session, calendar, request.machine, now)
        held = _lease_of(calendar, request)
        if held is None:
            return self._no_such_lease(request)
        state = LeaseState.LEFT_OVERDUE if held.lease.state is LeaseState.OVERDUE else LeaseState.LEFT
        stayed = Stayed(left_at=now, result=request.result, downtime_minutes=request.downtime_minutes)
        held = replace(held, lease=replace(held.lease, state=state), stayed=stayed)
        calendar.put_lease(held)
        if request.result is not LeaveResult.FAILED:
            _finish(calendar, request)
        about = self._desk.about(session, request.location)
        self._desk.say(session, window_events.left(about, held, request, now=now))
        departure = Departure(
            window_id=request.window_id,
            lease_id=request.lease_id,
            result=request.result,
            left_at=now,
            downtime_minutes=request.downtime_minutes,
        )
        return DepartureReplyV1(request_id=request.request_id, answered_at=now, departure=departure)

    def _entry(self, calendar: OpenCalendar, window: MachineWindow, policy: LocationPolicy, known: int | None) -> Entry:
        booking = window.booking
        leases = [
            held.lease
            for held in calendar.calendar.leases_of(booking.machine)
            if held.lease.window_id == booking.window_id
        ]
        return Entry(
            machine=booking.machine,
            window_id=booking.window_id,
            not_before=booking.window.opens_at,
            not_after=window.not_after,
            stay=Stay(lease=policy.lease, must_end_by=booking.window.closes_at),
            revision=window.revision,
            known_revision=known,
            lease=leases[-1] if leases else None,
        )

    def _let_in(
        self, session: Session, calendar: OpenCalendar, window: MachineWindow, asker: Asker, lease: Lease
    ) -> None:
        """Store an entry. A machine that was overdue is talking again: what it has now is the new lease."""
        for held in calendar.calendar.leases_of(asker.name):
            if held.lease.state is LeaseState.OVERDUE:
                calendar.put_lease(replace(held, lease=replace(held.lease, state=LeaseState.LEFT_OVERDUE)))
        held = WindowLease(
            lease=lease,
            revision=window.revision,
            must_end_by=window.booking.window.closes_at,
            week=window.week,
            customer=None if asker.customer is None else asker.customer.name,
            redundancy_group=asker.redundancy_group,
        )
        calendar.put_lease(held)
        if window.state is not WindowState.ENTERED:
            calendar.put_window(replace(window, state=WindowState.ENTERED))
        self._desk.say(session, window_events.entered(self._desk.about(session, calendar.location), held))

    def _end_overdue(self, session: Session, calendar: OpenCalendar, machine: str, now: datetime) -> None:
        """Find a machine overdue that would be found so at the next look: what it is told depends on no look."""
        for held in calendar.calendar.leases_of(machine):
            if is_overdue(held.lease, now):
                find_overdue(self._desk, session, calendar, held)

    def _leased(self, request: EnterWindowV1 | RenewWindowV1, calendar: OpenCalendar, lease: Lease) -> Reply:
        held = next(
            held for held in calendar.calendar.leases_of(request.machine) if held.lease.lease_id == lease.lease_id
        )
        return LeaseReplyV1(request_id=request.request_id, answered_at=self._desk.now(), lease=held_lease_from(held))

    def _deny(self, request: EnterWindowV1 | RenewWindowV1, denial: Denial) -> Reply:
        return LeaseReplyV1(request_id=request.request_id, answered_at=self._desk.now(), denial=denial)

    def _no_such_lease(self, request: RenewWindowV1 | LeaveWindowV1) -> Reply:
        text = (
            f"{request.machine} does not hold the lease {request.lease_id} of the window {request.window_id}, or holds "
            "it no more"
        )
        return self._desk.refuse(request, RequestRefusalCode.UNKNOWN_LEASE, text)


def find_overdue(desk: WindowDesk, session: Session, calendar: OpenCalendar, held: WindowLease) -> None:
    """Take note that a lease has expired and its machine has not left, and tell of it."""
    overdue = replace(held, lease=replace(held.lease, state=LeaseState.OVERDUE))
    calendar.put_lease(overdue)
    desk.say(session, window_events.overdue(desk.about(session, calendar.location), overdue))


def _lease_of(calendar: OpenCalendar, request: RenewWindowV1 | LeaveWindowV1) -> WindowLease | None:
    """Return the lease that a request names, while its machine is down by it."""
    for held in calendar.calendar.leases_of(request.machine):
        if held.lease.lease_id == request.lease_id and held.lease.window_id == request.window_id:
            return held
    return None


def _finish(calendar: OpenCalendar, request: LeaveWindowV1) -> None:
    """Let a window be over whose work is done: the rest of its time is free for others."""
    window = calendar.calendar.window(request.machine, request.window_id)
    if window is not None:
        calendar.put_window(replace(window, state=WindowState.DONE))
