"""A customer's weekly windows as UTC times, by other means: `zoneinfo` for each boundary, dateutil, recurring events.

Each is written as its documentation says, and gives the same as `WeeklyCalendar.occurrences`: times cut to what was
asked for, sorted, those that overlap or touch as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil import rrule, tz

Times = tuple[datetime, datetime]
WeeklyTimes = tuple[tuple[str, ...], str, str]
"""Days, start and end, as a customer writes them."""
Expansion = Callable[[datetime, datetime], list[Times]]
"""Returns the times from one instant to another. Peers are told before from when on they will be asked."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)
MONDAY = date(2026, 1, 5)


def by_boundaries(zone: str, weekly: Sequence[WeeklyTimes], begins: datetime) -> Expansion:
    """`datetime(…, tzinfo=ZoneInfo(zone))` for each opening and closing, which is what one writes first."""
    place = ZoneInfo(zone)
    clocks = [({DAYS.index(day) for day in days}, *_clocks(start, end)) for days, start, end in weekly]

    def expanded(from_at: datetime, until_at: datetime) -> list[Times]:
        found = []
        day, last = from_at.astimezone(place).date() - DAY, until_at.astimezone(place).date()
        while day <= last:
            for weekdays, starts, ends, days_later in clocks:
                if day.weekday() in weekdays:
                    opens_at = datetime.combine(day, starts, place).astimezone(UTC)
                    closes_at = datetime.combine(day + days_later, ends, place).astimezone(UTC)
                    found.append((opens_at, closes_at))
            day += DAY
        return _union(found, from_at, until_at)

    return expanded


def by_dateutil(zone: str, weekly: Sequence[WeeklyTimes], begins: datetime) -> Expansion:
    """`dateutil.rrule`, weekly on some days, with dateutil's own zones; a length of the clock added to each start.

    The rules are made once, and begin just before the time that is asked for: dateutil counts through all of its past.
    """
    place = tz.gettz(zone)
    rules = []
    for days, start, end in weekly:
        weekdays = [rrule.weekday(DAYS.index(day)) for day in days]
        first = datetime.combine(_monday_before(begins), _clocks(start, end)[0], place)
        rules.append((rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=weekdays), _length(start, end)))

    def expanded(from_at: datetime, until_at: datetime) -> list[Times]:
        found = []
        for rule, length in rules:
            for opens in rule.between(from_at - 2 * DAY, until_at, inc=True):
                found.append((opens.astimezone(UTC), (opens + length).astimezone(UTC)))
        return _union(found, from_at, until_at)

    return expanded


def by_recurring_events(zone: str, weekly: Sequence[WeeklyTimes], begins: datetime) -> Expansion:
    """`recurring_ical_events` over a calendar with an event for each weekly window; it is parsed once."""
    parsed = icalendar.Calendar.from_ical(_calendar(zone, weekly, _monday_before(begins)))

    def expanded(from_at: datetime, until_at: datetime) -> list[Times]:
        events = recurring_ical_events.of(parsed).between(from_at - 2 * DAY, until_at)
        found = [(event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)) for event in events]
        return _union(found, from_at, until_at)

    return expanded


def _monday_before(begins: datetime) -> date:
    """Return a Monday a week or two before."""
    return begins.date() - timedelta(days=begins.weekday() + 7)


def _calendar(zone: str, weekly: Sequence[WeeklyTimes], monday: date) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN"]
    for number, (days, start, end) in zip(count(), weekly, strict=False):
        starts, ends, later = _clocks(start, end)
        # The first occurrence is the start itself, whether or not the rule names its day: it has to be one of them.
        first = monday + timedelta(days=min(DAYS.index(day) for day in days))
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}@example.org",
            "DTSTAMP:20000101T000000Z",
            f"DTSTART;TZID={zone}:{datetime.combine(first, starts):%Y%m%dT%H%M%S}",
            f"DTEND;TZID={zone}:{datetime.combine(first + later, ends):%Y%m%dT%H%M%S}",
            f"RRULE:FREQ=WEEKLY;BYDAY={','.join(day[:2].upper() for day in days)}",
            "END:VEVENT",
        ]
    return "\r\n".join((*lines, "END:VCALENDAR", ""))


def _clocks(start: str, end: str) -> tuple[time, time, timedelta]:
    """Return the times of day, and how many days after its opening a window closes."""
    later = 1 if end == "24:00" or end <= start else 0
    return time.fromisoformat(start), time.fromisoformat("00:00" if end == "24:00" else end), later * DAY


def _length(start: str, end: str) -> timedelta:
    starts, ends, later = _clocks(start, end)
    return datetime.combine(MONDAY + later, ends) - datetime.combine(MONDAY, starts)


def _union(found: Iterable[Times], from_at: datetime, until_at: datetime) -> list[Times]:
    union: list[Times] = []
    for opens_at, closes_at in sorted(found):
        opens, closes = max(opens_at, from_at), min(closes_at, until_at)
        if opens >= closes:
            continue
        if union and opens <= union[-1][1]:
            union[-1] = (union[-1][0], max(closes, union[-1][1]))
        else:
            union.append((opens, closes))
    return union
