"""Two real planners at one database: many commands and findings at once, and a crash among them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from mweek_contracts.commands import ScheduleWeekV1
from mweek_contracts.events import FindingCode, WeekScheduledV1
from nats.aio.client import Client

from tests.support.nats_server import NatsServer
from tests.support.planner_bus import PlannerBus
from tests.support.planner_process import PlannerProcess

BEFORE = {"MWEEK_CLOCK": "2026-11-20T08:00Z"}
COMMANDS_EACH = 8


@pytest.fixture
def planners(applied_streams: NatsServer, empty_database: str, tmp_path: Path) -> Iterator[list[PlannerProcess]]:
    """Two planners that run, on a database that was migrated once."""
    both = [
        PlannerProcess(
            tmp_path / f"planner{number}", nats_url=applied_streams.url, database_url=empty_database, environment=BEFORE
        )
        for number in range(2)
    ]
    both[0].migrate()
    for process in both:
        process.launch()
    for process in both:
        process.wait_until_ready()
    yield both
    for process in both:
        process.stop()


async def locations_with_machines(connection: Client, *names: str) -> list[PlannerBus]:
    buses = [PlannerBus(connection, name) for name in names]
    for bus in buses:
        await bus.put(*(bus.machine(f"m{number}", environment="test") for number in range(25)))
    return buses


async def check_one_line_of_revisions(bus: PlannerBus, commands: list[ScheduleWeekV1]) -> None:
    """See that each command has one outcome, and that revisions follow each other and hold to the last window."""
    for command in commands:
        await bus.outcome_of(command, within=60)
        assert len(await bus.outcomes_of(command)) == 1
    closings = [event for event in await bus.events() if isinstance(event, WeekScheduledV1)]
    assert [event.revision for event in closings] == list(range(1, len(closings) + 1))
    # Applying every message checks counts and digest of every revision on the way.
    heard = await bus.heard(closings[-1])
    assert len(heard.windows) == closings[-1].windows


async def test_many_commands_make_one_plan_for_each_revision(
    connection: Client, planners: list[PlannerProcess]
) -> None:
    buses = await locations_with_machines(connection, "rzob", "whq", "dc3")
    asked = {bus.location: [bus.schedule() for _ in range(COMMANDS_EACH)] for bus in buses}
    await asyncio.gather(*(bus.ask(*asked[bus.location]) for bus in buses))
    for bus in buses:
        await check_one_line_of_revisions(bus, asked[bus.location])
        closings = await bus.said(WeekScheduledV1, number=COMMANDS_EACH)
        assert len(closings) == COMMANDS_EACH


async def test_findings_and_commands_at_once_do_not_assign_a_window_twice(
    connection: Client, planners: list[PlannerProcess]
) -> None:
    (bus,) = await locations_with_machines(connection, "rzob")
    first = await bus.scheduled(bus.schedule())
    asked = []
    for number in range(4):
        await bus.put(bus.machine(f"joins{number}"))
        stands = (await bus.said(WeekScheduledV1))[-1]
        asked.append(bus.schedule())
        failed = bus.audit_failed(stands, (FindingCode.NO_WINDOW, f"joins{number}"))
        await asyncio.gather(bus.audit(failed), bus.ask(asked[-1]))
    await check_one_line_of_revisions(bus, asked)
    last = (await bus.said(WeekScheduledV1))[-1]
    assert last.windows == first.scheduled.windows + 4


async def test_planner_that_dies_loses_no_command_and_repeats_none(
    connection: Client, planners: list[PlannerProcess]
) -> None:
    (bus,) = await locations_with_machines(connection, "rzob")
    asked = [bus.schedule() for _ in range(COMMANDS_EACH)]
    await bus.ask(*asked[:3])
    await bus.outcome_of(asked[0])
    planners[0].kill()
    await bus.ask(*asked[3:])
    for command in asked:
        await bus.outcome_of(command, within=90)
    await check_one_line_of_revisions(bus, asked)
    assert len(await bus.said(WeekScheduledV1)) == COMMANDS_EACH
