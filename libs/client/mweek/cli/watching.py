"""What `mweek week watch` does: a line for each event of a week, as it happens."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from mweek_contracts.events import (
    AuditFailedV1,
    AuditPassedV1,
    NoticeFailedV1,
    NoticeSentV1,
    NoticeSkippedV1,
    WeekCancelledV1,
    WeekRefusedV1,
    WeekScheduledV1,
    WindowsAssignedV1,
    WindowsWithdrawnV1,
)
from mweek_contracts.message import Message

from mweek.cli.counting import counted
from mweek.cli.exits import ExitCode
from mweek.cli.place import WeekPlace, find_week
from mweek.cli.plan_json import plain
from mweek.cli.terminal import Terminal
from mweek.client import Client
from mweek.errors import ClientError
from mweek.hearing import Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """When watching ends, beside Ctrl-C."""

    until_audited: bool
    timeout: float | None


async def watch(client: Client, terminal: Terminal, week: str, location: str | None, how: Watch) -> ExitCode:
    """Tell the events of a week from its beginning, then as they happen."""
    place = await find_week(client, week, location, terminal)
    terminal.talk(f"Watching {place}; Ctrl-C ends it.")
    try:
        async with asyncio.timeout(how.timeout):
            return await _tell(client, terminal, place, until_audited=how.until_audited)
    except TimeoutError:
        terminal.complain(f"{place} {'has no verdict' if how.until_audited else 'was watched'} after {how.timeout} s")
        return ExitCode.TIMED_OUT
    except asyncio.CancelledError:  # Ctrl-C, which is how one ends watching
        return ExitCode.OK


async def _tell(client: Client, terminal: Terminal, place: WeekPlace, *, until_audited: bool) -> ExitCode:
    """Tell until the latest revision that had been made when this began, or a later one, has its verdict."""
    latest = (await client.week(place.location, place.week)).latest
    wanted = latest.plan.revision if latest else 1
    async with aclosing(client.follow(place.location, place.week)) as events:
        async for heard in events:
            terminal.show(_line(heard))
            terminal.data(_event(heard), one_line=True)
            event = heard.message
            if not until_audited or not isinstance(event, AuditPassedV1 | AuditFailedV1) or event.preview:
                continue
            if (event.revision or 0) >= wanted:
                return ExitCode.OK if isinstance(event, AuditPassedV1) else ExitCode.ERROR
    raise ClientError("the stream of events has ended, which it should not")


def _event(heard: Heard) -> dict[str, object]:
    event = heard.message
    stored_at = heard.stored_at.isoformat().replace("+00:00", "Z")
    return {"sequence": heard.sequence, "stored_at": stored_at, "type": event.message_type, "event": plain(event)}


def _line(heard: Heard) -> str:
    event = heard.message
    kind = event.message_type.rpartition(".")[0].replace("-", " ")
    revision = getattr(event, "revision", None)
    which = "preview" if getattr(event, "preview", False) else f"r{revision}" if revision else ""
    return f"{event.occurred_at:%Y-%m-%d %H:%M:%SZ}  {which:<7}  {kind:<17}  {_what(event)}".rstrip()


def _what(event: Message) -> str:
    match event:
        case WindowsAssignedV1():
            unplaced = f", {counted(len(event.unplaced), 'machine')} unplaced" if event.unplaced else ""
            return f"{counted(len(event.windows), 'window')}{unplaced}"
        case WindowsWithdrawnV1():
            return counted(len(event.windows), "window")
        case WeekScheduledV1():
            phases = counted(len(event.phases), "phase")
            return f"{counted(event.windows, 'window')} in {phases}, {event.unplaced:,} unplaced"
        case WeekRefusedV1():
            return f"{event.code}: {event.text}"
        case WeekCancelledV1():
            return f"{counted(event.withdrawn, 'window')} withdrawn: {event.reason}"
        case NoticeSentV1():
            return f"{event.kind} to {event.contact}"
        case NoticeSkippedV1() | NoticeFailedV1():
            return f"{event.kind} to {event.contact}: {event.reason}"
        case AuditPassedV1():
            return f"{counted(event.machines, 'machine')}, {counted(event.customers_told, 'customer')} told"
        case AuditFailedV1():
            first = event.findings[0]
            return f"{counted(event.findings_total, 'finding')}; first {first.code}: {first.text}"
    return ""
