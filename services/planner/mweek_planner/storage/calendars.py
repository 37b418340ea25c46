"""Gives transactions the calendar of a location as the database has it, without reading all of it each time.

A location has a number of changes. What is in memory knows the number that it has seen, so that only what was written
since is read. While a transaction uses a calendar, the calendar is its own; only the commit gives it back. One that is
rolled back, or lost in any other way, is read anew: memory is behind the database at times, and never ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox import Database
from mweek_outbox.upsert import upsert
from sqlalchemy import event
from sqlmodel import Session

from mweek_planner.interfaces import MachineWindow, WindowLease
from mweek_planner.storage.location_calendar import LocationCalendar
from mweek_planner.storage.requested_windows import RequestOf, WindowReading, write_leases, write_windows
from mweek_planner.storage.rows import CALENDAR
from mweek_planner.storage.week_windows import load_week_windows

FORGETS_EVERY: Final = timedelta(days=1)
"""After so long a calendar is read anew, without what is over by then."""
_SLACK: Final = timedelta(hours=1)
"""A clock that is set back by less than this stays within what is known."""
_OPENED: Final = "mweek_planner.calendars"
_CHANGES: Final = sa.select(CALENDAR.c.changes, CALENDAR.c.plan_changes).where(
    CALENDAR.c.location == sa.bindparam("of_location", type_=sa.String())
)


@dataclass(slots=True)
class OpenCalendar:
    """The calendar of a location in one transaction, which holds its lock; what is put is written with the commit."""

    location: str
    calendar: LocationCalendar
    changes: int
    plan_changes: int
    _windows: dict[str, MachineWindow] = field(default_factory=dict)
    _leases: dict[str, WindowLease] = field(default_factory=dict)
    _plans: bool = False

    def put_window(self, window: MachineWindow) -> None:
        """Store a window as it is from now on."""
        self._windows[window.booking.window_id] = window
        self.calendar.put_window(window)

    def put_lease(self, held: WindowLease) -> None:
        """Store a lease as it is from now on."""
        self._leases[held.lease.lease_id] = held
        self.calendar.put_lease(held)

    def plans_changed(self, session: Session) -> None:
        """Take in the windows of a plan that this transaction has stored."""
        self._plans = True
        self.calendar.put_week_windows(load_week_windows(session, self.location, self.calendar.from_at))

    def write(self, session: Session) -> None:
        """Write what was put since the last time."""
        if not (self._windows or self._leases or self._plans):
            return
        self.changes += 1
        if self._plans:
            self.plan_changes = self.changes
        row = {"location": self.location, "changes": self.changes, "plan_changes": self.plan_changes}
        upsert(session, CALENDAR, [row])
        write_windows(session, self.location, self._windows.values(), self.changes)
        write_leases(session, self.location, self._leases.values(), self.changes)
        self._windows, self._leases, self._plans = {}, {}, False


class Calendars:
    """The calendars of all locations that were asked for. Threads may share it."""

    def __init__(self, *, database: Database, now: Callable[[], datetime], request_of: RequestOf) -> None:
        """Know none yet."""
        self._database = database
        self._now = now
        self._request_of = request_of
        self._kept: dict[str, OpenCalendar] = {}

    def open(self, session: Session, location: str) -> OpenCalendar:
        """Return the calendar of a location, up to date; nobody else decides about it until the transaction ends."""
        opened = self._opened(session)
        if location not in opened:
            self._database.lock(session, f"windows:{location}")
            opened[location] = self._up_to_date(session, location)
        return opened[location]

    def _opened(self, session: Session) -> dict[str, OpenCalendar]:
        if _OPENED not in session.info:
            session.info[_OPENED] = {}
            event.listen(session, "before_commit", _write)
            event.listen(session, "after_commit", self._keep)
            event.listen(session, "after_soft_rollback", _lose)
        opened: dict[str, OpenCalendar] = session.info[_OPENED]
        return opened

    def _up_to_date(self, session: Session, location: str) -> OpenCalendar:
        found = session.connection().execute(_CHANGES, {"of_location": location}).first()
        changes, plan_changes = (0, 0) if found is None else found
        kept = self._kept.pop(location, None)
        if kept is None or kept.changes > changes or self._now() - kept.calendar.from_at > FORGETS_EVERY + _SLACK:
            return self._read(session, OpenCalendar(location, self._empty(), changes, plan_changes))
        if kept.changes < changes:
            reading = WindowReading(session, location, self._request_of)
            if plan_changes > kept.changes:
                kept.calendar.put_week_windows(load_week_windows(session, location, kept.calendar.from_at))
            for window in reading.changed_after(kept.changes):
                kept.calendar.put_window(window)
            for held in reading.leases_changed_after(kept.changes):
                kept.calendar.put_lease(held)
            kept.changes, kept.plan_changes = changes, plan_changes
        return kept

    def _empty(self) -> LocationCalendar:
        return LocationCalendar(self._now() - _SLACK)

    def _read(self, session: Session, opened: OpenCalendar) -> OpenCalendar:
        calendar = opened.calendar
        reading = WindowReading(session, opened.location, self._request_of)
        calendar.put_week_windows(load_week_windows(session, opened.location, calendar.from_at))
        for window in reading.not_over(calendar.from_at):
            calendar.put_window(window)
        for held in reading.leases_down():
            calendar.put_lease(held)
        return opened

    def _keep(self, session: Session) -> None:
        if session.in_nested_transaction():
            return  # a savepoint: the rest of the transaction may yet be rolled back
        opened = session.info.get(_OPENED, {})
        self._kept |= opened
        opened.clear()


def _write(session: Session) -> None:
    for opened in session.info[_OPENED].values():
        opened.write(session)


def _lose(session: Session, _previous: Any) -> None:
    session.info[_OPENED].clear()
