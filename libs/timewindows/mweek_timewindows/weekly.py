"""Weekly calendars in a zone: local wall-clock times of each week, and the UTC windows that they come to.

An instant is acceptable when its wall-clock time in the zone lies inside an occurrence of one of the weekly windows. So
an hour that the clocks leave out is gone, and one that they repeat counts twice; a window across a change is an hour
shorter or longer than its two times say, or is two windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mweek_timewindows.window import Window, in_utc
from mweek_timewindows.zone import DAY, EPOCH, MICROSECOND, SECOND, Span, check_zone, microseconds, spans

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ISO 8601."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_END_OF_DAY: Final = "24:00"
_THURSDAY: Final = WEEKDAYS.index("thu")
"""1970-01-01, day 0 of the reckoning, was one."""


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Local times `[start, end)` on some weekdays. An end at or before the start is on the next day.

    The window belongs to the day it opens: `WeeklyWindow(("sat",), "23:00", "01:00")` admits Sunday 00:30, not Saturday
    00:30. Times are `HH:MM`; the end may be `24:00`. Days are of `WEEKDAYS`; a StrEnum with these values will do.

    Raises:
        ValueError: no day, an unknown day or one named twice; no time of day; start and end are the same.
    """

    days: tuple[str, ...]
    start: str
    end: str

    def __post_init__(self) -> None:
        """Refuse what is no weekly window."""
        if not self.days or len(set(self.days)) != len(self.days) or not set(self.days) <= set(WEEKDAYS):
            raise ValueError(f"days {self.days!r} must be one or more of {', '.join(WEEKDAYS)}, each once")
        if not _CLOCK.fullmatch(self.start):
            raise ValueError(f"start {self.start!r} is not a local time from 00:00 to 23:59")
        if self.end != _END_OF_DAY and not _CLOCK.fullmatch(self.end):
            raise ValueError(f"end {self.end!r} is not a local time from 00:00 to 24:00")
        if self.start == self.end:
            raise ValueError(f"start and end are both {self.start}: write 00:00 to 24:00 for a whole day")

    @property
    def crosses_midnight(self) -> bool:
        """Whether it ends on the day after the one it opens; an end at 24:00 or 00:00 does not reach into that day."""
        return self.end < self.start and self.end != "00:00"

    def _on(self, weekday: str) -> tuple[tuple[int, int], ...]:
        """Return start and end in microseconds since the local midnight of the weekday, or nothing."""
        if weekday not in self.days:
            return ()
        start, end = _since_midnight(self.start), _since_midnight(self.end)
        return ((start, end if end > start else end + DAY),)


@dataclass(frozen=True, slots=True)
class WeeklyCalendar:
    """The acceptable times of each week, in an IANA zone. Without windows nothing is acceptable.

    Raises:
        UnknownZoneError: a ValueError; the zone database does not have the zone.
    """

    zone: str
    windows: tuple[WeeklyWindow, ...]
    _days: tuple[tuple[tuple[int, int], ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out the local times of each weekday once."""
        check_zone(self.zone)
        days = tuple(
            tuple(sorted(times for window in self.windows for times in window._on(weekday)))  # noqa: SLF001  same file
            for weekday in WEEKDAYS
        )
        object.__setattr__(self, "_days", days)

    def contains(self, instant: datetime) -> bool:
        """Return whether an aware instant is acceptable; raises ValueError for a naive one."""
        at = microseconds(in_utc(instant))
        return any(True for span in spans(self.zone, at, at + 1) for _ in self._in_span(span))

    def admits(self, window: Window) -> bool:
        """Return whether the whole window is acceptable, across occurrences that touch or overlap too."""
        return self.occurrences(window.opens_at, window.closes_at) == (window,)

    def occurrences(self, from_at: datetime, until_at: datetime) -> tuple[Window, ...]:
        """Return the acceptable time of `[from_at, until_at)` as UTC windows, sorted, none touching the next.

        An occurrence that reaches over an end of the asked time is cut there. Empty where the end is not after the
        start.

        Raises:
            ValueError: a datetime is naive.
        """
        starts, ends = microseconds(in_utc(from_at, "from_at")), microseconds(in_utc(until_at, "until_at"))
        union: list[tuple[int, int]] = []
        for span in spans(self.zone, starts, ends):
            for opens, closes in self._in_span(span):
                if union and opens <= union[-1][1]:
                    union[-1] = (union[-1][0], max(closes, union[-1][1]))
                else:
                    union.append((opens, closes))
        return tuple(Window(EPOCH + opens * MICROSECOND, EPOCH + closes * MICROSECOND) for opens, closes in union)

    def _in_span(self, span: Span) -> Iterator[tuple[int, int]]:
        """Yield the pieces of local windows that lie in a span of constant offset, in UTC, sorted by their start."""
        local_starts, local_ends = span.starts + span.offset, span.ends + span.offset
        # The day before too: its windows may reach over midnight.
        for day in range(local_starts // DAY - 1, (local_ends - 1) // DAY + 1):
            for opens, closes in self._days[(day + _THURSDAY) % 7]:
                start, end = max(day * DAY + opens, local_starts), min(day * DAY + closes, local_ends)
                if start < end:
                    yield start - span.offset, end - span.offset


def _since_midnight(clock: str) -> int:
    return (int(clock[:2]) * 3_600 + int(clock[3:]) * 60) * SECOND
