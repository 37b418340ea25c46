"""The parts that a service is made of, handed to `run_service` by its bootstrap."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from mweek_contracts.message import Message
from mweek_contracts.records import Record
from mweek_contracts.windows import RecordsPosition
from mweek_outbox import Database
from sqlmodel import Session

from mweek_messaging.answering.route import AnswerRoute, AskingRate, usual_rate
from mweek_messaging.policy import DeliveryPolicy
from mweek_messaging.records_lag import RecordsLag
from mweek_messaging.voice import Voice


class ServiceClock(Protocol):
    """The clock of a service; `mweek_timewindows.clock.Clock`."""

    def now(self) -> datetime:
        """Return the present instant of the service, aware UTC."""

    def real_now(self) -> datetime:
        """Return the system's time."""

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds a span of the service's clock lasts."""


@dataclass(frozen=True, slots=True)
class Route:
    """A message class and the bound handler that deals with it.

    The handler is called in a worker thread, inside one transaction that already remembers the message in the inbox;
    what it changes and says commits with that, and only then the message is acknowledged. Whatever it raises rolls all
    of it back; the delivery policy decides what comes next.
    """

    message: type[Message]
    handler: Callable[[Session, Any], None]


RecordsApply = Callable[[Session, Sequence[Record], RecordsPosition], None]
"""Applies up to 500 records in one transaction. Must be idempotent and bear any order: a record (or tombstone) applies
if and only if its revision is greater than the stored one, and a tombstone's revision stays stored.

The position is how far the stream is applied once this transaction commits; it is stored by the library."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """Work that is done again and again, each time in a transaction of its own.

    Runs once for every multiple of `every` since 1970 in the service's clock, in order and each with that instant as
    its `now`: late when it must, never skipped, never twice in one process. Several instances all tick: what a ticker
    does must be decided on rows, under `Database.lock` where two could do it at once.
    """

    name: str
    every: timedelta
    run: Callable[[Session, datetime], None]


@dataclass(frozen=True, slots=True)
class Loop:
    """A task that runs as long as the service, on the event loop; cancelled when it stops.

    One that raises (or returns) is logged, turns health red and is started anew after a delay that grows.
    """

    name: str
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParts:
    """All that `run_service` needs. `service` is the name in the contracts, e.g. `planner`."""

    service: str
    nats_url: str
    database: Database
    clock: ServiceClock
    voice: Voice
    routes: Sequence[Route] = ()
    answers: Sequence[AnswerRoute] = ()
    """Needs the table of `mweek_outbox.schema.create_answered_requests_v1`."""
    asking_rate: Callable[[str], AskingRate] = usual_rate
    """How often a machine of a location may ask; called for each request on the event loop, so it may not wait."""
    records_apply: RecordsApply | None = None
    records_lag: RecordsLag | None = None
    tickers: Sequence[Ticker] = ()
    loops: Sequence[Loop] = ()
    policy: DeliveryPolicy = field(default_factory=DeliveryPolicy)
    guard_every: timedelta = timedelta(seconds=50)
    """How often, in real time, to look whether a stream went back, so that it is said within a minute; a reconnection
    looks at once."""
