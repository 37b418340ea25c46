"""What `mweek why` does and shows."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mweek.cli.exits import ExitCode
from mweek.cli.plan_json import Json, plain
from mweek.cli.terminal import Terminal
from mweek.cli.times import span
from mweek.client import Client
from mweek.errors import ClientError
from mweek.explanation import Explanation


async def why(client: Client, terminal: Terminal, machine: str, week: str | None, location: str | None) -> ExitCode:
    """Explain a machine, in each location that has one of this name."""
    found = await client.why(machine, location=location, week=week)
    if not found:
        where = f"in {location}" if location else "in any location"
        raise ClientError(f"there is no machine {machine} {where} (mweek fleet show --machines lists them)")
    for one in found:
        terminal.show(*_text(one))
    terminal.data({"explanations": [_json(one) for one in found]})
    return ExitCode.OK


def _text(one: Explanation) -> Iterator[RenderableType]:
    machine = one.machine
    owner = f"customer {machine.customer}" if machine.customer else "the operator's own"
    what = f"{machine.role}, {machine.environment}, {machine.kind}, {owner}, in {machine.location}"
    yield Text.assemble((machine.name, "bold"), f": {what}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in _rows(one):
        table.add_row(label, text)
    yield Padding(table, (0, 0, 0, 2))


def _rows(one: Explanation) -> Iterator[tuple[str, str]]:
    if one.week:
        yield "week", f"{one.week}, revision {one.revision}" if one.revision else one.week
    if one.window:
        yield "window", f"{span(one.window.opens_at, one.window.closes_at)} UTC"
        if one.zone:
            yield "", f"{span(one.window.opens_at, one.window.closes_at, one.zone)} {one.zone.key}"
        yield "phase", one.window.phase
    else:
        yield "window", "none"
    yield "because", one.sentence
    if one.window:
        facts = "; ".join(f"{name} {_fact(value)}" for name, value in one.window.facts.items() if value is not None)
        if facts:
            yield "facts", facts
        if one.window.affects:
            yield "affects", ", ".join(one.window.affects)


def _fact(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def _json(one: Explanation) -> Json:
    return {
        "machine": one.machine.name,
        "location": one.machine.location,
        "customer": one.machine.customer,
        "week": one.week,
        "revision": one.revision,
        "window": plain(one.window) if one.window else None,
        "unplaced": plain(one.unplaced) if one.unplaced else None,
        "timezone": one.zone.key if one.zone else None,
        "why": one.sentence,
    }
