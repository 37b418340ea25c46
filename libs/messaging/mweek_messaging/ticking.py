"""Runs a ticker at every multiple of its interval in the service's clock, which may run 3,600 times too fast."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from mweek_outbox import Database
from mweek_outbox.trouble import DATABASE_TROUBLE

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.observation import HealthBoard
from mweek_messaging.parts import ServiceClock, Ticker
from mweek_messaging.workers import Workers

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_PAUSE_SECONDS: Final = 30.0
"""A wait is cut into pieces of this length: a system clock that is set right while we wait is noticed."""

_log = structlog.get_logger()


class Ticking:
    """One ticker at work."""

    def __init__(
        self,
        ticker: Ticker,
        *,
        database: Database,
        clock: ServiceClock,
        workers: Workers,
        health: HealthBoard,
        database_watch: DatabaseWatch,
    ) -> None:
        """Begin with the first multiple of the interval after now."""
        self._ticker = ticker
        self._database = database
        self._clock = clock
        self._workers = workers
        self._health = health
        self._database_watch = database_watch

    async def run(self) -> None:
        """Tick until cancelled: each instant once, in order, a failed one again until it works."""
        due_at = next_multiple(self._clock.now(), self._ticker.every)
        while True:
            while (wait := self._clock.real_seconds(due_at - self._clock.now())) > 0:
                await asyncio.sleep(min(wait, _LONGEST_PAUSE_SECONDS))
            await self._until_done(due_at)
            due_at += self._ticker.every

    async def _until_done(self, due_at: datetime) -> None:
        failures = 0
        part = f"ticker:{self._ticker.name}"
        while True:
            try:
                await self._workers.run(self._tick, due_at)
            except DATABASE_TROUBLE as error:
                failures += 1
                self._database_watch.trouble(part, error)
                await asyncio.sleep(min(failures, _LONGEST_PAUSE_SECONDS))
            except Exception as error:  # noqa: BLE001  logged, red, and tried again
                failures += 1
                _log.exception("ticker failed", ticker=self._ticker.name, due_at=due_at.isoformat())
                self._health.set(part, False, f"{type(error).__name__}: {error}; tried again until it works")
                await asyncio.sleep(min(failures, _LONGEST_PAUSE_SECONDS))
            else:
                self._database_watch.works(part)
                self._health.set(part, True, f"last at {due_at:%Y-%m-%d %H:%M:%SZ}")
                return

    def _tick(self, due_at: datetime) -> None:
        with self._database.transaction() as session:
            self._ticker.run(session, due_at)


def next_multiple(now: datetime, every: timedelta) -> datetime:
    """Return the first instant after `now` that is a whole number of intervals from 1970.

    Raises:
        ValueError: an interval of nothing or less.
    """
    if every <= timedelta(0):
        raise ValueError(f"a ticker's interval must be longer than nothing, not {every}")
    return _EPOCH + ((now - _EPOCH) // every + 1) * every
