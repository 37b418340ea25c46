"""Several planners at one database: handlers that decide at the same time about the same and about other locations."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from mweek_contracts.commands import ScheduleWeekV1
from mweek_messaging import Voice
from mweek_outbox import Database, migrate, open_database
from mweek_outbox.streams import StreamPosition, advance_position
from mweek_planner.handlers import (
    AskingRates,
    CommandHandlers,
    Granting,
    RecordsGate,
    SituationReader,
    WeekWindows,
    WindowDesk,
)
from mweek_planner.storage.calendars import Calendars
from mweek_planner.storage.patterns import PatternDirectory
from mweek_planner.storage.records import put_machines
from mweek_planner.storage.rows import COMMAND, PLAN, WINDOW
from mweek_planner.translation.window_requests import window_request_from

from tests.support.ids import at
from tests.support.planner_values import change

NOW = at("2026-11-20T08:00Z")
LOCATIONS = ("rzob", "whq", "dc3")
PLANNERS = 4
COMMANDS_EACH = 6


class Planner:
    """One planner's handlers, with connections of its own."""

    _numbers = count(1)

    def __init__(self, database: Database) -> None:
        number = next(self._numbers)
        ids = count(1)
        self.database = database
        situations = SituationReader(database=database, records_lag=lambda: 0, now=lambda: NOW)
        voice = Voice(service="planner", new_id=lambda: f"p{number}-{next(ids)}", now=lambda: NOW)
        desk = WindowDesk(
            calendars=Calendars(database=database, now=lambda: NOW, request_of=window_request_from),
            gate=RecordsGate(records_lag=lambda: 0, real_now=lambda: NOW),
            rates=AskingRates(),
            voice=voice,
            now=lambda: NOW,
        )
        weeks = WeekWindows(desk=desk, granting=Granting(desk=desk, new_id=lambda: f"w{number}-{next(ids)}"))
        self.handlers = CommandHandlers(
            situations=situations, patterns=PatternDirectory(None), weeks=weeks, voice=voice
        )

    def schedule(self, command_id: str, location: str) -> None:
        """Handle one command in a transaction, after a machine joined the location."""
        with self.database.transaction() as session:
            put_machines(session, [change(f"joins-{command_id}", 1, location=location)])
        with self.database.transaction() as session:
            self.handlers.schedule_week(session, command(command_id, location))


def command(command_id: str, location: str) -> ScheduleWeekV1:
    return ScheduleWeekV1(
        message_id=f"m-{command_id}",
        correlation_id="test",
        occurred_at=NOW,
        command_id=command_id,
        location=location,
        week="2026-W49",
    )


@pytest.fixture
def planners(database_url: str) -> Iterator[list[Planner]]:
    migrate(database_url, "mweek_planner")
    with ExitStack() as stack:
        made = [Planner(open_database(database_url)) for _ in range(PLANNERS)]
        for planner in made:
            stack.callback(planner.database.close)
        with made[0].database.transaction() as session:
            advance_position(session, "RECORDS", StreamPosition(NOW, 1))
            for location in LOCATIONS:
                put_machines(session, [change(f"m{number}", 1, location=location) for number in range(30)])
        yield made


def rows(database: Database, *columns: Any) -> list[Any]:
    with database.read() as session:
        return [tuple(row) for row in session.connection().execute(sa.select(*columns))]


def at_once(planners: list[Planner], *work: list[tuple[str, str]]) -> None:
    """Let each planner do its list of (command, location), all beginning together."""
    together = threading.Barrier(len(work))

    def do(planner: Planner, commands: list[tuple[str, str]]) -> None:
        together.wait(timeout=30)
        for command_id, location in commands:
            planner.schedule(command_id, location)

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(do, *each) for each in zip(planners, work, strict=True)]:
            done.result(timeout=120)


def test_planners_make_one_line_of_revisions_for_each_location(planners: list[Planner]) -> None:
    work = [
        [(f"c{planner}-{number}", LOCATIONS[(planner + number) % len(LOCATIONS)]) for number in range(COMMANDS_EACH)]
        for planner in range(PLANNERS)
    ]
    at_once(planners, *work)
    database = planners[0].database
    asked = [location for commands in work for _, location in commands]
    made = rows(database, PLAN.c.location, PLAN.c.revision)
    assert sorted(made) == sorted(
        (location, revision) for location in LOCATIONS for revision in range(1, asked.count(location) + 1)
    )
    live = rows(database, WINDOW.c.location, WINDOW.c.machine, WINDOW.c.until_revision)
    assert len({(location, machine) for location, machine, until in live if until is None}) == len(live)
    assert len(live) == 30 * len(LOCATIONS) + len(asked)
    assert len(rows(database, COMMAND.c.command_id)) == len(asked)


def test_revisions_of_a_location_are_told_in_their_order(planners: list[Planner]) -> None:
    at_once(planners, *([(f"c{planner}-{number}", "rzob") for number in range(3)] for planner in range(PLANNERS)))
    outbox = sa.table("outbox", sa.column("id"), sa.column("subject"), sa.column("body"))
    told = sorted(rows(planners[0].database, outbox.c.id, outbox.c.subject, outbox.c.body))
    revisions = [json.loads(body)["revision"] for _, _, body in told]
    assert revisions == sorted(revisions)
    closing = [json.loads(body)["revision"] for _, subject, body in told if subject.endswith("week-scheduled.v1")]
    assert closing == list(range(1, 3 * PLANNERS + 1))


def test_same_command_at_several_planners_is_carried_out_once(planners: list[Planner]) -> None:
    at_once(planners, *([("the-command", "rzob")] for _ in planners))
    assert rows(planners[0].database, PLAN.c.location, PLAN.c.revision) == [("rzob", 1)]
    assert rows(planners[0].database, COMMAND.c.command_id, COMMAND.c.outcome) == [("the-command", "scheduled r1")]


def test_planner_that_fails_leaves_nothing_and_keeps_nobody_out(planners: list[Planner]) -> None:
    class PowerCutError(Exception):
        """What ends the first planner between its decision and its commit."""

    first, second, *_ = planners

    def fail() -> None:
        with first.database.transaction() as session:
            first.handlers.schedule_week(session, command("c1", "rzob"))
            raise PowerCutError

    with pytest.raises(PowerCutError):
        fail()
    assert rows(first.database, PLAN.c.revision) == []
    second.schedule("c1", "rzob")
    assert rows(first.database, PLAN.c.revision) == [(1,)]
