"""Two planners on one database, one of which is killed or frozen in the middle of its work again and again."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.events import WeekScheduledV1
from mweek_contracts.streams import CONSUMERS, RECORDS
from mweek_messaging.atomic_batch import publish_together
from mweek_outbox import OutgoingMessage
from nats.aio.client import Client

from tests.support.eventually import eventually, pause
from tests.support.misfortune import Misfortune
from tests.support.nats_server import NatsServer
from tests.support.planner_bus import PlannerBus
from tests.support.planner_process import PlannerProcess
from tests.support.reckoning import check_commands, check_no_dead_letters

WEEKS = ("2026-W49", "2026-W49", "2026-W50", "2026-W51")
"""Half of the commands are about the same week."""
MACHINES = 400
KILLS = 6
FREEZES = 3
[PLANNER_COMMANDS] = [spec for spec in CONSUMERS if spec.durable == "planner-commands"]
LONG_ENOUGH_SECONDS = PLANNER_COMMANDS.ack_wait.total_seconds() + 2
"""The server takes a planner for dead that was frozen for so long, and gives its message to the other."""
COMMANDS_AHEAD = 3
SECONDS_BETWEEN_COMMANDS = 0.3


@pytest.fixture
async def planners(
    applied_streams: NatsServer, database_url: str, tmp_path: Path
) -> AsyncIterator[Sequence[PlannerProcess]]:
    both = [
        PlannerProcess(
            tmp_path / f"planner{number}",
            nats_url=applied_streams.url,
            database_url=database_url,
            environment={"MWEEK_CLOCK": "2026-11-20T08:00Z"},
        )
        for number in range(2)
    ]
    await asyncio.to_thread(both[0].migrate)
    for process in both:
        process.launch()
    for process in both:
        await asyncio.to_thread(process.wait_until_ready)
    yield both
    for process in both:
        await asyncio.to_thread(process.stop)


class Commands:
    """An administrator who keeps a few commands waiting, about the same and about other weeks."""

    def __init__(self, bus: PlannerBus, connection: Client) -> None:
        self.bus = bus
        self.asked: list[ScheduleWeekV1] = []
        self._connection = connection
        self._weeks = cycle(WEEKS)

    async def go_on_until(self, over: asyncio.Event) -> None:
        """Ask until it is over, then wait for the outcome of each command."""
        while not over.is_set():
            await self._ask()
            await pause(SECONDS_BETWEEN_COMMANDS)
            await eventually(self._waiting, lambda waiting: waiting < COMMANDS_AHEAD, within=120, every=0.1)
        await eventually(self._without_outcome, lambda left: not left, within=120, every=0.5)

    async def _without_outcome(self) -> set[str]:
        """Return the commands that nothing has come of yet."""
        asked = {command.command_id for command in self.asked}
        return asked - {getattr(event, "command_id", None) for event in await self.bus.events()}

    async def until_in_hand(self) -> None:
        """Wait until one of the planners is at a command."""
        await eventually(self._in_hand, within=120, every=0.01)

    async def _ask(self) -> None:
        command = self.bus.schedule(next(self._weeks))
        self.asked.append(command)
        await self.bus.ask(command)

    async def _waiting(self) -> int:
        info = await self._connection.jetstream().consumer_info("COMMANDS", PLANNER_COMMANDS.durable)
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def _in_hand(self) -> int:
        info = await self._connection.jetstream().consumer_info("COMMANDS", PLANNER_COMMANDS.durable)
        return info.num_ack_pending or 0


@pytest.mark.parametrize(
    "database_url",
    [pytest.param(kind, marks=pytest.mark.xdist_group(f"two-planners-{kind}")) for kind in ("sqlite", "postgresql")],
    indirect=True,
)
async def test_planner_that_dies_or_freezes_at_a_command_costs_no_outcome_and_makes_none_twice(
    connection: Client, planners: Sequence[PlannerProcess]
) -> None:
    misfortune = Misfortune()
    bus = PlannerBus(connection, "rzob")
    await put_machines(connection, bus)
    commands, over = Commands(bus, connection), asyncio.Event()

    async def strike() -> None:
        for blow in misfortune.shuffled([kill] * KILLS + [freeze] * FREEZES):
            await commands.until_in_hand()
            await pause(misfortune.seconds(0.3))
            await blow(misfortune.one_of(planners))
        over.set()

    async with asyncio.TaskGroup() as group:  # a failure of either ends both
        group.create_task(strike())
        group.create_task(commands.go_on_until(over))
    await check_outcomes(bus, commands.asked)
    await check_no_dead_letters(connection)


async def kill(planner: PlannerProcess) -> None:
    await asyncio.to_thread(planner.kill)
    planner.launch()
    await asyncio.to_thread(planner.wait_until_ready)


async def freeze(planner: PlannerProcess) -> None:
    planner.signal(signal.SIGSTOP)
    await pause(LONG_ENOUGH_SECONDS)
    planner.signal(signal.SIGCONT)


async def put_machines(connection: Client, bus: PlannerBus) -> None:
    records = [bus.machine(f"m{number:03d}", environment="test") for number in range(MACHINES)]
    messages = [
        OutgoingMessage(record.message_id, RECORDS.name, record.subject, record.headers("inventory"), record.body())
        for record in records
    ]
    await publish_together(connection, messages)


async def check_outcomes(bus: PlannerBus, asked: Sequence[ScheduleWeekV1]) -> None:
    """Every command made one revision, revisions of a week follow each other, and each holds every machine once."""
    events = await bus.events()
    check_commands(asked, events)
    closings = [event for event in events if isinstance(event, WeekScheduledV1)]
    assert len(closings) == len(asked)
    for week in set(WEEKS):
        revisions = [event.revision for event in closings if event.week == week]
        assert revisions == list(range(1, len(revisions) + 1))
        last = [event for event in closings if event.week == week][-1]
        # Hearing a week checks counts and digest of each of its revisions.
        assert len((await bus.heard(last)).windows) == MACHINES
