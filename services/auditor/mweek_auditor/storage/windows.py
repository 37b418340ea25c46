"""Windows that meet requests, with every revision that was told, and those of weeks that matter beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from mweek_timewindows import Window as Span
from sqlmodel import Session

from mweek_auditor.domain.windows.window import WeekWindow
from mweek_auditor.storage.rows import PLAN, REQUESTED, WINDOW

_LONGEST_WEEK: Final = timedelta(days=21)
"""Phases of a week may reach beyond it; no pattern is as long as three."""


_KNOWN: Final = sa.select(sa.literal(1)).where(
    REQUESTED.c.location == sa.bindparam("its_location"),
    REQUESTED.c.window_id == sa.bindparam("its_window"),
    REQUESTED.c.revision == sa.bindparam("its_revision"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRevision:
    """A revision as its message; see `rows.RequestedWindowRow`."""

    location: str
    window_id: str
    revision: int
    withdrawn: bool
    closes_at: datetime
    heard: int
    heard_at: datetime
    body: str


def is_known(session: Session, location: str, window_id: str, revision: int) -> bool:
    """Return whether a revision was heard before: a stream that was made anew tells all once more."""
    this = {"its_location": location, "its_window": window_id, "its_revision": revision}
    return session.connection().execute(_KNOWN, this).first() is not None


def store_revision(session: Session, told: ToldRevision) -> None:
    """Keep a revision."""
    upsert(session, REQUESTED, [asdict(told)])


def told_revisions(session: Session, location: str, since: datetime) -> tuple[ToldRevision, ...]:
    """Return all revisions of the windows of which any ends after an instant."""
    query = sa.select(REQUESTED).where(
        REQUESTED.c.location == location, REQUESTED.c.window_id.in_(recent(location, since))
    )
    return tuple(ToldRevision(**row) for row in session.connection().execute(query).mappings())


def recent(location: str, since: datetime) -> sa.Select[Any]:
    """Return the query for the ids of the windows of which any revision ends after an instant."""
    return sa.select(REQUESTED.c.window_id).where(REQUESTED.c.location == location, REQUESTED.c.closes_at > since)


def week_windows(session: Session, location: str, since: datetime) -> tuple[WeekWindow, ...]:
    """Return the windows of weeks that end after an instant."""
    weeks = list(planned_weeks(session, location, since))
    query = sa.select(WINDOW).where(
        WINDOW.c.location == location,
        WINDOW.c.week.in_(weeks),
        WINDOW.c.parent.is_(False),
        WINDOW.c.closes_at > since,
    )
    return tuple(
        WeekWindow(machine=row.machine, week=row.week, time=Span(row.opens_at, row.closes_at), number=row.heard)
        for row in (session.connection().execute(query) if weeks else ())
    )


def planned_weeks(session: Session, location: str, since: datetime) -> dict[str, int]:
    """Return the weeks of which windows may end after an instant, with the number of the revision that stands."""
    year, week, _ = (since - _LONGEST_WEEK).isocalendar()
    query = sa.select(PLAN.c.week, PLAN.c.heard).where(
        PLAN.c.location == location, PLAN.c.week >= f"{year}-W{week:02d}"
    )
    return {row.week: row.heard for row in session.connection().execute(query)}


def forget_windows_before(session: Session, instant: datetime) -> None:
    """Forget the windows that were over before an instant."""
    later = sa.select(REQUESTED.c.window_id).where(REQUESTED.c.closes_at >= instant)
    session.connection().execute(
        sa.delete(REQUESTED).where(REQUESTED.c.closes_at < instant, REQUESTED.c.window_id.not_in(later))
    )
