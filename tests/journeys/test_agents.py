"""Two machines with agents in a real house whose time is short: granted, mailed, drained, killed, rebooted, let in."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from mweek import Client
from mweek_contracts.documents import read_fleet
from mweek_contracts.events import FleetImportedV1, MachineEnteredV1, MachineLeftV1, WindowGrantedV1
from mweek_contracts.message import Message
from mweek_contracts.request_codes import LeaveResult
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow, Window
from mweek_timewindows.clock import Clock

from tests.support.agent_machine import AgentMachine
from tests.support.databases import Databases
from tests.support.deaf_line import line_that_goes_deaf
from tests.support.eventually import eventually
from tests.support.house import RunningHouse

pytestmark = pytest.mark.xdist_group("agents")

HURRIED = "2026-11-23T12:00Z,x30"
"""Two seconds are a minute, for machines and services alike: the least that programs need to start in."""
BERLIN = "Europe/Berlin"
FLEET = """
location: rzob
policy: {{padding_percent: 200}}
customers:
  - customer: acme
    name: Acme GmbH
    contacts: [{{name: Ops, email: ops@acme.example}}]
    timezone: Europe/Berlin
    acceptable_windows: [{{days: [mon, tue, wed, thu, fri, sat, sun], start: "{start}", end: "{end}"}}]
    notice_hours: 0
machines:
  - {{name: acme03, kind: virtual, role: customer, environment: production, customer: acme, redundancy_group: acme-web}}
  - {{name: acme04, kind: virtual, role: customer, environment: production, customer: acme}}
