"""Looks every minute what has become due: machines overdue, windows missed, machines retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from mweek_contracts.events import RequestedWork
from mweek_contracts.request_codes import WindowWithdrawnCode
from sqlmodel import Session

from mweek_planner.domain.leases import LeaseState
from mweek_planner.domain.requests import WindowRequest
from mweek_planner.handlers.entries import find_overdue
from mweek_planner.handlers.granting import Granting
from mweek_planner.handlers.window_desk import WindowDesk
from mweek_planner.storage import due

log = structlog.get_logger()


class WindowUpkeep:
    """Finds what nobody asks about. Every instance looks; the location's lock lets one of them find it."""

    def __init__(
        self, *, desk: WindowDesk, granting: Granting, request_of: Callable[[str, RequestedWork], WindowRequest]
    ) -> None:
        """Keep the collaborators."""
        self._desk = desk
        self._granting = granting
        self._request_of = request_of

    def look(self, session: Session, now: datetime) -> None:
        """Tell of all that is due."""
        for location in due.due_locations(session, now):
            self._look_at(session, location, now)

    def _look_at(self, session: Session, location: str, now: datetime) -> None:
        calendar = self._desk.calendar(session, location)  # from here on what is due is ours alone
        expired = due.expired_leases(session, location, now)
        for held in expired:
            find_overdue(self._desk, session, calendar, held)
        missed = due.missed_windows(session, location, now, self._request_of)
        for window in missed:
            self._granting.take(session, calendar, window, WindowWithdrawnCode.MISSED)
        told = {window.booking.window_id for window in missed}
        retired = due.windows_of_retired(session, location, now, self._request_of)
        for window in retired:
            if window.booking.window_id not in told:
                self._granting.take(session, calendar, window, WindowWithdrawnCode.RETIRED)
        for held in due.leases_given_up(session, location):
            calendar.put_lease(replace(held, lease=replace(held.lease, state=LeaseState.LEFT_OVERDUE)))
        log.info("windows-due", location=location, overdue=len(expired), missed=len(missed), retired=len(retired))
