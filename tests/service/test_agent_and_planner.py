"""`mweek agent` and the real planner, in hurried time: overdue, a lost disk, a week, refusals."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import nats
import pytest
from mweek.agent.looking import NO_RECORD
from mweek_contracts.events import (
    MachineEnteredV1,
    MachineLeftV1,
    MachineOverdueV1,
    WindowGrantedV1,
    WindowWithdrawnV1,
)
from mweek_contracts.pattern import Pattern, PatternPhase
from mweek_contracts.request_codes import DenialCode, LeaveResult
from mweek_messaging import apply_streams
from mweek_timewindows.clock import Clock

from tests.support.agent_machine import AgentMachine
from tests.support.asking_machine import AskingMachine
from tests.support.databases import Databases
from tests.support.eventually import eventually
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import WEEK, PlannerBus
from tests.support.planner_patterns import EVERYTHING
from tests.support.planner_process import PlannerProcess

pytestmark = pytest.mark.xdist_group("agent-and-planner")

MONDAY = "2026-11-30T08:45Z"
"""A quarter of an hour before week 49 begins, which is half a minute here: two seconds are a minute."""
STAYS = ("--linger", "7200")
"""Two hours of the hurried time."""
LONG = {"padding_percent": 1_000}
"""There is time to enter, also on a machine with more tests than processors."""
_locations = count(1)


@pytest.fixture(scope="module")
def clock() -> str:
    """One clock for planner and machines."""
    return f"{MONDAY},x30,from={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.fixture(scope="module")
def planner(databases: Databases, clock: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlannerProcess]:
    folder = tmp_path_factory.mktemp("planner-of-agents")
    server = NatsServer(folder / "nats").start()
    process = PlannerProcess(
        folder,
        nats_url=server.url,
        database_url=databases.new(folder, "planner"),
        environment={"MWEEK_CLOCK": clock},
    )
    yield process
    process.stop()
    server.stop()


@pytest.fixture
async def bus(planner: PlannerProcess) -> AsyncIterator[PlannerBus]:
    """A location of its own."""
    connection = await nats.connect(planner.environment["MWEEK_NATS_URL"])
    await apply_streams(connection)
    planner.ensure_running()
    yield PlannerBus(connection, f"agents{next(_locations)}")
    await connection.close()


@pytest.fixture
def machine_of(planner: PlannerProcess, clock: str, bus: PlannerBus, tmp_path: Path) -> Callable[[str], AgentMachine]:
    def named(name: str) -> AgentMachine:
        own = {"MWEEK_CLOCK": clock, "MWEEK_AGENT_LOCATION": bus.location, "MWEEK_AGENT_TIMEOUT": "2"}
        return AgentMachine(tmp_path / name, planner.environment["MWEEK_NATS_URL"], name=name, **own)

    return named


def opens_soon(clock: str) -> Pattern:
    """Return a week whose one phase opens in ten minutes: time enough to plan it."""
    now = Clock.parse(clock, real_now=lambda: datetime.now(UTC), monotonic=time.monotonic).now()
    opens = f"{now + timedelta(minutes=10):%a %H:%M}".lower()
    return Pattern(pattern="soon", phases=(PatternPhase(name="soon", opens=opens, lasts="4h", takes=EVERYTHING),))


async def ended(agent: asyncio.subprocess.Process) -> int:
    return await asyncio.wait_for(agent.wait(), 60)


async def test_machine_whose_reboot_outlasts_its_lease_keeps_its_peer_out_until_it_is_back(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine]
) -> None:
    await bus.know(bus.policy(**LONG, lease_minutes=3), bus.machine("m1", redundancy_group="web"), bus.machine("m2"))
    machine, peer = machine_of("m1"), AskingMachine(bus, "m2")
    (machine.folder / "reboot-required").touch()
    reboot = machine.program(
        "reboot", f"echo boot-2 > {machine.boot_id}; rm {machine.folder}/reboot-required; kill -9 $PPID"
    )
    window = await peer.granted(estimated_minutes=30)
    await bus.know(bus.machine("m2", redundancy_group="web"))

    assert await ended(await machine.launch(*STAYS, "--reboot-command", str(reboot))) == -signal.SIGKILL
    await bus.said(MachineOverdueV1)
    assert (await peer.kept_out(window.window_id)).code is DenialCode.PEER_DOWN
    assert await ended(await machine.launch("--linger", "0")) == 0
    [left] = await bus.said(MachineLeftV1)

    assert (left.machine, left.result, left.overdue) == ("m1", LeaveResult.DONE, True)
    assert (await peer.entered(window.window_id)).entered_at >= left.left_at


async def test_machine_that_lost_its_disk_in_its_window_leaves_it_as_failed_before_anything_runs_again(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine]
) -> None:
    await bus.know(bus.policy(**LONG), bus.machine("m1"))
    machine = machine_of("m1")
    machine.activity("10-firmware", "kill -9 $PPID; exit 1")

    assert await ended(await machine.launch(*STAYS)) == -signal.SIGKILL
    shutil.rmtree(machine.folder / "state")
    machine.activity("10-firmware", "true")
    assert await ended(await machine.launch("--linger", "0")) == 1
    [left] = await bus.said(MachineLeftV1)

    assert (left.result, left.text) == (LeaveResult.FAILED, NO_RECORD)
    assert machine.ran == ["10-firmware"], "nobody knows how far it came"


async def test_window_that_somebody_withdrew_is_requested_anew(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine]
) -> None:
    await bus.know(bus.policy(**LONG), bus.machine("m1"))
    machine = machine_of("m1")
    machine.activity("10-firmware", "true")

    assert await ended(await machine.launch("--linger", "0")) == 0
    [window] = await AskingMachine(bus, "m1").windows()
    await AskingMachine(bus, "m1").withdraw(window.window_id)
    await bus.said(WindowWithdrawnV1)
    assert await ended(await machine.launch(*STAYS)) == 0
    [left] = await bus.said(MachineLeftV1)

    first, second = await bus.said(WindowGrantedV1, number=2)
    assert first.requests[0].request_id != second.requests[0].request_id
    assert (left.window_id, left.result, machine.ran) == (second.window_id, LeaveResult.DONE, ["10-firmware"])


async def test_window_of_a_week_is_used_for_what_there_is_and_not_missed_for_what_there_is_not(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine], clock: str
) -> None:
    await bus.know(bus.policy(**LONG), bus.machine("m1"), bus.machine("m2"))
    await bus.scheduled(bus.schedule(pattern=opens_soon(clock)))
    busy, idle = machine_of("m1"), machine_of("m2")
    busy.activity("10-firmware", 'test "$MWEEK_WEEK" = 2026-W49')

    agents = [await busy.launch(*STAYS), await idle.launch(*STAYS)]
    assert [await ended(one) for one in agents] == [0, 0]
    left = {one.machine: one for one in await bus.said(MachineLeftV1, number=2)}

    assert {name: (one.week, one.result) for name, one in left.items()} == {
        "m1": (WEEK, LeaveResult.DONE),
        "m2": (WEEK, LeaveResult.NOT_NEEDED),
    }
    assert busy.ran == ["10-firmware"]
    assert {one.window_id for one in await bus.said(MachineEnteredV1, number=2)} == {f"{WEEK}/m1", f"{WEEK}/m2"}


async def test_machine_out_of_service_is_refused_and_says_so(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine]
) -> None:
    await bus.know(bus.machine("m1", in_service=False))
    machine = machine_of("m1")
    machine.activity("10-firmware", "true")
    typed = await machine.agent()

    assert typed.exit_code == 11
    assert "Refused (not_in_service): m1 is not in service: it gets no windows" in typed.out


async def test_machine_that_nobody_knows_is_refused_before_it_asks_for_a_window(
    bus: PlannerBus, machine_of: Callable[[str], AgentMachine]
) -> None:
    await bus.know(bus.machine("m1"))
    typed = await machine_of("m9").agent()

    assert typed.exit_code == 11
    assert "unknown_machine" in typed.out
    assert await eventually(lambda: "its fleet has to be imported first" in typed.out)
