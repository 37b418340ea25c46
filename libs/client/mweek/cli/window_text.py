"""Writes what is known of a wish for a window: for people with a timeline, for programs as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta, tzinfo
from typing import Final

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowRefusedV1,
)
from mweek_contracts.explanation import Explanation, PossibleWindow
from mweek_contracts.replies import WindowTimes
from mweek_contracts.request_codes import WindowChange
from mweek_timewindows import Window
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.plan_json import Json, plain
from mweek.cli.times import instant, span
from mweek.cli.window_timeline import HALF_HOUR, Timeline, cell_for, draw_timeline
from mweek.window_explanation import ToldRequest, WindowExplanation
from mweek.window_story import WindowHistoryEvent

FEWEST_DAYS: Final = 3
MOST_DAYS: Final = 14
"""Of a timeline, where nobody says how long it is to be: as far as the window, if that comes sooner."""


def explanation_text(one: WindowExplanation, *, days: int | None, width: int) -> Iterator[RenderableType]:
    """Yield who wishes what, what came of it, what would come of it now, and the timeline."""
    machine = one.machine
    owner = f"customer {machine.customer}" if machine.customer else "the operator's own"
    yield Text.assemble((machine.name, "bold"), f": {owner}, in {machine.location}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _rows(one):
        table.add_row(label, text)
    yield Padding(table, (0, 0, 1, 2))
    yield from _timeline_text(one, days or _days(one), width)


def explanation_json(one: WindowExplanation) -> Json:
    """Return the same for programs, times in UTC."""
    told = one.told
    story, refusal = (told.story, told.refusal) if told else (None, None)
    return {
        "machine": one.machine.name,
        "location": one.machine.location,
        "customer": one.machine.customer,
        "timezone": one.zone.key if one.zone else None,
        "request": plain(told.work) if told else None,
        "state": "refused" if refusal else story.state.value if story else None,
        "window": plain(story.grant) if story else None,
        "refusal": plain(refusal) if refusal else None,
        "history": [{"event": event.message_type, **plain(event)} for event in (told.history if told else ())],
        "explained_at": one.seen_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "explanation": plain(one.seen),
    }


def _timeline_text(one: WindowExplanation, days: int, width: int) -> Iterator[RenderableType]:
    cell = cell_for(width)
    drawn = draw_timeline(one.seen, zone=_zone(one), days=days, cell=cell)
    zone = one.zone.key if one.zone else "UTC"
    letter = "half an hour" if cell == HALF_HOUR else "an hour"
    yield f"Each day of {zone} from now on, {letter} a letter:"
    yield Padding(Text("\n", no_wrap=True).join(drawn.lines), (0, 0, 1, 2))
    legend = Table.grid(padding=(0, 2, 0, 0))
    for mark in drawn.legend:
        legend.add_row(Text(mark.letter, style=mark.style), mark.meaning)
    yield Padding(legend, (0, 0, 0, 2))
    if sum(mark.is_rule for mark in drawn.legend) > 1:
        yield Text("\nWhere several of them close a time, the first is shown.", style="dim")
    yield from _unseen(one.seen, drawn)


def _unseen(seen: Explanation, drawn: Timeline) -> Iterator[RenderableType]:
    """Yield what the days that are drawn do not show."""
    window = seen.would_get or seen.has
    if window is not None and window.not_before >= drawn.covers.closes_at:
        needed = (window.must_end_by - drawn.covers.opens_at) // timedelta(days=1) + 1
        yield f"\nThe window lies further ahead: --days {needed} shows it."


def _zone(one: WindowExplanation) -> tzinfo:
    return one.zone or UTC


def _days(one: WindowExplanation) -> int:
    """Return how many days show the windows and the day behind, if they are not too many."""
    today = one.seen.looked_from.astimezone(_zone(one)).date()
    ends = [window.must_end_by.astimezone(_zone(one)).date() for window in (one.seen.has, one.seen.would_get) if window]
    needed = max(((end - today).days + 2 for end in ends), default=7)
    return min(max(needed, FEWEST_DAYS), MOST_DAYS)


def _rows(one: WindowExplanation) -> Iterator[tuple[str, str]]:
    told, seen = one.told, one.seen
    if told is not None:
        yield "asked", f"{instant(told.work.requested_at)}, request {told.work.request_id}"
        yield "for", told.work.reason
    yield "wish", f"{'for an update, ' if one.is_update else ''}{_wish(seen)}"
    if told is not None:
        yield from _outcome(one, told)
        yield from _history(told.history)
    yield from _now(one)


def _wish(seen: Explanation) -> str:
    wish = seen.wish
    parts = [f"{wish.estimated_minutes} minutes down, a window of {seen.length_minutes} minutes"]
    if wish.not_before:
        parts.append(f"not before {instant(wish.not_before)}")
    if wish.deadline:
        parts.append(f"over by {instant(wish.deadline)}")
    if wish.urgent:
        parts.append("urgent")
    return ", ".join(parts)


def _outcome(one: WindowExplanation, told: ToldRequest) -> Iterator[tuple[str, str]]:
    if told.window is not None and told.story is not None:
        yield from _both_zones(one, "window", told.window, f", {told.story.state}")
    if told.refusal is not None:
        yield "refused", f"{told.refusal.code}: {told.refusal.text}"


def _now(one: WindowExplanation) -> Iterator[tuple[str, str]]:
    """Yield what asking now would give."""
    seen, label = one.seen, "asked now"
    if seen.would_get is None:
        assert seen.why_none is not None, "either a window or why there is none"
        yield label, f"none ({seen.why_none.code}): {seen.why_none.text}"
        return
    if seen.has is not None and _span(seen.has) == _span(seen.would_get):
        yield label, "it would get the same window"
        return
    yield from _both_zones(one, label, _span(seen.would_get), _shared(seen.would_get))


def _shared(window: PossibleWindow) -> str:
    if window.week is not None:
        return f", the one of {window.week}"
    return f", together with {', '.join(window.requests)}" if window.requests else ""


def _both_zones(one: WindowExplanation, label: str, window: Window, more: str) -> Iterator[tuple[str, str]]:
    yield label, f"{span(window.opens_at, window.closes_at)} UTC{more}"
    if one.zone and one.zone.key != "UTC":
        yield "", f"{span(window.opens_at, window.closes_at, one.zone)} {one.zone.key}"


def _span(times: WindowTimes) -> Window:
    return Window(times.not_before, times.must_end_by)


def _history(events: Iterable[WindowHistoryEvent]) -> Iterator[tuple[str, str]]:
    for number, event in enumerate(events):
        yield "" if number else "history", f"{instant(event.occurred_at)}  {_told(event)}"


def _told(event: WindowHistoryEvent) -> str:
    match event:
        case WindowGrantedV1():
            what = {
                WindowChange.NEW: "granted",
                WindowChange.JOINED: "shared by one more request",
                WindowChange.LEFT: "kept for the other requests",
                WindowChange.MOVED: "moved",
            }[event.change]
            return f"{what}: {span(event.not_before, event.must_end_by)} UTC (revision {event.revision})"
        case WindowRefusedV1():
            return f"refused ({event.code})"
        case MachineEnteredV1():
            return "entered"
        case MachineLeftV1():
            text = f": {event.text}" if event.text else ""
            return f"left, {event.result}, {event.downtime_minutes} minutes down{text}"
        case MachineOverdueV1():
            return "overdue: the lease expired"
    return f"withdrawn ({event.reason})"
