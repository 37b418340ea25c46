"""Looks at the streams again and again, and tells health, metrics and the log what the guard says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog
from mweek_outbox.trouble import DATABASE_TROUBLE

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.guard import StreamGuard, Verdict, Watched
from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.publishing import PUBLISH_FAILURES

_WAITING_SECONDS: Final = 2.0
_WHO: Final = "guard"
_log = structlog.get_logger()


class StreamWatch:
    """The guard of one service at work."""

    def __init__(
        self,
        guard: StreamGuard,
        *,
        every: timedelta,
        health: HealthBoard,
        metrics: MessagingMetrics,
        database_watch: DatabaseWatch,
    ) -> None:
        """Look at least as often as `every` says, in real time."""
        self._guard = guard
        self._every = every
        self._health = health
        self._metrics = metrics
        self._database_watch = database_watch
        self._look_now = asyncio.Event()

    def look_soon(self) -> None:
        """Look now: the server that is back after an outage may have lost its streams."""
        self._look_now.set()

    async def until_present(self) -> Verdict:
        """Wait until all streams were applied; returns AS_EXPECTED, or WENT_BACK when one is not what it was."""
        while (verdict := await self._look()) in (Verdict.ABSENT, Verdict.UNKNOWN):
            await asyncio.sleep(_WAITING_SECONDS)
        return verdict

    async def run(self, on_regression: Callable[[], Awaitable[None]]) -> None:
        """Look until cancelled; each time that a stream went back, call `on_regression`."""
        while True:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), self._every.total_seconds())
            self._look_now.clear()
            if await self._look() is Verdict.WENT_BACK:
                await on_regression()

    async def _look(self) -> Verdict:
        try:
            watched = await self._guard.look()
        except PUBLISH_FAILURES as error:
            _log.warning("streams cannot be looked at now", error=str(error) or type(error).__name__)
            return Verdict.UNKNOWN
        except DATABASE_TROUBLE as error:
            self._database_watch.trouble(_WHO, error)
            return Verdict.UNKNOWN
        self._database_watch.works(_WHO)
        for one in watched:
            self._tell(one)
        found = {one.verdict for one in watched}
        return next((worst for worst in (Verdict.WENT_BACK, Verdict.ABSENT) if worst in found), Verdict.AS_EXPECTED)

    def _tell(self, one: Watched) -> None:
        as_expected = one.verdict is Verdict.AS_EXPECTED
        self._health.set(f"stream:{one.stream}", as_expected, one.sentence)
        self._metrics.stream_guard(one.stream, as_expected)
        if one.verdict is Verdict.WENT_BACK:
            _log.critical("stream went back", stream=one.stream, what=one.sentence)
        elif not as_expected:
            _log.warning("stream absent", stream=one.stream, what=one.sentence)
