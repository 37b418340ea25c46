"""What a service takes in: its routes, its bulk reader of records and its tickers, started and stopped as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from faststream.nats import NatsBroker
from mweek_contracts.streams import RECORDS, consumers_of
from mweek_outbox import read_position
from mweek_outbox.streams import read_seen
from mweek_outbox.trouble import DATABASE_TROUBLE

from mweek_messaging.broker import STOPPING_SECONDS
from mweek_messaging.consuming import build_router, routed_consumers
from mweek_messaging.dead_letters import DeadLetters, Outbox
from mweek_messaging.delivery import Delivering
from mweek_messaging.parts import ServiceParts
from mweek_messaging.processing import Processor
from mweek_messaging.publishing import PUBLISH_FAILURES
from mweek_messaging.pulling import Pulling
from mweek_messaging.records_reader import RecordsReader
from mweek_messaging.supervision import keep_running
from mweek_messaging.surroundings import Surroundings
from mweek_messaging.ticking import Ticking

_LAG_SECONDS: Final = 5.0
_CATCHING_UP_SECONDS: Final = 0.25
_log = structlog.get_logger()


class Consumption:
    """What a service takes in. Stopping it is for good."""

    def __init__(self, parts: ServiceParts, broker: NatsBroker, around: Surroundings) -> None:
        """Bind nothing yet; raises ValueError when the parts do not fit the contracts."""
        self._parts = parts
        self._broker = broker
        self._around = around
        self._delivering = Delivering(
            processor=Processor(routes=parts.routes, database=parts.database, clock=parts.clock),
            dead_letters=DeadLetters(
                outbox=Outbox(parts.database, around.workers),
                service=parts.service,
                largest=lambda: around.connection.max_payload,
                now=parts.clock.now,
                metrics=around.metrics,
            ),
            policy=parts.policy,
            clock=parts.clock,
            workers=around.workers,
            health=around.health,
            metrics=around.metrics,
            database_watch=around.database_watch,
        )
        self._reader = self._records_reader()
        self._pullings: list[Pulling] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._tickers: list[asyncio.Task[None]] = []
        self._reading: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        """Bind to the consumers, which must exist, and begin.

        Where RECORDS was accepted or made anew, all of it is read first: what is said of a week from the older stream
        may not be judged on half of the records.
        """
        if self._reader is not None:
            self._bind_lag(self._reader, asyncio.get_running_loop())
            self._reading = self._kept("records", self._reader.run)
            await self._until_records_are_known(self._reader, enough=self._knows_records)
        if self._stopped:
            return
        self._broker.include_router(build_router(self._parts.service, self._delivering))
        self._pullings = [self._pulling(subscriber) for subscriber in self._broker.subscribers]
        await self._broker.start()
        self._tasks = [self._kept(pulling.name, pulling.run) for pulling in self._pullings]
        await asyncio.gather(*(pulling.until_bound() for pulling in self._pullings))
        self._tickers = [asyncio.create_task(ticking.run()) for ticking in self._tickings()]

    async def stop(self) -> None:
        """Take nothing more, and wait (6 seconds at most) until what is in hand is done or given back."""
        self._stopped = True
        for ticker in self._tickers:
            ticker.cancel()
        stopping = (pulling.stop(STOPPING_SECONDS) for pulling in self._pullings)
        await asyncio.gather(self._stop_reading(), *stopping)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _pulling(self, subscriber: Any) -> Pulling:
        [spec] = [spec for spec in routed_consumers(self._parts.service) if spec.stream == subscriber.stream.name]
        pulling = Pulling(self._around.connection, spec, subscriber.consume)
        subscriber.subscription = pulling  # FastStream finds one there and starts no loop of its own
        return pulling

    async def until_records_are_applied(self) -> None:
        """Wait until the service knows all records: who is answered cannot be told later that it was otherwise."""
        if self._reader is not None:
            await self._until_records_are_known(self._reader, enough=lambda: False)

    async def _until_records_are_known(self, reader: RecordsReader, enough: Callable[[], bool]) -> None:
        known: bool | None = None
        while not self._stopped:
            try:
                if known is None:
                    known = await self._around.workers.run(enough)
                if known or await reader.lag() == 0:
                    return
            except DATABASE_TROUBLE as error:
                self._around.database_watch.trouble("records", error)
            except PUBLISH_FAILURES as error:
                _log.info("records cannot be counted now", error=str(error) or type(error).__name__)
            await asyncio.sleep(_CATCHING_UP_SECONDS)

    def _knows_records(self) -> bool:
        with self._parts.database.read() as session:
            seen = read_seen(session, RECORDS.name)
            return seen is None or not seen.acceptances or read_position(session, RECORDS.name) is not None

    async def _stop_reading(self) -> None:
        if self._reader is None or self._reading is None:
            return
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._reader.stop(), STOPPING_SECONDS)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    def _records_reader(self) -> RecordsReader | None:
        specs = [spec for spec in consumers_of(self._parts.service) if spec.stream == RECORDS.name]
        if bool(specs) != bool(self._parts.records_apply):
            raise ValueError(
                f"{self._parts.service}: the contracts give it {'a' if specs else 'no'} consumer on RECORDS, and its "
                f"parts have {'a' if self._parts.records_apply else 'no'} records_apply"
            )
        if not self._parts.records_apply:
            return None
        return RecordsReader(
            connection=self._around.connection,
            spec=specs[0],
            apply=self._parts.records_apply,
            database=self._parts.database,
            delivering=self._delivering,
        )

    def _kept(self, name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        around = self._around
        running = keep_running(name, run, health=around.health, database_watch=around.database_watch)
        return asyncio.create_task(running)

    def _bind_lag(self, reader: RecordsReader, loop: asyncio.AbstractEventLoop) -> None:
        if self._parts.records_lag is not None:
            self._parts.records_lag.bind(
                lambda: asyncio.run_coroutine_threadsafe(reader.lag(), loop).result(_LAG_SECONDS)
            )

    def _tickings(self) -> list[Ticking]:
        return [
            Ticking(
                ticker,
                database=self._parts.database,
                clock=self._parts.clock,
                workers=self._around.workers,
                health=self._around.health,
                database_watch=self._around.database_watch,
            )
            for ticker in self._parts.tickers
        ]
