"""The command line over a real bus where the tests are planner and auditor, so that they can be late or wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.events import DeadLetterV1, FindingCode
from mweek_contracts.streams import COMMANDS
from nats.aio.client import Client as Connection

from tests.support.ids import ReadableIds
from tests.support.nats_server import NatsServer
from tests.support.neighbours import command_of, messages_in, say
from tests.support.told_week import NOW, ToldWeek, unplaced, window

new_id = ReadableIds("neighbour")


@dataclass(frozen=True)
class Typed:
    """What a command did."""

    exit_code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        printed: dict[str, Any] = json.loads(self.out)
        return printed


Mweek = Callable[..., Coroutine[Any, Any, Typed]]


@pytest.fixture
def mweek(applied_streams: NatsServer, tmp_path: Path) -> Mweek:
    """Types an `mweek` command."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("MWEEK_")}

    async def typed(*arguments: str) -> Typed:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "mweek",
            *arguments,
            cwd=tmp_path,
            env={**outer, "MWEEK_NATS_URL": applied_streams.url},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 90)
        return Typed(process.returncode or 0, out.decode(), err.decode())

    return typed


async def test_silent_planner_times_out_and_the_command_stands(mweek: Mweek, connection: Connection) -> None:
    typed = await mweek("week", "schedule", "rzob/2026-W49", "--timeout", "0.5")

    (command,) = await messages_in(connection, COMMANDS)
    assert isinstance(command, ScheduleWeekV1)
    assert (typed.exit_code, typed.out) == (12, "")
    assert f"The command {command.command_id} is stored on the bus" in typed.err
    assert command.requested_by is not None


async def test_failed_audit_is_shown_with_its_findings_and_exits_with_1(mweek: Mweek, connection: Connection) -> None:
    typing = asyncio.create_task(mweek("week", "schedule", "rzob/2026-W49"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    told = ToldWeek()
    revision = told.revision(window("web01"), unplaced=[unplaced("db01")], command_id=command.command_id)
    await say(connection, *revision, told.failed(FindingCode.UNPLACED, FindingCode.QUOTA))

    typed = await typing

    assert typed.exit_code == 1
    assert "!  db01  —  its customer's blackout leaves no phase that takes it" in typed.out
    assert "1 added, 0 moved, 0 cancelled, 1 without a place." in typed.out
    assert "Audit failed: 2 findings." in typed.out
    assert "unplaced  db01  db01 has a unplaced finding" in typed.out


async def test_verdict_that_does_not_come_is_pending_in_the_data(mweek: Mweek, connection: Connection) -> None:
    typing = asyncio.create_task(mweek("week", "schedule", "rzob/2026-W49", "--timeout", "6", "--json"))
    command = await command_of(connection, COMMANDS, ScheduleWeekV1)
    await say(connection, *ToldWeek().revision(window("web01"), command_id=command.command_id))

    typed = await typing

    assert typed.exit_code == 12
    assert (typed.data["outcome"], typed.data["windows"], typed.data["audit"]["verdict"]) == ("scheduled", 1, "pending")
    assert "no verdict on rzob/2026-W49/r1 within 6 s" in typed.err


async def test_audit_exits_by_the_latest_verdict(mweek: Mweek, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")))
    pending = await mweek("audit", "rzob/2026-W49", "--json")
    await say(connection, told.failed(FindingCode.NOT_TOLD))
    failed = await mweek("audit", "rzob/2026-W49", "--json")
    await say(connection, told.passed())
    passed = await mweek("audit", "rzob/2026-W49", "--json")

    assert [typed.exit_code for typed in (pending, failed, passed)] == [12, 1, 0]
    assert [typed.data["verdict"] for typed in (pending, failed, passed)] == ["pending", "failed", "passed"]
    assert [one["code"] for one in failed.data["findings"]] == ["not-told"]


async def test_audit_can_wait_for_its_verdict(mweek: Mweek, connection: Connection) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")))
    typing = asyncio.create_task(mweek("audit", "rzob/2026-W49", "--wait"))
    await say(connection, told.passed())

    typed = await typing

    assert typed.exit_code == 0
    assert typed.out.endswith("Audit passed: 1 machine, 1 window, 1 customer told.\n")


async def test_week_of_which_messages_are_missing_comes_with_a_warning(mweek: Mweek, connection: Connection) -> None:
    *_, closing = ToldWeek().revision(window("web01"))
    await say(connection, closing)

    typed = await mweek("week", "show", "rzob/2026-W49")

    assert typed.exit_code == 0
    assert "warning: the stream no longer holds all of rzob/2026-W49/r1" in typed.err


async def test_watch_ends_with_the_verdict_on_what_was_latest_when_it_began(
    mweek: Mweek, connection: Connection
) -> None:
    told = ToldWeek()
    await say(connection, *told.revision(window("web01")), told.passed(), *told.revision(window("web02")))
    await say(connection, told.failed(FindingCode.QUOTA))

    typed = await mweek("week", "watch", "rzob/2026-W49", "--until-audited", "--timeout", "30")

    lines = typed.out.splitlines()
    assert typed.exit_code == 1
    assert lines[-1].endswith("r2       audit failed       1 finding; first quota: db01 has a quota finding")
    assert [line.split("  ")[1] for line in lines] == ["r1", "r1", "r1", "r2", "r2", "r2"]


async def test_dead_letter_is_listed_and_replayed_by_its_number(mweek: Mweek, connection: Connection) -> None:
    envelope: dict[str, Any] = {"correlation_id": "test", "occurred_at": NOW}
    command = ScheduleWeekV1(**envelope, message_id=new_id(), command_id="c1", location="rzob", week="2026-W49")
    letter = DeadLetterV1(
        **envelope,
        message_id=new_id(),
        service="planner",
        handler="schedule-week",
        reason="the database is gone",
        original_subject=command.subject,
        original_stream=COMMANDS.name,
        original_body_base64=base64.b64encode(command.body()).decode(),
        attempts=5,
    )
    await say(connection, letter)

    listed = await mweek("dead", "list")
    replayed = await mweek("dead", "replay", "1")
    empty = await mweek("dead", "list", "--json")

    assert "cmd.rzob.schedule-week.v1\n" in listed.out
    assert "the database is gone" in listed.out
    assert (replayed.exit_code, replayed.out) == (0, "1: sent again\n")
    assert empty.data == {"format_version": 1, "dead_letters": []}
    assert await messages_in(connection, COMMANDS) == [command]


async def test_server_that_is_gone_is_an_error_at_once(mweek: Mweek, applied_streams: NatsServer) -> None:
    url = applied_streams.url
    applied_streams.stop()

    typed = await mweek("week", "show", "rzob/2026-W49")

    assert (typed.exit_code, typed.out) == (1, "")
    assert typed.err.startswith(f"mweek: no NATS server can be used at {url}: ")
    assert typed.err.count("\n") == 1
