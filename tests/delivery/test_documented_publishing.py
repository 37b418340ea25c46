"""What docs/messages.md tells a third program to do works on a real server, with nothing of ours."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import nats
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.reading import read_message

from tests.support.nats_server import NatsServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "messages.md"


def documented(language: str) -> str:
    """Return the first block of a language in the section about publishing."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## Schedule a week with nothing but NATS")[2]
    found = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


async def test_documented_program_publishes_a_command_that_the_planner_can_read(applied_streams: NatsServer) -> None:
    program = documented("python").replace("nats://127.0.0.1:4222", applied_streams.url)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    assert "stream='COMMANDS', seq=1" in said.decode()

    connection = await nats.connect(applied_streams.url)
    stored = await connection.jetstream().get_msg("COMMANDS", 1)
    command = read_message(stored.subject, stored.data)
    await connection.close()
    assert isinstance(command, ScheduleWeekV1)
    assert (command.location, command.week, command.dry_run) == ("rzob", "2026-W49", True)


def test_documented_command_line_publishes_the_same_command() -> None:
    """The `nats` tool is not installed here: its templates are filled in as it documents them."""
    found = re.search(r"nats pub -J (\S+) '(.*)'$", documented("sh"), re.MULTILINE)
    assert found
    body = found[2].replace("{{ID}}", "kXc1cVJ9hRzUoT3ZpZkYtQ").replace("{{TimeStamp}}", "2026-11-23T09:00:00+01:00")
    command = read_message(found[1], body.encode())
    assert isinstance(command, ScheduleWeekV1)
    assert (command.location, command.week, command.dry_run) == ("rzob", "2026-W49", True)
