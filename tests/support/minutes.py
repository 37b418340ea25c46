"""The brute-force judge of weekly calendars: looks at the wall clock of every minute and shares no code with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WeeklyTimes = tuple[Sequence[str], str, str]
"""Days, start and end of one weekly window, as a customer writes them."""


def acceptable_runs(
    zone: str, calendar: Iterable[WeeklyTimes], from_at: datetime, until_at: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the longest runs `[first, last + 1 minute)` of acceptable minutes, between two whole minutes."""
    windows = [(days, _minute(start), _minute(end)) for days, start, end in calendar]
    wanted = [[_is_wanted(windows, day, minute) for minute in range(24 * 60)] for day in range(7)]
    runs: list[tuple[datetime, datetime]] = []
    for instant, local in _minutes(ZoneInfo(zone), from_at, until_at):
        if not wanted[local.weekday()][local.hour * 60 + local.minute]:
            continue
        if runs and runs[-1][1] == instant:
            runs[-1] = (runs[-1][0], instant + MINUTE)
        else:
            runs.append((instant, instant + MINUTE))
    return runs


def days_around_changes(zone: str, year: int, *, days: int) -> list[tuple[datetime, datetime]]:
    """Return the spans of so many days on either side of each change of the zone's clocks in a year."""
    there, spans = ZoneInfo(zone), []
    for day in range(365):
        before = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
        after = before + timedelta(days=1)
        if before.astimezone(there).utcoffset() != after.astimezone(there).utcoffset():
            spans.append((before - timedelta(days=days), after + timedelta(days=days)))
    return spans


def _minutes(zone: ZoneInfo, from_at: datetime, until_at: datetime) -> Iterator[tuple[datetime, datetime]]:
    instant = from_at
    while instant < until_at:
        yield instant, instant.astimezone(zone)
        instant += MINUTE


def _is_wanted(windows: Iterable[tuple[Sequence[str], int, int]], day: int, minute: int) -> bool:
    for days, opens, closes in windows:
        if closes > opens:
            if DAYS[day] in days and opens <= minute < closes:
                return True
        elif (DAYS[day] in days and minute >= opens) or (DAYS[day - 1] in days and minute < closes):
            return True
    return False


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
