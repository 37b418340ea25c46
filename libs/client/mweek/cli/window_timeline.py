"""Draws which rule closes which hours: a row for each day of the customer's zone, a letter for each half hour. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from mweek_contracts.explanation import Explanation
from mweek_contracts.request_codes import ClosingRule
from mweek_timewindows import Window
from rich.text import Text

HALF_HOUR: Final = timedelta(minutes=30)
HOUR: Final = timedelta(hours=1)
WIDEST: Final = 61
"""Columns of a row with half hours; where there are fewer, a letter is an hour."""
_RULER: Final = timedelta(hours=4)
_LABEL: Final = 10
_INDENT: Final = 2


class Mark(NamedTuple):
    """What a letter of the timeline says."""

    letter: str
    meaning: str
    style: str
    is_rule: bool = False


HAS: Final = Mark("#", "the window that it has", "bold green")
WOULD_GET: Final = Mark("+", "the window that it would get now", "bold green")
OPEN: Final = Mark("·", "open", "")
UNTOLD: Final = Mark("?", "the planner did not say: further ahead than it looks, or too much is closed", "dim")
OVER: Final = Mark(" ", "over", "")

RULES: Final[Mapping[ClosingRule, tuple[str, str]]] = {
    ClosingRule.NOTICE: ("n", "yellow"),
    ClosingRule.NOT_BEFORE: ("<", "blue"),
    ClosingRule.DEADLINE: (">", "blue"),
    ClosingRule.ACCEPTABLE_TIMES: ("-", "dim"),
    ClosingRule.BLACKOUT: ("b", "red"),
    ClosingRule.OWN_WINDOW: ("o", "cyan"),
    ClosingRule.REDUNDANCY: ("r", "magenta"),
    ClosingRule.CUSTOMER_LIMIT: ("m", "magenta"),
    ClosingRule.CAPACITY: ("c", "magenta"),
    ClosingRule.LENGTH: ("s", "yellow"),
}
"""A letter for each, and a colour that is not needed to tell it from the others."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some days in a zone, drawn."""

    lines: tuple[Text, ...]
    legend: tuple[Mark, ...]
    """What the letters mean that were drawn."""
    covers: Window
    """The days that were drawn."""


def draw_timeline(seen: Explanation, *, zone: tzinfo, days: int, cell: timedelta = HALF_HOUR) -> Timeline:
    """Return so many days from now on.

    A cell of which any part is closed is closed; of several rules the first is shown, in the order of `ClosingRule`.
    Where clocks change, the hours above the row are those of that day, and so are those above the next.
    """
    today = seen.looked_from.astimezone(zone).date()
    rulers: tuple[str, str] | None = None
    lines: list[Text] = []
    used: dict[str, Mark] = {}
    marks = _Marks(seen)
    rows = [_cells(today + timedelta(days=number), zone, cell) for number in range(days)]
    for number, cells in enumerate(rows):
        if (hours := _rulers(cells, zone)) != rulers:
            rulers = hours
            lines += [Text(f"{label:{_LABEL}} {ruler}", style="dim") for label, ruler in _labelled(zone, hours)]
        day = today + timedelta(days=number)
        line = Text(f"{day:%a} {day.day:>2} {day:%b} ")
        for mark in marks.of(cells):
            used[mark.letter] = mark
            line.append(mark.letter, style=mark.style)
        lines.append(line)
    order = [HAS, WOULD_GET, OPEN, *marks.of_rules, UNTOLD]
    covers = Window(rows[0][0].opens_at, rows[-1][-1].closes_at)
    return Timeline(tuple(lines), tuple(mark for mark in order if mark.letter in used), covers)


def cell_for(width: int) -> timedelta:
    """Return how much time a letter has to stand for on a terminal of so many columns."""
    return HALF_HOUR if width >= WIDEST else HOUR


class _Marks:
    """Finds the letters of cells, which come in order."""

    def __init__(self, seen: Explanation) -> None:
        self._seen = seen
        texts = {one.rule: one.text for one in seen.rules}
        self._of = {
            rule: Mark(letter, texts.get(rule, rule.value), style, is_rule=True)
            for rule, (letter, style) in RULES.items()
        }
        self._windows = [
            (mark, Window(window.not_before, window.must_end_by))
            for mark, window in ((HAS, seen.has), (WOULD_GET, seen.would_get))
            if window is not None
        ]

    @property
    def of_rules(self) -> Sequence[Mark]:
        return tuple(self._of.values())

    def of(self, cells: Sequence[Window]) -> Iterator[Mark]:
        """Yield the mark of each cell of a day."""
        first, end = cells[0].opens_at, cells[-1].closes_at
        closed = [one for one in self._seen.exclusions if one.starts_at < end and first < one.ends_at]
        for cell in cells:
            rules = {one.rule for one in closed if one.starts_at < cell.closes_at and cell.opens_at < one.ends_at}
            yield self._mark(cell, rules)

    def _mark(self, cell: Window, rules: set[ClosingRule]) -> Mark:
        for mark, window in self._windows:
            if window.overlaps(cell):
                return mark
        if cell.closes_at <= self._seen.looked_from:
            return OVER
        if cell.opens_at >= self._seen.exclusions_until:
            return UNTOLD
        return next((self._of[rule] for rule in RULES if rule in rules), OPEN)


def _cells(day: date, zone: tzinfo, cell: timedelta) -> tuple[Window, ...]:
    """Return a day in a zone as cells of real time: 46 or 50 half hours where the clocks change."""
    at, end = (datetime.combine(one, time.min, tzinfo=zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    found = []
    while at < end:
        found.append(Window(at, min(at + cell, end)))
        at += cell
    return tuple(found)


def _rulers(cells: Sequence[Window], zone: tzinfo) -> tuple[str, str]:
    """Return the local hours above the cells of a day, and those of UTC."""
    return _ruler(cells, zone), _ruler(cells, UTC)


def _ruler(cells: Sequence[Window], zone: tzinfo) -> str:
    """Return the time every four hours; every eight where they are not on the hour and take more room."""
    every = _RULER // (cells[0].closes_at - cells[0].opens_at)
    shape = "%H" if not any(cell.opens_at.astimezone(zone).minute for cell in cells[::every]) else "%H:%M"
    if len(f"{cells[0].opens_at:{shape}}") >= every:
        every *= 2
    times = [cell.opens_at.astimezone(zone) for cell in cells[::every]]
    return "".join(f"{at:{shape}}".ljust(every) for at in times).rstrip()


def _labelled(zone: tzinfo, rulers: tuple[str, str]) -> Iterator[tuple[str, str]]:
    local, universal = rulers
    if str(zone) != str(UTC):
        yield "local", local
    yield "UTC", universal
