"""The windows of maintenance weeks as machines know them: one each, from the revision of the plan that stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from mweek_contracts.weeks import week_of
from mweek_timewindows import Window
from sqlmodel import Session

from mweek_planner.domain.requests import Booking, BookingKind
from mweek_planner.interfaces import MachineWindow
from mweek_planner.storage.rows import MACHINE, WINDOW

_A_WEEK: Final = timedelta(days=7)
_STANDING: Final = (
    sa.select(
        WINDOW.c.week,
        WINDOW.c.machine,
        WINDOW.c.since_revision,
        WINDOW.c.opens_at,
        WINDOW.c.closes_at,
        WINDOW.c.customer,
        MACHINE.c.redundancy_group,
    )
    .outerjoin_from(
        WINDOW, MACHINE, sa.and_(MACHINE.c.location == WINDOW.c.location, MACHINE.c.name == WINDOW.c.machine)
    )
    .where(WINDOW.c.until_revision.is_(None))
)


def week_window_id(week: str, machine: str) -> str:
    """Return how a machine names its window of a week: `2026-W49/acme03`."""
    return f"{week}/{machine}"


def load_week_windows(session: Session, location: str, from_at: datetime) -> Iterable[MachineWindow]:
    """Return the windows of weeks that close after an instant; their latest start depends on who enters."""
    query = _STANDING.where(
        WINDOW.c.location == location,
        # A phase may reach into the week after its own.
        WINDOW.c.week >= week_of(from_at - _A_WEEK),
        WINDOW.c.closes_at > from_at,
    )
    return (_window(*row) for row in session.connection().execute(query))


def _window(
    week: str, machine: str, since: int, opens_at: datetime, closes_at: datetime, *counts_for: Any
) -> MachineWindow:
    customer, group = counts_for
    booking = Booking(
        window_id=week_window_id(week, machine),
        machine=machine,
        window=Window(opens_at, closes_at),
        kind=BookingKind.WEEK,
        customer=customer,
        redundancy_group=group,
    )
    return MachineWindow(booking=booking, not_after=opens_at, revision=since, week=week)
