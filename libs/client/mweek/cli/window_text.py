"""Writes what is known of a request for a window: for people with a timeline, a letter for each half hour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowRefusedV1,
)
from mweek_contracts.request_codes import WindowChange
from mweek_timewindows import Window
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.plan_json import Json, plain
from mweek.cli.times import instant, span
from mweek.window_explanation import LONGEST_TIMELINE, WindowExplanation
from mweek.window_story import WindowHistoryEvent
from mweek.window_times import UNKNOWN, HourRule, cells

_LETTERS: Final[Mapping[HourRule, tuple[str, str]]] = {
    HourRule.NOTICE: ("n", "before the customer's notice hours are over"),
    HourRule.NOT_BEFORE: ("<", "before not_before"),
    HourRule.DEADLINE: (">", "after the deadline"),
    HourRule.BLACKOUT: ("b", "blackout"),
    HourRule.ACCEPTABLE_TIMES: ("-", "not acceptable to the customer"),
}
_OPEN: Final = ("·", "open, as far as is known here")
_WINDOW: Final = ("#", "the window")
_DAY: Final = timedelta(days=1)


def explanation_text(one: WindowExplanation) -> Iterator[RenderableType]:
    """Yield who asked for what, what came of it, the timeline, and what is not known."""
    machine = one.machine
    owner = f"customer {machine.customer}" if machine.customer else "the operator's own"
    yield Text.assemble((machine.name, "bold"), f": {owner}, in {machine.location}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _rows(one):
        table.add_row(label, text)
    yield Padding(table, (0, 0, 1, 2))
    lines, letters = timeline(one)
    yield Padding(Text("\n".join(lines), no_wrap=True), (0, 0, 0, 2))
    yield Padding(Text("\n".join(f"{letter}  {meaning}" for letter, meaning in letters), style="dim"), (1, 0, 1, 2))
    yield "Not known here: " + "; ".join(UNKNOWN) + "."


def explanation_json(one: WindowExplanation) -> Json:
    """Return the same for programs, times in UTC."""
    return {
        "machine": one.machine.name,
        "location": one.machine.location,
        "customer": one.machine.customer,
        "timezone": one.zone.key if one.zone else None,
        "request": plain(one.work),
        "outcome": "granted" if one.story else "refused",
        "state": one.story.state.value if one.story else None,
        "window": plain(one.story.grant) if one.story else None,
        "refusal": plain(one.refusal) if one.refusal else None,
        "history": [{"event": event.message_type, **plain(event)} for event in one.history],
        "from": _utc(one.span.opens_at),
        "until": _utc(one.span.closes_at),
        "closed": [
            {
                "rule": closed.rule.value,
                "opens_at": _utc(closed.window.opens_at),
                "closes_at": _utc(closed.window.closes_at),
                "text": closed.text,
            }
            for closed in one.closed
        ],
        "unknown": list(UNKNOWN),
    }


def timeline(one: WindowExplanation) -> tuple[list[str], list[tuple[str, str]]]:
    """Return a line for each day of UTC, a letter for each half hour, and what the letters mean that are used.

    A half hour of which any part is closed is closed; of several rules the first in the planner's order is shown.
    """
    lines = ["           " + "".join(f"{hour:02}      " for hour in range(0, 24, 4)).rstrip() + "   UTC"]
    used: dict[str, str] = {}
    day = one.span.opens_at
    while day < one.span.closes_at:
        shown = [_letter(one, half) for half in cells(Window(day, day + _DAY))]
        used.update(shown)
        lines.append(f"{day:%a} {day.day:>2} {day:%b} {''.join(letter for letter, _ in shown)}")
        day += _DAY
    order = [_OPEN, _WINDOW, *_LETTERS.values()]
    return lines, [pair for pair in order if pair[0] in used]


def _letter(one: WindowExplanation, half: Window) -> tuple[str, str]:
    if one.window is not None and one.window.overlaps(half):
        return _WINDOW
    closed = {each.rule for each in one.closed if each.window.overlaps(half)}
    return next((_LETTERS[rule] for rule in _LETTERS if rule in closed), _OPEN)


def _rows(one: WindowExplanation) -> Iterator[tuple[str, str]]:
    work = one.work
    yield "asked", f"{instant(work.requested_at)}, request {work.request_id}"
    yield "for", f"{work.reason} ({work.estimated_minutes} minutes){', urgent' if work.urgent else ''}"
    if one.window is not None and one.story is not None:
        yield "window", f"{span(one.window.opens_at, one.window.closes_at)} UTC, {one.story.state}"
        if one.zone:
            yield "", f"{span(one.window.opens_at, one.window.closes_at, one.zone)} {one.zone.key}"
    if one.refusal is not None:
        yield "refused", f"{one.refusal.code}: {one.refusal.text}"
        if one.refusal.earliest_alternative:
            yield "alternative", f"opens {instant(one.refusal.earliest_alternative)}"
    if one.customer is not None:
        accepted = "; ".join(
            f"{' '.join(each.days)} {each.start}–{each.end}" for each in one.customer.acceptable_windows
        )
        yield "accepts", f"{accepted} {one.customer.timezone}, {one.customer.notice_hours} h after it was told"
    elif one.machine.customer:
        yield "accepts", "what a customer does of whom there is no record: every night, 12 h after it was told"
    yield from _history(one.history)
    if work.requested_at < one.span.opens_at:
        yield "shown", f"the last {LONGEST_TIMELINE.days} days before the window"


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


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
