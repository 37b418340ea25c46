"""Writes times for people: short, with the zone named, and never without it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def span(opens_at: datetime, closes_at: datetime, zone: tzinfo = UTC) -> str:
    """Return `[opens_at, closes_at)` like `Mon 30 Nov 09:00–13:00`, without the zone's name."""
    opens, closes = opens_at.astimezone(zone), closes_at.astimezone(zone)
    if opens.date() == closes.date():
        return f"{_day(opens)} {opens:%H:%M}–{closes:%H:%M}"
    return f"{_day(opens)} {opens:%H:%M} – {_day(closes)} {closes:%H:%M}"


def instant(at: datetime) -> str:
    """Return an instant like `Mon 23 Nov 2026 08:00 UTC`."""
    at = at.astimezone(UTC)
    return f"{_day(at)} {at:%Y %H:%M} UTC"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b}"
