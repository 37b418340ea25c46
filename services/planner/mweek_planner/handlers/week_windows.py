"""Stores a week's revision in the calendar of its location, and sees to the requests that it concerns.

A week's phases are the operator's: planning asks no requested window. So what comes of requests is decided once the
revision stands, under the lock of the location's windows, which nobody needs while a week is planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mweek_contracts.request_codes import WindowChange, WindowWithdrawnCode
from sqlmodel import Session

from mweek_planner.domain.requests import BookingKind, taking
from mweek_planner.handlers.granting import Granting, Wish, as_told
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.interfaces import Asker, MachineWindow, Revision, WindowState
from mweek_planner.storage.calendars import OpenCalendar
from mweek_planner.storage.plans import store_revision


class WeekWindows:
    """What a revision of a week does to windows that meet requests."""

    def __init__(self, *, desk: WindowDesk, granting: Granting) -> None:
        """Keep the collaborators."""
        self._desk = desk
        self._granting = granting

    def store(self, session: Session, revision: Revision) -> Sequence[MachineWindow]:
        """Store a revision; returns the windows of the week that met requests before, for `see_to_requests`."""
        calendar = self._desk.calendar(session, revision.plan.location)
        standing = calendar.calendar.standing()
        before = sorted(
            (window for window in standing if window.week == revision.plan.week and window.works),
            key=lambda window: window.booking.window_id,
        )
        store_revision(session, revision)
        calendar.plans_changed(session)
        return before

    def see_to_requests(self, session: Session, revision: Revision, before: Sequence[MachineWindow]) -> None:
        """Let requests go with their week's window, or find them another; let the week's windows meet what they can."""
        calendar = self._desk.calendar(session, revision.plan.location)
        for window in before:
            self._follow(session, calendar, window)
        assigned = {assigned.assignment.machine for assigned in revision.changes.assigned}
        requested = [
            window
            for window in calendar.calendar.standing()
            if window.week is None and window.state is WindowState.OPEN and window.booking.machine in assigned
        ]
        for window in sorted(requested, key=lambda window: (window.booking.window, window.booking.window_id)):
            self._join(session, calendar, window, revision.plan.week)

    def _follow(self, session: Session, calendar: OpenCalendar, before: MachineWindow) -> None:
        """Let the requests of a week's window go where it went, or to another one where they do not fit there."""
        machine, window_id = before.booking.machine, before.booking.window_id
        window = calendar.calendar.window(machine, window_id)
        if window is not None and window.works == before.works:
            return  # it stays
        asker = self._desk.named(session, calendar.location, machine)
        if window is not None and asker is not None and self._moved(session, calendar, window, before, asker):
            return
        calendar.put_window(replace(_without_requests(before), revision=before.revision + 1))
        placed = asker is not None and asker.in_service and self._place_anew(session, calendar, before, asker)
        if not placed:
            code = (
                WindowWithdrawnCode.NO_ACCEPTABLE_TIME
                if asker is not None and asker.in_service
                else WindowWithdrawnCode.RETIRED
            )
            self._granting.tell_withdrawn(session, calendar, before, code)

    def _moved(
        self, session: Session, calendar: OpenCalendar, window: MachineWindow, before: MachineWindow, asker: Asker
    ) -> bool:
        policy = self._desk.policy(session, calendar.location)
        booking = taking(window.booking, before.booking.requests, policy.windows, self._desk.now())
        if booking is None:
            return False
        moved = replace(window, booking=booking, works=before.works, state=WindowState.OPEN)
        self._granting.change(
            session,
            calendar,
            as_told(moved, asker, policy),
            before,
            asker=asker,
            why=WindowChange.MOVED,
            request_id=None,
        )
        return True

    def _place_anew(self, session: Session, calendar: OpenCalendar, before: MachineWindow, asker: Asker) -> bool:
        """Return whether every request has another window."""
        policy, now = self._desk.policy(session, calendar.location), self._desk.now()
        outcomes = [
            self._granting.grant(session, calendar, Wish(asker, policy, work, now), answers=False)
            for work in before.works
        ]
        return all(isinstance(outcome, MachineWindow) for outcome in outcomes)

    def _join(self, session: Session, calendar: OpenCalendar, window: MachineWindow, week: str) -> None:
        """Let a week's window meet the requests of one that would open later, or at the same time: one downtime."""
        machine = window.booking.machine
        of_week = next((one for one in calendar.calendar.windows_of(machine) if one.week == week), None)
        asker = self._desk.named(session, calendar.location, machine)
        if of_week is None or asker is None or window.booking.window.closes_at <= of_week.booking.window.opens_at:
            return
        policy = self._desk.policy(session, calendar.location)
        booking = taking(of_week.booking, window.booking.requests, policy.windows, self._desk.now())
        if booking is None:
            return
        joined = replace(
            of_week,
            booking=booking,
            works=(*of_week.works, *window.works),
            revision=of_week.revision + 1,
            state=WindowState.ENTERED if of_week.state is WindowState.ENTERED else WindowState.OPEN,
        )
        self._granting.change(
            session,
            calendar,
            as_told(joined, asker, policy),
            of_week,
            asker=asker,
            why=WindowChange.JOINED,
            request_id=None,
        )
        self._granting.take(session, calendar, window, WindowWithdrawnCode.JOINED_WEEK)


def _without_requests(window: MachineWindow) -> MachineWindow:
    assert window.booking.kind is BookingKind.WEEK, "only a week's window stands without requests"
    return replace(window, booking=replace(window.booking, requests=()), works=(), state=WindowState.FREED)
