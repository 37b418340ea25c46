"""ISO 8601 weeks, written as `2026-W49`, and the UTC instants that they begin at. Standard library only."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

WEEK_PATTERN: Final = r"^[0-9]{4}-W[0-9]{2}$"


def parse_week(text: str) -> tuple[int, int]:
    """Return (ISO year, ISO week) of a text like `2026-W49`.

    Raises:
        ValueError: it is no ISO 8601 week, or the year has no such week (2027 has no week 53).
    """
    if not re.fullmatch(WEEK_PATTERN, text):
        raise ValueError(f"{text!r} is not an ISO week such as 2026-W49")
    year, week = int(text[:4]), int(text[6:])
    try:
        date.fromisocalendar(year, week, 1)
    except ValueError:
        raise ValueError(f"the year {year} has no ISO week {week}") from None
    return year, week


def week_starts_at(text: str) -> datetime:
    """Return Monday 00:00 UTC of an ISO week; raises ValueError as `parse_week` does."""
    year, week = parse_week(text)
    monday = date.fromisocalendar(year, week, 1)
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)


def week_of(instant: datetime) -> str:
    """Return the ISO week that an instant lies in, in UTC, like `2026-W49`."""
    year, week, _ = instant.astimezone(UTC).isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_after(text: str, weeks: int = 1) -> str:
    """Return the ISO week that is so many weeks later."""
    return week_of(week_starts_at(text) + timedelta(weeks=weeks))
