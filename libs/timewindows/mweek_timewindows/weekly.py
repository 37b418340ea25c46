"""Weekly calendars in a zone: local wall-clock times of each week, and the UTC windows that they come to.

An instant is acceptable when its wall-clock time in the zone lies inside an occurrence of one of the weekly windows. So
an hour that the clocks leave out is gone, and one that they repeat counts twice; a window across a change is an hour
shorter or longer than its two times say, or is two windows.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mweek_timewindows.window import Window, in_utc
from mweek_timewindows.zone import DAY, EPOCH, MICROSECOND, SECOND, Span, check_zone, microseconds, spans

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ISO 8601."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_END_OF_DAY: Final = "24:00"
_WEEK: Final = 7 * DAY
_MONDAY: Final = -WEEKDAYS.index("thu") * DAY
"""The Monday before 1970-01-01, instant 0 of the reckoning, which was a Thursday."""

Pieces = list[tuple[int, int]]
"""Times `[opens, closes)` in microseconds, sorted, none touching the next."""


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

    def _since_monday(self) -> Iterable[tuple[int, int]]:
        """Return start and end on each of its days, in microseconds since the local midnight of Monday."""
        start, end = _since_midnight(self.start), _since_midnight(self.end)
        length = end - start if end > start else end + DAY - start
        for day in self.days:
            opens = WEEKDAYS.index(day) * DAY + start
            yield opens, opens + length


@dataclass(frozen=True, slots=True)
class WeeklyCalendar:
    """The acceptable times of each week, in an IANA zone. Without windows nothing is acceptable.

    Raises:
        UnknownZoneError: a ValueError; the zone database does not have the zone.
    """

    zone: str
    windows: tuple[WeeklyWindow, ...]
    _week: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The local times of a week, in microseconds since Monday; the last may reach into the next week."""
    _opens: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _closes: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)
    _meets_next: bool = field(init=False, repr=False, compare=False)
    """Whether what a week has at its end touches what the next one has."""

    def __post_init__(self) -> None:
        """Work out the local times of a week once: all weeks are alike but for the clocks."""
        check_zone(self.zone)
        week = _merged(sorted(times for window in self.windows for times in window._since_monday()))  # noqa: SLF001  same file
        object.__setattr__(self, "_hash", hash((self.zone, self.windows)))
        object.__setattr__(self, "_week", tuple(week))
        object.__setattr__(self, "_opens", tuple(opens for opens, _ in week))
        object.__setattr__(self, "_closes", tuple(closes for _, closes in week))
        object.__setattr__(self, "_meets_next", bool(week) and week[-1][1] >= _WEEK + week[0][0])

    def __hash__(self) -> int:
        """Return what was worked out once: a calendar is what its times of a week are kept by."""
        return self._hash

    def contains(self, instant: datetime) -> bool:
        """Return whether an aware instant is acceptable; raises ValueError for a naive one."""
        at = microseconds(in_utc(instant))
        return bool(self.pieces(at, at + 1))

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
        pieces = self.pieces(starts, ends)
        return tuple(Window(EPOCH + opens * MICROSECOND, EPOCH + closes * MICROSECOND) for opens, closes in pieces)

    def pieces(self, starts: int, ends: int) -> Pieces:
        """Return what `occurrences` does as integers: several times as fast, for making a window costs more than that.

        Args:
            starts: microseconds since 1970 UTC; `ends` likewise, and so are the pieces.
        """
        union: Pieces = []
        for span in spans(self.zone, starts, ends):
            found = self._in_span(span)
            if union and found and found[0][0] == union[-1][1]:
                union[-1] = union[-1][0], found[0][1]
                del found[0]
            union += found
        return union

    def _in_span(self, span: Span) -> Pieces:
        """Return the pieces of local windows that lie in a span of constant offset, in UTC."""
        week, monday = self._week, _MONDAY - span.offset
        if not week:
            return []
        first, since_first = divmod(span.starts - monday, _WEEK)
        last, since_last = divmod(span.ends - monday, _WEEK)
        begins = monday + first * _WEEK
        found = [(at + opens, at + closes) for at in range(begins, span.ends + 1, _WEEK) for opens, closes in week]
        found = found[
            bisect_right(self._closes, since_first) : (last - first) * len(week) + bisect_left(self._opens, since_last)
        ]
        if self._closes[-1] - _WEEK > since_first:  # what the week before has at its end goes on
            found.insert(0, (span.starts, begins - _WEEK + self._closes[-1]))
        if self._meets_next:
            found = _merged(found)
        if found:
            found[0] = max(found[0][0], span.starts), found[0][1]
            found[-1] = found[-1][0], min(found[-1][1], span.ends)
        return found


def _merged(times: Iterable[tuple[int, int]]) -> Pieces:
    """Return sorted times as the fewest: those that overlap or touch become one."""
    union: Pieces = []
    for opens, closes in times:
        if union and opens <= union[-1][1]:
            union[-1] = union[-1][0], max(closes, union[-1][1])
        else:
            union.append((opens, closes))
    return union


def _since_midnight(clock: str) -> int:
    return (int(clock[:2]) * 3_600 + int(clock[3:]) * 60) * SECOND
