"""Very many machines that want in at once, through two planners: never more than may be down, and all in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import nats
import pytest
from mweek_contracts.events import MachineEnteredV1, MachineLeftV1
from mweek_contracts.records import Record
from mweek_contracts.replies import Lease, Reply
from mweek_contracts.streams import RECORDS
from mweek_messaging.atomic_batch import publish_together
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client

from tests.support.asking_machine import AskingMachine
from tests.support.eventually import eventually, pause
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import PlannerBus
from tests.support.planner_process import PlannerProcess
from tests.support.postgres import PostgresCluster

CONNECTIONS = 64
SPEED = 10
"""A machine that is denied asks again after 30 to 60 seconds, which are three to six."""
PATIENCE_SECONDS = 30.0
"""Thousands ask at once, and the last of them is answered last."""
PEERS = 200
FLEET = 5_000
CAPACITY = 300
LONG = {"shortest_window_minutes": 10_000, "padding_percent": 0, "lease_minutes": 600}
"""Windows of a week: nobody comes too late, and who is killed by a test's patience is not overdue."""


@pytest.fixture
async def planners(
    applied_streams: NatsServer, postgres_cluster: PostgresCluster, tmp_path: Path
) -> AsyncIterator[Sequence[PlannerProcess]]:
    url = postgres_cluster.new_database()
    both = [
        PlannerProcess(
            tmp_path / f"planner{number}",
            nats_url=applied_streams.url,
            database_url=url,
            environment={"MWEEK_CLOCK": f"2026-11-20T08:00Z,x{SPEED}"},
        )
        for number in range(2)
    ]
    for process in both:
        await asyncio.to_thread(process.start)
    yield both
    for process in both:
        await asyncio.to_thread(process.stop)


@pytest.fixture
async def buses(applied_streams: NatsServer) -> AsyncIterator[Sequence[PlannerBus]]:
    """One location over 64 connections."""
    async with AsyncExitStack() as stack:
        made = []
        for number in range(CONNECTIONS):
            connection = await nats.connect(applied_streams.url)
            stack.push_async_callback(connection.close)
            made.append(PlannerBus(connection, "rzob", word=f"c{number}"))
        yield made


async def put_together(connection: Client, records: Sequence[Record]) -> None:
    """Say very many records."""
    messages = [
        OutgoingMessage(record.message_id, RECORDS.name, record.subject, record.headers("inventory"), record.body())
        for record in records
    ]
    for start in range(0, len(messages), 500):
        await publish_together(connection, messages[start : start + 500])


async def decided(ask: Callable[[], Awaitable[Reply]]) -> Reply:
    """Ask until it is decided: a planner that has too much to do says so."""
    while True:
        reply = await ask()
        if reply.refusal is None or reply.refusal.retry_at is None:
            return reply
        await pause((reply.refusal.retry_at - reply.answered_at).total_seconds() / SPEED)


class Crowd:
    """Machines that all have a window at the same time, and how many are down, as they see it themselves."""

    def __init__(self, buses: Sequence[PlannerBus], names: Sequence[str]) -> None:
        self.machines = [
            AskingMachine(buses[number % len(buses)], name, patience=PATIENCE_SECONDS)
            for number, name in enumerate(names)
        ]
        self.windows: dict[str, str] = {}
        self.inside: set[str] = set()
        self.most_inside = 0
        self.been_inside: list[str] = []
        self.denied: set[str] = set()

    async def request(self) -> None:
        """Let each have a window."""
        await asyncio.gather(*(self._request(machine) for machine in self.machines))

    async def enter_and_leave(self) -> None:
        """Let each enter as soon as it may, stay for a moment, and leave."""
        await asyncio.gather(*(self._enter_and_leave(machine) for machine in self.machines))

    async def _request(self, machine: AskingMachine) -> None:
        reply = await decided(machine.request)
        assert reply.grant, reply  # type: ignore[attr-defined]
        self.windows[machine.name] = reply.grant.window_id  # type: ignore[attr-defined]

    async def _enter_and_leave(self, machine: AskingMachine) -> None:
        lease = await self._let_in(machine)
        self.inside.add(machine.name)
        self.most_inside = max(self.most_inside, len(self.inside))
        await pause(0.02)
        self.inside.discard(machine.name)
        self.been_inside.append(machine.name)
        reply = await decided(lambda: machine.leave(lease))
        assert reply.departure, reply  # type: ignore[attr-defined]

    async def _let_in(self, machine: AskingMachine) -> Lease:
        while True:
            reply = await decided(lambda: machine.enter(self.windows[machine.name]))
            if reply.lease:  # type: ignore[attr-defined]
                return reply.lease  # type: ignore[attr-defined, no-any-return]
            denial = reply.denial  # type: ignore[attr-defined]
            assert denial.retry_at, denial
            if denial.code != "too_early":
                self.denied.add(machine.name)
            await pause((denial.retry_at - reply.answered_at).total_seconds() / SPEED)


async def most_down(bus: PlannerBus, machines: int) -> int:
    """Return how many machines were down at once by the events, which tell it in the order it was decided in."""

    async def all_told() -> list[MachineEnteredV1 | MachineLeftV1]:
        return [event for event in await bus.events() if isinstance(event, MachineEnteredV1 | MachineLeftV1)]

    told = await eventually(all_told, lambda events: len(events) >= 2 * machines, within=120, every=1)
    assert len(told) == 2 * machines
    down: set[str] = set()
    most = 0
    for event in told:
        if isinstance(event, MachineEnteredV1):
            assert event.machine not in down
            down.add(event.machine)
            most = max(most, len(down))
        else:
            down.remove(event.machine)
    assert not down
    return most


@pytest.mark.xdist_group("entering")
@pytest.mark.usefixtures("planners")
async def test_of_200_peers_one_is_down_at_a_time_and_each_gets_its_turn(buses: Sequence[PlannerBus]) -> None:
    bus, names = buses[0], [f"m{number:03d}" for number in range(PEERS)]
    await put_together(bus.connection, [bus.policy(**LONG), *(bus.machine(name) for name in names)])
    await bus.know()
    crowd = Crowd(buses, names)
    await crowd.request()
    # All windows are at the same time; only now they are peers, so that entering alone keeps them apart.
    await put_together(bus.connection, [bus.machine(name, redundancy_group="web") for name in names])
    await bus.know()
    async with asyncio.timeout(300):
        await crowd.enter_and_leave()
    assert (crowd.most_inside, sorted(crowd.been_inside)) == (1, names)
    assert await most_down(bus, PEERS) == 1
    assert len(crowd.denied) > PEERS / 2, "they did not come at once"


@pytest.mark.xdist_group("entering")
@pytest.mark.usefixtures("planners")
async def test_of_5000_machines_no_more_than_the_capacity_are_down_and_each_gets_its_turn(
    buses: Sequence[PlannerBus],
) -> None:
    bus, names = buses[0], [f"m{number:04d}" for number in range(FLEET)]
    await put_together(bus.connection, [bus.policy(**LONG), *(bus.machine(name) for name in names)])
    await bus.know()
    crowd = Crowd(buses, names)
    async with asyncio.timeout(300):
        await crowd.request()
    await bus.know(bus.policy(**LONG, capacity=CAPACITY))
    async with asyncio.timeout(600):
        await crowd.enter_and_leave()
    assert crowd.most_inside <= CAPACITY
    assert sorted(crowd.been_inside) == names
    assert await most_down(bus, FLEET) == CAPACITY, "never more, and they did come at once"
