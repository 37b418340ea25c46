"""Runs one service: connects, guards, consumes, relays, ticks, and stops without losing anything."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from nats.aio.client import Client
from sqlalchemy.exc import DBAPIError

from mweek_messaging.answering.answering import Answering
from mweek_messaging.broker import STOPPING_SECONDS, build_broker
from mweek_messaging.consumption import Consumption
from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.guard import StreamGuard, Verdict
from mweek_messaging.housekeeping import keep_house
from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.parts import ServiceParts
from mweek_messaging.publishing import PUBLISH_FAILURES
from mweek_messaging.relay import OutboxRelay
from mweek_messaging.stream_watch import StreamWatch
from mweek_messaging.supervision import keep_running
from mweek_messaging.surroundings import Surroundings
from mweek_messaging.workers import Workers

EXIT_CONNECTION_LOST: Final = 70
EXIT_UNFINISHED: Final = 75
_LATEST_EXIT_SECONDS: Final = 9.5
"""After a signal the process ends within 10 seconds, whatever still holds a thread or the event loop."""
_GOODBYE_SECONDS: Final = 1.0
_LEFTOVER_SECONDS: Final = 0.5
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_log = structlog.get_logger()

Result = TypeVar("Result")


async def run_service(
    parts: ServiceParts, *, health: HealthBoard, metrics: MessagingMetrics, stop: asyncio.Event | None = None
) -> int:
    """Run until SIGTERM or SIGINT (or until `stop` is set); returns the exit code, 0 for an orderly end.

    Waits for a server, and for streams, that are not there yet. Ready once its consumers are bound; stops within 10
    seconds: what is in hand is finished, or goes back to its stream. A second signal ends the process at once.
    When streams that went back were rebuilt or accepted, it winds down in order and begins anew, in the same process.

    Args:
        stop: for a caller that has no signals, e.g. a test.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        with suppress(ValueError, RuntimeError):  # not the main thread: the caller has `stop`
            loop.add_signal_handler(number, _asked_to_stop, stop)
    try:
        while not stop.is_set():
            await _ServiceRun(parts, health, metrics, stop).until_over()
    finally:
        for number in _SIGNALS:
            with suppress(ValueError, RuntimeError):
                loop.remove_signal_handler(number)
    return 0


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _asked_to_stop(stop: asyncio.Event) -> None:
    """Stop in order; asked a second time, at once."""
    if stop.is_set():
        os._exit(EXIT_UNFINISHED)
    _log.info("service stopping")
    latest = threading.Timer(_LATEST_EXIT_SECONDS, _end_unfinished)
    latest.daemon = True
    latest.start()
    stop.set()


def _end_unfinished() -> None:
    _log.critical("the service could not be stopped in time; the process ends without it")
    os._exit(EXIT_UNFINISHED)


def _without_password(url: str) -> str:
    return re.sub(r"//[^@/,]*@", "//", url)


