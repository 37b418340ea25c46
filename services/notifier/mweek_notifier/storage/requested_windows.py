"""Windows that machines requested, as they stand; and the occasions on which customers will be told of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mweek_outbox.upsert import upsert
from sqlalchemy import and_, delete, select
from sqlmodel import Session

from mweek_notifier.domain.gathering import Gathering
from mweek_notifier.domain.requested_window import ADHOC, RequestedWindow
from mweek_notifier.domain.window import Slot
from mweek_notifier.storage.rows import GATHERING, REQUESTED_WINDOW, WINDOW_NEWS


def load_window(session: Session, location: str, window_id: str) -> RequestedWindow | None:
    """Return a window as it stands; None where none is known."""
    columns = REQUESTED_WINDOW.c
    this = select(REQUESTED_WINDOW).where(columns.location == location, columns.window_id == window_id)
    row = session.connection().execute(this).first()
    return None if row is None else _window(row)


def store_window(session: Session, window: RequestedWindow) -> None:
    """Make this what stands."""
    row = {
        "location": window.location,
        "window_id": window.window_id,
        "machine": window.machine,
        "revision": window.revision,
        "significant_revision": window.significant_revision,
        "opens_at": window.slot.opens_at,
        "closes_at": window.slot.closes_at,
        "customer": window.customer,
        "affects": list(window.affects),
        "downtime_minutes": window.downtime_minutes,
        "reboots": window.reboots,
        "urgent": window.urgent,
        "reasons": list(window.reasons),
        "withdrawn": window.withdrawn,
    }
    upsert(session, REQUESTED_WINDOW, [row])


@dataclass(frozen=True, slots=True)
class Place:
    """Whose news: a customer's, in a location."""

    location: str
    customer: str


@dataclass(frozen=True, slots=True)
class Cause:
    """The last message of an occasion, and the first of its chain."""

    causation_id: str
    correlation_id: str


def store_news(session: Session, place: Place, window_ids: Iterable[str], *, now: datetime) -> None:
    """Remember that a customer may have to be told something of windows."""
    here = {"location": place.location, "customer": place.customer, "heard_at": now}
    upsert(session, WINDOW_NEWS, [{**here, "window_id": window_id} for window_id in sorted(set(window_ids))])


def load_news(session: Session, place: Place) -> tuple[RequestedWindow, ...]:
    """Return the windows of which a customer may have to be told something."""
    columns, news = REQUESTED_WINDOW.c, WINDOW_NEWS.c
    same = and_(columns.location == news.location, columns.window_id == news.window_id)
    found = select(REQUESTED_WINDOW).join(WINDOW_NEWS, same)
    here = found.where(news.location == place.location, news.customer == place.customer)
    return tuple(_window(row) for row in session.connection().execute(here))


def load_gathering(session: Session, place: Place) -> tuple[Gathering, Cause] | None:
    """Return the occasion that a customer's news wait for; None where none do."""
    row = session.connection().execute(select(GATHERING).where(*_at(GATHERING, place))).first()
    if row is None:
        return None
    gathering = Gathering(begun_at=row.begun_at, due_at=row.due_at, opens_at=row.opens_at)
    return gathering, Cause(row.causation_id, row.correlation_id)


def store_gathering(session: Session, place: Place, gathering: Gathering, cause: Cause) -> None:
    """Store the occasion of a customer's news."""
    row = {
        "location": place.location,
        "customer": place.customer,
        "begun_at": gathering.begun_at,
        "due_at": gathering.due_at,
        "opens_at": gathering.opens_at,
        "causation_id": cause.causation_id,
        "correlation_id": cause.correlation_id,
    }
    upsert(session, GATHERING, [row])


def load_due_places(session: Session, now: datetime, *, limit: int) -> list[Place]:
    """Return whose occasions are over, the longest waiting first."""
    columns = GATHERING.c
    found = select(columns.due_at, columns.location, columns.customer).where(columns.due_at <= now)
    rows = session.connection().execute(found.order_by(columns.due_at).limit(limit)).all()
    # Databases sort texts in ways of their own.
    return [Place(location, customer) for _, location, customer in sorted(tuple(row) for row in rows)]


def end_gathering(session: Session, place: Place) -> None:
    """Forget an occasion and its news: they are in the ledger now."""
    for table in (WINDOW_NEWS, GATHERING):
        session.connection().execute(delete(table).where(*_at(table, place)))


def _at(table: Any, place: Place) -> Collection[Any]:
    return table.c.location == place.location, table.c.customer == place.customer


def _window(row: Any) -> RequestedWindow:
    return RequestedWindow(
        location=row.location,
        window_id=row.window_id,
        machine=row.machine,
        revision=row.revision,
        significant_revision=row.significant_revision,
        slot=Slot(row.opens_at, row.closes_at, ADHOC),
        customer=row.customer,
        affects=tuple(row.affects),
        downtime_minutes=row.downtime_minutes,
        reboots=row.reboots,
        urgent=row.urgent,
        reasons=tuple(row.reasons),
        withdrawn=row.withdrawn,
    )