"""
"""Windows three times as long as the work: there is time to enter them on a machine with more tests than processors."""


def as_peers(text: str) -> str:
    """Return the fleet once somebody has noticed that both machines serve one thing."""
    return text.replace("customer: acme}", "customer: acme, redundancy_group: acme-web}")


@dataclass(frozen=True)
class Night:
    """When the customer can do without its machines: in five to ten minutes, and for seven hours of every day."""

    opens_at: datetime

    @classmethod
    def soon(cls, house: RunningHouse) -> Night:
        clock = Clock.parse(str(house.run["clock"]), real_now=lambda: datetime.now(UTC), monotonic=time.monotonic)
        now = clock.now()
        return cls(now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond) + 2 * GRID)

    @property
    def fleet(self) -> str:
        return FLEET.format(start=self._times[0], end=self._times[1])

    def admits(self, grant: WindowGrantedV1) -> bool:
        calendar = WeeklyCalendar(BERLIN, (WeeklyWindow(WEEKDAYS, *self._times),))
        return calendar.admits(Window(grant.not_before, grant.must_end_by))

    @property
    def _times(self) -> tuple[str, str]:
        local = self.opens_at.astimezone(ZoneInfo(BERLIN))
        return f"{local:%H:%M}", f"{local + timedelta(hours=7):%H:%M}"


GRID = timedelta(minutes=5)
STAYS = ("--linger", "7200")
"""Two hours of the hurried time: as if the timer came at every moment."""


def estimate(name: str, minutes: int) -> str:
    return f'{{"name": "{name}", "kind": "restart", "estimated_minutes": {minutes}}}'


@pytest.fixture
def hurried_house(databases: Databases, tmp_path: Path) -> Iterator[RunningHouse]:
    running = RunningHouse(tmp_path / "var", databases=databases, clock=HURRIED)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
async def client(hurried_house: RunningHouse) -> AsyncIterator[Client]:
    async with Client.connect(hurried_house.nats_url, requested_by="a journey") as connected:
        yield connected


@pytest.fixture
def first(hurried_house: RunningHouse, tmp_path: Path) -> AgentMachine:
    """A machine that has to reboot, and has three more things to do: one wants a second try, one finds no good time."""
    machine = machine_of(hurried_house, tmp_path / "acme03")
    (machine.folder / "reboot-required").touch()
    tried, go = machine.folder / "tried", machine.folder / "go"
    machine.program("drain.d/10-gateway", 'echo "$1:gateway" >> $LOG')
    machine.activity("10-firmware", f"test -e {tried} || {{ touch {tried}; exit 75; }}", estimate("firmware 2.1", 5))
    machine.activity("20-cluster", "echo the cluster is not green; exit 69", estimate("cluster", 5))
    machine.activity("30-web", f"until test -e {go}; do sleep 0.1; done", estimate("web", 5))
    machine.program("reboot", f"echo boot-2 > {machine.boot_id}; rm {machine.folder}/reboot-required; kill -9 $PPID")
    machine.program("health.d/10-gateway", 'echo "$1:gateway:$(cat $MWEEK_AGENT_BOOT_ID):$MWEEK_TROUBLE" >> $LOG')
    return machine


@pytest.fixture
def second(hurried_house: RunningHouse, tmp_path: Path) -> AgentMachine:
    """A machine with one thing to do, whose drain wants a second try."""
    machine = machine_of(hurried_house, tmp_path / "acme04")
    tried = machine.folder / "tried"
    machine.program("drain.d/10-gateway", f"test -e {tried} || {{ touch {tried}; exit 75; }}")
    machine.activity("10-web", "true", estimate("web", 15))
    return machine


def machine_of(house: RunningHouse, folder: Path) -> AgentMachine:
    reboot = {"MWEEK_AGENT_REBOOT_COMMAND": str(folder / "etc" / "reboot"), "MWEEK_AGENT_REBOOT_MINUTES": "10"}
    return AgentMachine(folder, house.nats_url, name=folder.name, MWEEK_CLOCK=str(house.run["clock"]), **reboot)


async def put_fleet(client: Client, text: str) -> None:
    assert isinstance(await client.import_fleet(read_fleet(("fleet.yaml", text))), FleetImportedV1)


async def told(client: Client, machine: str, kind: type[Message], number: int = 1) -> Message:
    """Return the latest event of a kind about a machine, once there are so many."""

    async def found() -> list[Message]:
        return [one for one in await client.window_history("rzob", machine) if isinstance(one, kind)]

    return (await eventually(found, until=lambda seen: len(seen) >= number))[-1]


async def loses_its_reply(machine: AgentMachine, house: RunningHouse, client: Client) -> WindowGrantedV1:
    """Let a machine ask for its window, hear no answer, and the planner die; return what was granted."""
    direct = machine.environment["MWEEK_NATS_URL"]
    async with line_that_goes_deaf(urlsplit(direct).port or 0, at=b"request-window.v1") as line:
        machine.environment["MWEEK_NATS_URL"] = f"nats://127.0.0.1:{line.port}"
        look = await machine.launch("--linger", "0")
        granted = await told(client, machine.environment["MWEEK_AGENT_MACHINE"], WindowGrantedV1)
        os.kill(house.run["services"]["planner"]["pid"], signal.SIGKILL)
        assert await asyncio.wait_for(look.wait(), 30) == 12, "no answer; the next look asks again"
        assert (line.is_deaf, machine.told("window-granted")) == (True, [])
    machine.environment["MWEEK_NATS_URL"] = direct
    assert isinstance(granted, WindowGrantedV1)
    return granted


async def until_granted(machine: AgentMachine, *arguments: str) -> asyncio.subprocess.Process:
    """Start a machine's agent, as its timer does, until one is granted a window; return that one."""
    while True:
        agent = await machine.launch(*arguments)
        await eventually(lambda: machine.told("window-granted") or agent.returncode is not None)  # noqa: B023
        if machine.told("window-granted"):
            return agent
        assert agent.returncode == 12, "the planner is not back yet, or something else is wrong"


