"""A service that takes the planner's place on the bus and does, for each message, what a test tells it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from mweek_contracts.commands import CancelWeekV1, ScheduleWeekV1
from mweek_contracts.events import DeadLetterV1, WeekCancelledV1
from mweek_contracts.message import Message
from mweek_contracts.records import Record
from mweek_contracts.requests import MyWindowsV1, Request
from mweek_contracts.streams import DEAD, EVENTS
from mweek_contracts.windows import RecordsPosition
from mweek_messaging import (
    AnswerRoute,
    AskingRate,
    DeliveryPolicy,
    Loop,
    Received,
    RecordsLag,
    Route,
    ServiceParts,
    Ticker,
    Voice,
    follow,
    run_service,
)
from mweek_outbox import Database, execute_many, open_database
from mweek_outbox.schema import create_answered_requests_v1, create_v1, remember_more_of_streams_v2
from mweek_telemetry import Health, Metrics
from mweek_timewindows.clock import Clock
from nats.aio.client import Client
from sqlmodel import Session

from tests.support.eventually import eventually

IMPATIENT = DeliveryPolicy(
    attempts=3,
    delays=(timedelta(milliseconds=50), timedelta(milliseconds=100)),
    longest_wait=timedelta(seconds=30),
    unavailable_delay=timedelta(milliseconds=300),
)
"""The real policy with delays that a test can wait for."""

UNLIMITED = AskingRate(at_once=100_000, each_second=100_000)

EFFECTS = sa.Table(
    "effect",
    sa.MetaData(),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("message_id", sa.String),
    sa.Column("note", sa.String),
)

_INSERT_EFFECT = sa.insert(EFFECTS)


def create_tables(database: Database) -> None:
    """Create the tables of the outbox library, and one for what handlers did."""
    with database.migrating() as connection:
        operations = Operations(MigrationContext.configure(connection))
        create_v1(operations)
        remember_more_of_streams_v2(operations)
        create_answered_requests_v1(operations)
        EFFECTS.create(connection)


def real_clock(text: str = "") -> Clock:
    return Clock.parse(text, real_now=lambda: datetime.now(UTC), monotonic=time.monotonic)


def random_id() -> str:
    return os.urandom(8).hex()


def note_effect(session: Session, message_id: str, note: str = "") -> None:
    """Do what a handler does: change a row."""
    execute_many(session, _INSERT_EFFECT, [{"message_id": message_id, "note": note}])


@dataclass
class Probe:
    """The service's database, what its handlers do, and what its health and metrics say."""

    nats_url: str
    database_url: str
    handlers: dict[type[Message], Callable[[Session, Any], None]] = field(default_factory=dict)
    answers: dict[type[Request], Callable[[Session, Any], Any]] = field(default_factory=dict)
    asking_rate: AskingRate = UNLIMITED
    tickers: Sequence[Ticker] = ()
    loops: Sequence[Loop] = ()
    policy: DeliveryPolicy = IMPATIENT
    guard_every: timedelta = timedelta(seconds=60)
    clock: Clock = field(default_factory=real_clock)
    health: Health = field(default_factory=Health)
    metrics: Metrics = field(default_factory=lambda: Metrics("planner"))
    records_lag: RecordsLag = field(default_factory=RecordsLag)
    apply_records: Callable[[Session, Sequence[Record], RecordsPosition], None] | None = None

    def __post_init__(self) -> None:
        self.database = open_database(self.database_url)
        if not sa.inspect(self.database._engine).has_table("effect"):
            create_tables(self.database)
        self.voice = Voice(service="planner", new_id=random_id, now=self.clock.now)

    def parts(self) -> ServiceParts:
        return ServiceParts(
            service="planner",
            nats_url=self.nats_url,
            database=self.database,
            clock=self.clock,
            voice=self.voice,
            routes=[Route(message, handler) for message, handler in self.handlers.items()],
            answers=[
                AnswerRoute(request, handler, anew=request is MyWindowsV1) for request, handler in self.answers.items()
            ],
            asking_rate=lambda location: self.asking_rate,
            records_apply=self.apply_records or self.note_records,
            records_lag=self.records_lag,
            tickers=self.tickers,
            loops=self.loops,
            policy=self.policy,
            guard_every=self.guard_every,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the service, started, inside of the block; it must end in order and in time."""
        async with self.starting() as task:
            await eventually(lambda: self.health.started or task.done())
            yield

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[asyncio.Task[int]]:
        """Run the service inside of the block, without waiting for it to have started."""
        stop = asyncio.Event()
        task = asyncio.create_task(run_service(self.parts(), health=self.health, metrics=self.metrics, stop=stop))
        try:
            yield task
        finally:
            stop.set()
            assert await asyncio.wait_for(task, 12) == 0

    def note_records(self, session: Session, records: Sequence[Record], position: RecordsPosition) -> None:
        """Apply records as a service would: one effect each."""
        rows = [{"message_id": record.message_id, "note": "record"} for record in records]
        session.connection().execute(sa.insert(EFFECTS), rows)

    def effects(self) -> list[str]:
        """Return the message ids that handlers acted on, in order."""
        with self.database.read() as session:
            found = session.connection().execute(sa.select(EFFECTS.c.message_id).order_by(EFFECTS.c.place))
            return list(found.scalars())

    def notes(self) -> list[str]:
        """Return the notes of all effects, in order."""
        with self.database.read() as session:
            return list(session.connection().execute(sa.select(EFFECTS.c.note).order_by(EFFECTS.c.place)).scalars())

    def counted(self, outcome: str) -> float:
        """Return how many deliveries had an outcome."""
        return sum(
            sample.value
            for metric in self.metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "mweek_messages_handled_total" and sample.labels["outcome"] == outcome
        )


def schedule_week(name: str = "s-1", **fields: Any) -> ScheduleWeekV1:
    """Return a command whose message id and command id are `name`."""
    given: dict[str, Any] = {
        "message_id": name,
        "correlation_id": name,
        "occurred_at": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "command_id": name,
        "location": "rzob",
        "week": "2026-W49",
    }
    return ScheduleWeekV1(**given | fields)


def cancel_week(name: str = "c-1") -> CancelWeekV1:
    """Return a command to cancel the same week."""
    return CancelWeekV1(
        message_id=name,
        correlation_id=name,
        occurred_at=datetime(2026, 11, 23, 8, tzinfo=UTC),
        command_id=name,
        location="rzob",
        week="2026-W49",
        reason="a test",
    )


def week_cancelled(voice: Voice, cause: Message, reason: str = "a test") -> WeekCancelledV1:
    """Return an event that a handler may say."""
    return WeekCancelledV1(
        **voice.envelope(cause),
        location="rzob",
        week="2026-W49",
        plan_id="rzob/2026-W49/r1",
        revision=1,
        command_id="c-1",
        reason=reason,
        withdrawn=0,
        withdrawn_parts=0,
    )


async def stored(connection: Client, stream: str) -> list[Received]:
    """Return all messages of a stream."""
    return [received async for received in follow(connection, stream, until_caught_up=True)]


async def dead_letters(connection: Client) -> list[DeadLetterV1]:
    """Return all dead letters."""
    letters = [received.message() for received in await stored(connection, DEAD.name)]
    assert all(isinstance(letter, DeadLetterV1) for letter in letters)
    return letters  # type: ignore[return-value]


async def events(connection: Client) -> list[Message]:
    """Return all events."""
    return [received.message() for received in await stored(connection, EVENTS.name)]
