"""The calendar events of customers, as they were told last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mweek_outbox.upsert import upsert
from sqlalchemy import select
from sqlmodel import Session

from mweek_notifier.domain.calendar_event import CalendarEvent
from mweek_notifier.domain.window import Slot
from mweek_notifier.storage.rows import CALENDAR_EVENT


def load_events(session: Session, location: str, week: str) -> dict[str, tuple[CalendarEvent, ...]]:
    """Return the events of a week by customer."""
    columns = CALENDAR_EVENT.c
    found = select(CALENDAR_EVENT).where(columns.location == location, columns.week == week)
    events: dict[str, list[CalendarEvent]] = {}
    rows = session.connection().execute(found).all()
    for row in sorted(rows, key=lambda row: (row.phase, row.number)):  # databases sort texts in ways of their own
        slot = Slot(row.opens_at, row.closes_at, row.phase)
        event = CalendarEvent(row.uid, slot, row.number, row.sequence, row.cancelled)
        events.setdefault(row.customer, []).append(event)
    return {customer: tuple(listed) for customer, listed in events.items()}


def store_events(session: Session, location: str, week: str, events: Mapping[str, Iterable[CalendarEvent]]) -> None:
    """Store the events of customers, by customer."""
    rows = [
        {
            "location": location,
            "week": week,
            "customer": customer,
            "phase": event.slot.phase,
            "number": event.number,
            "uid": event.uid,
            "sequence": event.sequence,
            "opens_at": event.slot.opens_at,
            "closes_at": event.slot.closes_at,
            "cancelled": event.cancelled,
        }
        for customer, listed in events.items()
        for event in listed
    ]
    upsert(session, CALENDAR_EVENT, rows)
