"""The real planner while a week is under way: what has opened stands, whatever comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mweek_contracts.events import FindingCode, WeekCancelledV1, WeekScheduledV1
from mweek_contracts.reasons import RefusalCode, UnplacedCode
from nats.aio.client import Client

from tests.support.nats_server import NatsServer
from tests.support.planner_bus import HeardWeek, PlannerBus
from tests.support.planner_patterns import TWO_DAYS, write_patterns
from tests.support.planner_process import PlannerProcess

BEFORE = "2026-11-20T08:00Z"
TUESDAY_MORNING = "2026-12-01T06:00Z"
AFTER = "2026-12-06T23:00Z"


@pytest.fixture
def planner(applied_streams: NatsServer, empty_database: str, tmp_path: Path) -> Iterator[PlannerProcess]:
    folder = tmp_path / "planner"
    environment = {"MWEEK_PLANNER_PATTERNS": str(write_patterns(tmp_path / "patterns"))}
    process = PlannerProcess(folder, nats_url=applied_streams.url, database_url=empty_database, environment=environment)
    yield process
    process.stop()


async def scheduled_before(connection: Client, planner: PlannerProcess) -> tuple[PlannerBus, HeardWeek]:
    """Return a location whose week was scheduled in time: one machine on Monday, two on Thursday."""
    planner.at(BEFORE).start()
    bus = PlannerBus(connection, "rzob")
    await bus.put(*(bus.machine(name) for name in ("a", "b", "c")))
    week = await bus.scheduled(bus.schedule(pattern="one-then-all"))
    assert planner.stop() == 0
    return bus, week


def monday_of(week: HeardWeek) -> str:
    (name,) = (name for name, window in week.windows.items() if window.phase == "monday")
    return name


async def test_cancelling_withdraws_only_windows_that_have_not_opened(
    connection: Client, planner: PlannerProcess
) -> None:
    bus, week = await scheduled_before(connection, planner)
    opened = monday_of(week)
    planner.at(TUESDAY_MORNING).start()
    cancelled = await bus.outcome(bus.cancel())
    assert isinstance(cancelled, WeekCancelledV1)
    assert cancelled.withdrawn == 2
    again = await bus.scheduled(bus.schedule(pattern="one-then-all"))
    assert again.windows[opened] == week.windows[opened]
    assert {name: window.phase for name, window in again.assigned.items()} == {
        name: "thursday" for name in week.windows if name != opened
    }


async def test_machine_that_leaves_keeps_a_window_that_has_opened_and_loses_one_that_has_not(
    connection: Client, planner: PlannerProcess
) -> None:
    bus, week = await scheduled_before(connection, planner)
    opened = monday_of(week)
    planner.at(TUESDAY_MORNING).start()
    await bus.put(*(bus.removal(name) for name in ("a", "b", "c")))
    revised = await bus.scheduled(bus.schedule(pattern="one-then-all"))
    assert set(revised.windows) == {opened}
    withdrawn = {w.machine: w.reason for part in revised.parts.withdrawn for w in part.windows}
    assert withdrawn == dict.fromkeys({"a", "b", "c"} - {opened}, UnplacedCode.RETIRED)


async def test_joiner_gets_a_phase_that_is_still_to_open_or_is_said_to_have_none(
    connection: Client, planner: PlannerProcess
) -> None:
    bus, week = await scheduled_before(connection, planner)
    planner.at(TUESDAY_MORNING).start()
    acme = bus.owner("acme")
    await bus.put(bus.customer("acme", notice_hours=24 * 7), bus.machine("late", customer=acme), bus.machine("soon"))
    missing = ((FindingCode.NO_WINDOW, "late"), (FindingCode.NO_WINDOW, "soon"))
    await bus.audit(bus.audit_failed(week.scheduled, *missing))
    repaired = await bus.heard((await bus.said(WeekScheduledV1, number=2))[1])
    assert {name: window.phase for name, window in repaired.assigned.items()} == {"soon": "thursday"}
    assert {name: one.reason for name, one in repaired.unplaced.items()} == {"late": UnplacedCode.NOTICE}


async def test_week_that_is_over_is_neither_cancelled_nor_scheduled(
    connection: Client, planner: PlannerProcess
) -> None:
    bus, _ = await scheduled_before(connection, planner)
    planner.at(AFTER).start()
    codes = [(await bus.refusal_of(command)).code for command in (bus.cancel(), bus.schedule(pattern=TWO_DAYS))]
    assert codes == [RefusalCode.NOTHING_TO_CANCEL, RefusalCode.WEEK_OVER]


async def test_planner_that_was_down_carries_out_what_was_asked_meanwhile(
    connection: Client, planner: PlannerProcess
) -> None:
    bus, _ = await scheduled_before(connection, planner)
    asked = bus.schedule(pattern="one-then-all")
    await bus.put(bus.machine("joins"))
    await bus.ask(asked)
    planner.at(BEFORE).start()
    closing = await bus.outcome_of(asked)
    assert isinstance(closing, WeekScheduledV1)
    assert set((await bus.heard(closing)).assigned) == {"joins"}