async def test_two_peers_do_their_work_one_after_the_other_whatever_dies(
    hurried_house: RunningHouse, client: Client, first: AgentMachine, second: AgentMachine
) -> None:
    night = Night.soon(hurried_house)
    await put_fleet(client, night.fleet)

    # The reply is lost and the planner is killed: asked again, it is the same window, in a time that acme accepts.
    promised = await loses_its_reply(first, hurried_house, client)
    working = await until_granted(first, *STAYS)
    window = first.told("window-granted")[0]
    assert (window["window_id"], window["opens_at"]) == (promised.window_id, wire(promised.not_before))
    assert promised.not_before >= night.opens_at
    assert night.admits(promised)
    assert (promised.customer, promised.reboots, len(promised.requests)) == ("acme", True, 1)

    # Both would be down at once; then it turns out that they are peers.
    await (await until_granted(second, "--linger", "0")).wait()
    await put_fleet(client, as_peers(night.fleet))
    explained = await asyncio.to_thread(
        hurried_house.mweek_json, "window", "explain", "acme04", "--minutes", "15", "--location", "rzob"
    )
    assert "redundancy" in {one["rule"] for one in explained["explanation"]["rules"]}

    # The first is in and works; the second is kept out, and nobody else works on the first.
    await eventually(lambda: "30-web" in first.ran)
    waiting = await second.launch(*STAYS)
    denied = await eventually(lambda: second.told("not-let-in"))
    assert (denied[0]["code"], denied[0]["why"]) == ("peer_down", "the redundancy peer acme03 is down")
    assert (await first.agent()).exit_code == 75
    assert second.told("window-entered") == []

    # It reboots, which kills its agent, comes back, is well, and leaves.
    (first.folder / "go").touch()
    assert await asyncio.wait_for(working.wait(), 60) == -signal.SIGKILL
    back = await first.launch("--linger", "0")
    assert await asyncio.wait_for(back.wait(), 60) == 0
    assert first.ran == [
        "drain:gateway",
        *("10-firmware", "10-firmware", "20-cluster", "30-web"),
        "health:gateway:boot-2:",
    ]
    assert await asyncio.wait_for(waiting.wait(), 60) == 0
    assert second.ran == ["10-web"]

    await check_what_was_told(client, promised, night)
    await check_mails(hurried_house)
    assert "no dead letters" in (await asyncio.to_thread(hurried_house.mweek, "dead", "list")).stdout.lower()


async def check_what_was_told(client: Client, promised: WindowGrantedV1, night: Night) -> None:
    """One window for the first wish; the first is out before the second is in; each says how it went."""
    history = await client.window_history("rzob", "acme03")
    grants = [one for one in history if isinstance(one, WindowGrantedV1)]
    assert [one.window_id for one in grants if one.requests[0].request_id == promised.request_id] == [
        promised.window_id
    ]
    left = await told(client, "acme03", MachineLeftV1)
    entered, gone = await told(client, "acme04", MachineEnteredV1), await told(client, "acme04", MachineLeftV1)
    assert isinstance(left, MachineLeftV1)
    assert isinstance(gone, MachineLeftV1)
    assert isinstance(entered, MachineEnteredV1)
    assert (left.result, left.window_id, left.text) == (
        LeaveResult.DONE,
        promised.window_id,
        "the cluster is not green",
    )
    assert (left.facts["done"], left.facts["postponed"]) == ("firmware 2.1, web, Reboot required", "cluster")
    assert timedelta(minutes=left.downtime_minutes) >= timedelta(minutes=1)
    assert left.left_at <= entered.entered_at
    assert (gone.result, gone.facts["done"]) == (LeaveResult.DONE, "web")
    # What was postponed gets another window, after eight hours, which is the next night.
    [later] = grants[1:]
    assert [one.name for one in later.requests[0].activities] == ["cluster"]
    assert later.not_before >= left.left_at + timedelta(hours=8)
    assert night.admits(later)


async def check_mails(house: RunningHouse) -> None:
    """The customer was told of both windows, in its own time and in UTC."""

    def mailed() -> str:
        return "\n".join(
            str(part.get_content()) for mail in house.mails_to("acme.example") if (part := mail.get_body(("plain",)))
        )

    text = await eventually(mailed, until=lambda seen: "acme03" in seen and "acme04" in seen)
    for said in ("firmware 2.1", "UTC", "Berlin"):
        assert said in text, text


def wire(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
