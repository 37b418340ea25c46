"""What `mweek window request`, `list`, `withdraw` and `explain` do and show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mweek_contracts.replies import Grant, Refusal, WindowTimes
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.place import find_location
from mweek.cli.plan_json import Json, plain
from mweek.cli.terminal import Terminal
from mweek.cli.times import instant, span
from mweek.cli.window_text import explanation_json, explanation_text
from mweek.client import Client
from mweek.explaining import WishOptions
from mweek.window_story import WindowState, WindowStory, window_stories


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowWish:
    """A window that somebody wishes for a machine, as it was typed."""

    machine: str
    location: str | None
    reason: str
    minutes: int
    activities: tuple[str, ...]
    not_before: str | None
    deadline: str | None
    urgent: bool
    request_id: str | None
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowQuestion:
    """What somebody wants explained, as it was typed; a wish without fields is none."""

    machine: str
    location: str | None
    request_id: str | None
    wish: WishOptions
    days: int | None
    timeout: float


async def request(client: Client, terminal: Terminal, wish: WindowWish) -> ExitCode:
    """Ask for a window and show it."""
    location = await find_location(client, wish.location, terminal)
    outcome = await client.request_window(
        location,
        wish.machine,
        reason=wish.reason,
        estimated_minutes=wish.minutes,
        request_id=wish.request_id,
        timeout=wish.timeout,
        activities=[_activity(text) for text in wish.activities],
        not_before=wish.not_before,
        deadline=wish.deadline,
        urgent=wish.urgent,
    )
    if isinstance(outcome, Refusal):
        return _refused(terminal, outcome)
    terminal.show(
        f"Granted {wish.machine} the window {outcome.window_id}, revision {outcome.revision}.", _times(outcome)
    )
    terminal.data({"outcome": "granted", **plain(outcome)})
    return ExitCode.OK


async def withdraw(
    client: Client, terminal: Terminal, what: tuple[str, str, tuple[str, ...]], location: str | None, timeout: float
) -> ExitCode:
    """Withdraw a window, or some of its requests."""
    machine, window_id, requests = what
    place = await find_location(client, location, terminal)
    outcome = await client.withdraw_window(place, machine, window_id, requests=requests, timeout=timeout)
    if isinstance(outcome, Refusal):
        return _refused(terminal, outcome)
    if outcome.remaining is None:
        terminal.show(f"Withdrew the window {window_id} of {machine}.")
    else:
        for_others = counted(len(outcome.remaining.requests), "other request")
        terminal.show(f"The window {window_id} of {machine} stays, for {for_others}.", _times(outcome.remaining))
    terminal.data({"outcome": "withdrawn", **plain(outcome)})
    return ExitCode.OK


async def list_windows(
    client: Client, terminal: Terminal, machine: str | None, location: str | None, timeout: float
) -> ExitCode:
    """List windows that are not over."""
    place = await find_location(client, location, terminal)
    if machine is None:
        return _list_stories(terminal, place, window_stories(await client.window_history(place)))
    windows = await client.windows(place, machine, timeout=timeout)
    if isinstance(windows, Refusal):
        return _refused(terminal, windows)
    terminal.data({"location": place, "machine": machine, "windows": [plain(one) for one in windows]})
    if not windows:
        terminal.show(f"{machine} has no windows.")
        return ExitCode.OK
    rows = [(machine, "entered" if one.lease else "granted", one.window_id, one) for one in windows]
    terminal.show(_table(rows))
    return ExitCode.OK


async def explain(client: Client, terminal: Terminal, what: WindowQuestion) -> ExitCode:
    """Explain a wish, or a request of a machine."""
    found = await client.explain_window(
        what.machine, location=what.location, request_id=what.request_id, timeout=what.timeout, **what.wish
    )
    if isinstance(found, Refusal):
        return _refused(terminal, found)
    terminal.show(*explanation_text(found, days=what.days, width=terminal.width))
    terminal.data(explanation_json(found))
    return ExitCode.OK


def _list_stories(terminal: Terminal, location: str, stories: Sequence[WindowStory]) -> ExitCode:
    """List what machines requested, from what was told: windows of weeks stand under `week show`."""
    current = [one for one in stories if one.state not in (WindowState.LEFT, WindowState.WITHDRAWN)]
    terminal.data({"location": location, "windows": [_story_json(one) for one in current]})
    if not current:
        terminal.show(f"{location} has no windows that machines requested. Those of a week: mweek week show --machines")
        return ExitCode.OK
    terminal.show(_table([(one.grant.machine, one.state, one.grant.window_id, one.grant) for one in current]))
    return ExitCode.OK


def _story_json(story: WindowStory) -> Json:
    grant = story.grant
    return {
        "machine": grant.machine,
        "customer": grant.customer,
        "state": story.state.value,
        **{name: value for name, value in plain(grant).items() if name in _SHOWN},
    }


_SHOWN = frozenset({"window_id", "revision", "week", "not_before", "not_after", "must_end_by", "reboots", "requests"})


def _table(rows: Sequence[tuple[str, str, str, WindowTimes]]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("MACHINE", "WINDOW (UTC)", "LATEST START", "STATE"):
        table.add_column(column, no_wrap=True)
    table.add_column("ID", overflow="fold")
    for machine, state, window_id, times in rows:
        latest = f"{times.not_after:%H:%M}"
        table.add_row(machine, span(times.not_before, times.must_end_by), latest, state, window_id)
    return Padding(table, (0, 0, 0, 2))


def _times(grant: Grant) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("window", f"{span(grant.not_before, grant.must_end_by)} UTC")
    table.add_row("latest start", instant(grant.not_after))
    if grant.week:
        table.add_row("week", grant.week)
    if len(grant.requests) > 1:
        table.add_row("for", ", ".join(grant.requests))
    return Padding(table, (0, 0, 0, 2))


def _refused(terminal: Terminal, refusal: Refusal) -> ExitCode:
    terminal.show(*_refusal_text(refusal))
    terminal.data({"outcome": "refused", **plain(refusal)})
    return ExitCode.REFUSED


def _refusal_text(refusal: Refusal) -> Iterator[RenderableType]:
    yield Text(f"Refused ({refusal.code}): {refusal.text}", style="bold red")
    for problem in refusal.problems:
        yield f"  {problem.place}: {problem.text}" if problem.place else f"  {problem.text}"
    if refusal.earliest_alternative:
        yield f"  earliest alternative: opens {instant(refusal.earliest_alternative)}"
    if refusal.retry_at:
        yield f"  ask again: {instant(refusal.retry_at)}"


def _activity(text: str) -> Json:
    """Return what NAME, NAME:KIND or NAME:KIND:MINUTES says; its fields are checked where all are."""
    name, *rest = text.split(":", 2)
    found: Json = {"name": name}
    if rest:
        found["kind"] = rest[0]
    if len(rest) > 1:
        found["estimated_minutes"] = int(rest[1]) if rest[1].isdigit() else rest[1]
    return found
