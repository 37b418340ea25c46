"""What docs/agents.md and docs/messages.md tell machines to do works on a real server, with nothing of ours."""

from __future__ import annotations

import asyncio
import configparser
import re
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import nats
import pytest
import typer.main
from mweek.agent.activities import read_estimate
from mweek.cli.app import app
from mweek_contracts.events import MachineEnteredV1, MachineLeftV1, WindowGrantedV1
from mweek_contracts.request_codes import ActivityKind, LeaveResult
from mweek_contracts.request_reading import read_request
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging import apply_streams

from tests.support.databases import Databases
from tests.support.fake_planner import FakePlanner, serving
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import NOW, PlannerBus
from tests.support.planner_process import PlannerProcess

ROOT = Path(__file__).parents[2]
AGENTS = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
MESSAGES = (
    (ROOT / "docs" / "messages.md").read_text(encoding="utf-8").partition("## Ask for a window in any language")[2]
)


HURRIED_MACHINE = """
from datetime import UTC, datetime, timedelta
from time import monotonic
from mweek_timewindows.clock import Clock

class machine:
    clock = Clock.parse("{clock}", real_now=lambda: datetime.now(UTC), monotonic=monotonic)
    now = clock.now

    @staticmethod
    def sleep(seconds):
        return asyncio.sleep(machine.clock.real_seconds(timedelta(seconds=seconds)))

"""
"""A machine whose clock is right: it agrees with that of its planner, which is in a hurry."""


@pytest.fixture(scope="module")
def hurried_clock() -> str:
    """Five minutes are a second, for every process that is told this."""
    return f"{NOW:%Y-%m-%dT%H:%MZ},x300,from={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.fixture(scope="module")
def hurried_planner(
    databases: Databases, hurried_clock: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PlannerProcess]:
    folder = tmp_path_factory.mktemp("hurried")
    server = NatsServer(folder / "nats").start()
    process = PlannerProcess(
        folder,
        nats_url=server.url,
        database_url=databases.new(folder, "planner"),
        environment={"MWEEK_CLOCK": hurried_clock},
    )
    yield process
    process.stop()
    server.stop()


@pytest.fixture
async def hurried_bus(hurried_planner: PlannerProcess) -> AsyncIterator[PlannerBus]:
    """The location of the documents."""
    connection = await nats.connect(hurried_planner.environment["MWEEK_NATS_URL"])
    await apply_streams(connection)
    hurried_planner.ensure_running()
    yield PlannerBus(connection, "rzob", word=uuid4().hex)
    await connection.close()


def url_of(bus: PlannerBus) -> str:
    url = bus.connection.connected_url
    assert url is not None
    return f"nats://{url.netloc}"


def block(text: str, language: str) -> str:
    """Return the first block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


async def run(program: str, url: str) -> str:
    """Run a documented program against a server, and return what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", program.replace("nats://127.0.0.1:4222", url)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaints.decode()
    return said.decode()


async def test_ten_lines_request_enter_and_leave_a_window(nats_server: NatsServer) -> None:
    planner = FakePlanner()
    async with serving(nats_server.url, planner):
        program = block(AGENTS, "python").replace("/usr/local/bin/update", "/bin/true")
        assert "mweek" not in program
        said = await run(program, nats_server.url)

    assert "'departure': {" in said
    assert ([one.result for one in planner.left], planner.bad) == ([LeaveResult.DONE], [])


async def test_ten_lines_do_the_same_with_the_real_planner(hurried_bus: PlannerBus, hurried_clock: str) -> None:
    await hurried_bus.know(hurried_bus.policy(padding_percent=1_000), hurried_bus.machine("acme03"))
    program = block(AGENTS, "python")
    for documented, hurried in (
        ("asyncio.sleep(", "machine.sleep("),
        ("datetime.datetime.now(datetime.UTC)", "machine.now()"),
        ("/usr/local/bin/update", "/bin/true"),
    ):
        assert documented in program
        program = program.replace(documented, hurried)
    said = await run(HURRIED_MACHINE.format(clock=hurried_clock) + program, url_of(hurried_bus))

    assert "'departure': {" in said
    [granted] = await hurried_bus.said(WindowGrantedV1)
    [entered] = await hurried_bus.said(MachineEnteredV1)
    [left] = await hurried_bus.said(MachineLeftV1)
    assert (granted.machine, granted.requests[0].reason) == ("acme03", "Kernel update")
    assert granted.not_before <= entered.entered_at < left.left_at <= granted.must_end_by
    assert (left.result, left.downtime_minutes) == (LeaveResult.DONE, 15)


async def test_question_in_the_messages_document_is_granted_by_the_real_planner(hurried_bus: PlannerBus) -> None:
    await hurried_bus.know(hurried_bus.policy(), hurried_bus.machine("acme03"))
    before = len([one for one in await hurried_bus.events() if isinstance(one, WindowGrantedV1)])
    said = await run(block(MESSAGES, "python"), url_of(hurried_bus))

    assert "'grant': {" in said
    assert len(await hurried_bus.said(WindowGrantedV1, number=before + 1)) == before + 1


async def test_question_in_the_messages_document_is_answered_with_a_grant(nats_server: NatsServer) -> None:
    planner = FakePlanner()
    async with serving(nats_server.url, planner):
        said = await run(block(MESSAGES, "python"), nats_server.url)

    assert "'grant': {" in said
    assert planner.bad == []


def test_question_in_shell_is_one_that_the_planner_can_read() -> None:
    found = re.search(r"nats req (\S+) '(.*)'$", block(MESSAGES, "sh"), re.MULTILINE)
    assert found
    assert isinstance(read_request(found[1], found[2].encode()), RequestWindowV1)


def test_documented_activity_says_what_it_is() -> None:
    found = re.search(r"echo '(\{.*\})'", block(AGENTS, "sh"))
    assert found
    activity = read_estimate(found[1].encode())
    assert (activity.kind, activity.estimated_minutes) == (ActivityKind.RESTART, 5)


def test_every_setting_is_documented_and_every_documented_one_is_there() -> None:
    command = typer.main.get_command(app).commands["agent"]  # type: ignore[attr-defined]
    named = {name for one in command.params for name in _listed(one.envvar) if name.startswith("MWEEK_AGENT_")}
    assert set(re.findall(r"MWEEK_AGENT_[A-Z_]+", AGENTS)) == named


def test_agent_waits_in_place_for_longer_than_the_timer_pauses() -> None:
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(ROOT / "deploy" / "systemd" / "mweek-agent.timer")
    times = timer["Timer"]
    pause = int(times["OnUnitInactiveSec"].removesuffix("min")) * 60
    slack = int(times["RandomizedDelaySec"]) + int(times["AccuracySec"])
    command = typer.main.get_command(app).commands["agent"]  # type: ignore[attr-defined]
    linger = next(one.default for one in command.params if one.name == "linger")
    assert pause + slack < linger


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
