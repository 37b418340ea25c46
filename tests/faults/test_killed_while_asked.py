"""A planner and its server that are killed while a thousand requests are in flight: each is answered once, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from mweek_contracts.events import AuditFailedV1, AuditPassedV1, WindowGrantedV1
from mweek_contracts.replies import Grant, MyWindowsReplyV1, WindowReplyV1
from mweek_contracts.requests import RequestWindowV1
from mweek_messaging.publishing import PUBLISH_FAILURES
from nats.aio.client import Client

from tests.faults.test_entering_at_once import put_together
from tests.support.asking_machine import AskingMachine
from tests.support.auditor_process import AuditorProcess
from tests.support.eventually import eventually, pause
from tests.support.misfortune import Misfortune
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import PlannerBus
from tests.support.planner_process import PlannerProcess
from tests.support.reckoning import check_no_dead_letters

MACHINES = 1_000
KILLS = 3
"""Of the planner, and as many of the server."""
PATIENCE_SECONDS = 3.0
CLOCK = "2026-11-20T08:00Z"


@pytest.fixture
async def planner(applied_streams: NatsServer, database_url: str, tmp_path: Path) -> AsyncIterator[PlannerProcess]:
    process = PlannerProcess(
        tmp_path / "planner",
        nats_url=applied_streams.url,
        database_url=database_url,
        environment={"MWEEK_CLOCK": CLOCK},
    )
    await asyncio.to_thread(process.start)
    yield process
    await asyncio.to_thread(process.stop)


@pytest.fixture
async def auditor(applied_streams: NatsServer, tmp_path: Path) -> AsyncIterator[AuditorProcess]:
    """An auditor that hears of all of it."""
    process = AuditorProcess(tmp_path / "auditor", nats_url=applied_streams.url, clock=CLOCK)
    await asyncio.to_thread(process.start)
    yield process
    await asyncio.to_thread(process.stop)


class Asking:
    """A machine that asks until it is answered, whatever dies meanwhile."""

    def __init__(self, machine: AskingMachine) -> None:
        self.machine = machine
        self.wish = machine.wish()
        self.tries = 0
        self.replies: set[bytes] = set()

    async def until_answered(self) -> WindowReplyV1:
        """Ask with the same request id until a decision comes."""
        while True:
            self.tries += 1
            with suppress(*PUBLISH_FAILURES):
                body = await self._once(self.wish)
                reply = WindowReplyV1.model_validate_json(body)
                if reply.refusal is None or reply.refusal.retry_at is None:
                    self.replies.add(body)
                    return reply
            await pause(0.2)

    async def windows(self) -> MyWindowsReplyV1:
        """Ask which windows there are."""
        reply: MyWindowsReplyV1 | None = None
        while reply is None or reply.windows is None:
            with suppress(*PUBLISH_FAILURES):
                reply = await self.machine.my_windows()
        return reply

    async def _once(self, wish: RequestWindowV1) -> bytes:
        connection = self.machine.bus.connection
        data: bytes = (await connection.request(wish.subject, wish.body(), timeout=PATIENCE_SECONDS)).data
        return data


@pytest.mark.parametrize(
    "database_url",
    [pytest.param(kind, marks=pytest.mark.xdist_group(f"asked-{kind}")) for kind in ("sqlite", "postgresql")],
    indirect=True,
)
async def test_request_in_flight_when_all_dies_is_answered_once_it_is_asked_again(
    connection: Client, planner: PlannerProcess, auditor: AuditorProcess, nats_server: NatsServer
) -> None:
    misfortune = Misfortune()
    bus = PlannerBus(connection, "rzob")
    names = [f"m{number:03d}" for number in range(MACHINES)]
    # A pair of peers each: a window that was granted and forgotten would be granted to the other one too.
    machines = [bus.machine(name, redundancy_group=f"pair{number // 2}") for number, name in enumerate(names)]
    await put_together(connection, [bus.policy(), *machines])
    await bus.know()
    asking = [Asking(AskingMachine(bus, name)) for name in names]

    struck: list[str] = []

    def answered() -> int:
        return sum(bool(one.replies) for one in asking)

    async def strike() -> None:
        """Kill one of both each time that a few more were answered, for as long as others wait."""
        for victim in [one for _ in range(KILLS) for one in misfortune.shuffled(["planner", "server"])]:
            goal = answered() + 1 + int(misfortune.seconds(MACHINES / 20))
            await eventually(answered, lambda number, goal=goal: number >= min(goal, MACHINES), within=120, every=0.002)  # type: ignore[misc]
            if answered() == MACHINES:
                return
            struck.append(victim)
            if victim == "planner":
                await asyncio.to_thread(planner.kill)
                planner.launch()
            else:
                await asyncio.to_thread(nats_server.kill)
                await asyncio.to_thread(nats_server.start)

    async with asyncio.timeout(300), asyncio.TaskGroup() as group:
        group.create_task(strike())
        answers = [group.create_task(one.until_answered()) for one in asking]
    granted = {one.machine.name: granted_in(answer.result()) for one, answer in zip(asking, answers, strict=True)}
    assert set(struck) == {"planner", "server"}, "all were answered before both were killed"
    async with asyncio.timeout(300):
        await check_answers(asking, granted)
        await check_told(bus, granted)
        await check_audit(bus)
        await check_no_dead_letters(connection)


def granted_in(reply: WindowReplyV1) -> Grant:
    """Return the grant that a reply must be."""
    assert reply.grant, reply
    return reply.grant


async def check_answers(asking: list[Asking], granted: dict[str, Grant]) -> None:
    """Asked again, each says the same byte for byte, has that window and no other, and none at its peer's time."""
    for one in asking:
        await one.until_answered()
    assert {one.machine.name: len(one.replies) for one in asking} == dict.fromkeys(granted, 1)
    times: dict[tuple[str, object], str] = {}
    for number, one in enumerate(asking):
        reply = await one.windows()
        assert reply.windows is not None
        [own] = reply.windows
        assert own.model_dump(exclude={"lease"}) == granted[one.machine.name].model_dump()
        peer = times.setdefault((f"pair{number // 2}", own.not_before), one.machine.name)
        assert peer == one.machine.name, f"{peer} and {one.machine.name} are peers and have the same time"


async def check_told(bus: PlannerBus, granted: dict[str, Grant]) -> None:
    """What was granted was told, once."""

    async def told() -> dict[str, str]:
        events = [event for event in await bus.events() if isinstance(event, WindowGrantedV1)]
        found = {event.machine: event.window_id for event in events}
        assert len(found) == len(events), "a window was told of twice"
        return found

    expected = {name: grant.window_id for name, grant in granted.items()}
    await eventually(told, lambda found: len(found) >= len(expected), within=120, every=0.5)
    assert await told() == expected


async def check_audit(bus: PlannerBus) -> None:
    """The auditor, which heard all of it through the same deaths of the server, finds every window right."""

    async def verdicts() -> list[AuditPassedV1 | AuditFailedV1]:
        return [one for one in await bus.events("adhoc") if isinstance(one, AuditPassedV1 | AuditFailedV1)]

    said = await eventually(verdicts, lambda seen: bool(seen) and seen[-1].windows == MACHINES, within=120, every=0.5)
    assert [one for one in said if isinstance(one, AuditFailedV1)] == []