class _ServiceRun:
    """One run of a service, until it is stopped or has to begin anew; listens to its connection and its streams."""

    def __init__(
        self, parts: ServiceParts, health: HealthBoard, metrics: MessagingMetrics, stop: asyncio.Event
    ) -> None:
        self._parts = parts
        self._health = health
        self._metrics = metrics
        self._stop = stop
        self._over = asyncio.Event()
        """Set when the service is to stop, or to begin anew."""
        self._workers = Workers()
        self._tasks: list[asyncio.Task[None]] = []
        self._loops: list[asyncio.Task[None]] = []
        self._broker = build_broker(parts.nats_url, service=parts.service, health=health, listener=self)
        self._watch: StreamWatch | None = None
        self._database_watch = DatabaseWatch(parts.database, workers=self._workers, health=health)
        self._consumption: Consumption | None = None
        self._answering: Answering | None = None
        self._relay: OutboxRelay | None = None
        self._relaying: asyncio.Task[None] | None = None

    def reconnected(self) -> None:
        """Look at the streams before anything is said: the server that is back may have lost them."""
        if self._watch is not None:
            self._hold_relay()
            self._watch.look_soon()

    async def streams_as_expected(self) -> None:
        """Publish; after a reconnection this begins again here."""
        if self._relaying is None and self._relay is not None:
            self._relaying = self._task("outbox", self._relay.run)

    async def streams_went_back(self) -> None:
        """Take in nothing, and say nothing: what follows a gap would be told before what fell into it."""
        self._hold_relay()
        if self._answering is not None:
            self._answering.hold()
        if self._consumption is not None:
            await self._consumption.stop()
        if self._relay is not None:
            await self._workers.run(self._relay.give_up)

    async def streams_accepted(self) -> None:
        """Begin anew: positions and consumers from before count no more."""
        _log.warning("streams were brought back or accepted; the service begins anew")
        self._over.set()

    def closed(self) -> None:
        """End the process: nothing can be consumed or said any more, and a supervisor starts it anew."""
        if not self._over.is_set():
            _log.critical("nats connection closed for good; the process ends")
            os._exit(EXIT_CONNECTION_LOST)

    async def until_over(self) -> None:
        """Run the service and stop it in order."""
        stopping = asyncio.create_task(self._over_when_stopped())
        try:
            await self._until_over()
        finally:
            stopping.cancel()

    async def _until_over(self) -> None:
        self._health.set("nats", False, f"no server at {_without_password(self._parts.nats_url)} answers yet")
        connection = await self._unless_over(self._broker.connect())
        if connection is None:
            return
        self._health.set("nats", True, "connected")
        around = Surroundings(connection, self._workers, self._health, self._metrics, self._database_watch)
        relay = OutboxRelay(self._parts.database, around, now=self._parts.clock.real_now)
        consumption = Consumption(self._parts, self._broker, around)
        self._answering = Answering(self._parts, around)
        try:
            await self._unless_over(self._serve(connection, relay, consumption, self._answering))
            await self._over.wait()
        finally:
            self._over.set()
            self._health.set_ready(False)
            await self._wind_down(connection, relay, consumption, self._answering)

    async def _over_when_stopped(self) -> None:
        await self._stop.wait()
        self._over.set()

    async def _serve(
        self, connection: Client, relay: OutboxRelay, consumption: Consumption, answering: Answering
    ) -> None:
        """Start everything, as soon as the streams are there."""
        self._task("database-watch", self._database_watch.run)
        self._watch = watch = self._stream_watch(connection)
        verdict = await watch.until_present()
        self._consumption = consumption
        self._task("housekeeping", partial(keep_house, self._parts, self._workers))
        self._loops += [self._keep(f"loop:{loop.name}", loop.run) for loop in self._parts.loops]
        self._task("guard", partial(watch.run, self))
        if verdict is Verdict.AS_EXPECTED:
            self._relay = relay
            await self.streams_as_expected()
            await consumption.start()
            if self._parts.answers:
                await consumption.until_records_are_applied()
                await answering.start()
        self._health.set_ready(True)
        _log.info("service started", consuming=verdict is Verdict.AS_EXPECTED)

    async def _wind_down(
        self, connection: Client, relay: OutboxRelay, consumption: Consumption, answering: Answering
    ) -> None:
        """Stop taking in, say what was decided, close."""
        await asyncio.gather(consumption.stop(), answering.stop(STOPPING_SECONDS), _cancelled(self._loops))
        speaks = self._relaying is not None
        self._hold_relay()
        await _cancelled(self._tasks)  # the outbox after all that speaks
        with suppress(*PUBLISH_FAILURES, DBAPIError):
            if speaks:
                await asyncio.wait_for(relay.last_words(), _GOODBYE_SECONDS)
        with suppress(*PUBLISH_FAILURES):
            await asyncio.wait_for(self._broker.stop(), _GOODBYE_SECONDS)
        with suppress(*PUBLISH_FAILURES):  # where the server is away there was nothing to drain to
            await asyncio.wait_for(connection.close(), _GOODBYE_SECONDS)
        await self._workers.until_idle(_LEFTOVER_SECONDS)
        self._workers.close()
        if self._workers.busy:
            # Its transaction was not committed and its message not acknowledged: it comes again.
            _log.critical("work was not finished in time; the process ends without it", threads=self._workers.busy)
            os._exit(EXIT_UNFINISHED)
        if self._stop.is_set():
            _log.info("service stopped")

    async def _unless_over(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """Return the result of `work`, or None when the run is over before."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._over.wait())
        await asyncio.wait((doing, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if doing.done():
            return doing.result()
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return None

    def _keep(self, name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        running = keep_running(name, run, health=self._health, database_watch=self._database_watch)
        return asyncio.create_task(running, name=name)

    def _task(self, name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        task = self._keep(name, run)
        self._tasks.append(task)
        return task

    def _hold_relay(self) -> None:
        """Publish nothing; what was recorded waits, and the next look at the streams says how it goes on."""
        relaying, self._relaying = self._relaying, None
        if relaying is not None:
            relaying.cancel()

    def _stream_watch(self, connection: Client) -> StreamWatch:
        guard = StreamGuard(
            connection=connection, database=self._parts.database, workers=self._workers, service=self._parts.service
        )
        return StreamWatch(
            guard,
            every=self._parts.guard_every,
            health=self._health,
            metrics=self._metrics,
            database_watch=self._database_watch,
        )
