"""Looks at the streams again and again, and tells health, metrics, the log and the service what the guard says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final, Protocol

import structlog
from mweek_outbox.trouble import DATABASE_TROUBLE

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.guard import StreamGuard, Verdict, Watched
from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.publishing import PUBLISH_FAILURES

_WHO: Final = "guard"
_SOON_SECONDS: Final = 2.0
"""How long until the next look while something is not as it should be: somebody may be mending it."""

_WORST_FIRST: Final = (Verdict.WENT_BACK, Verdict.ABSENT, Verdict.ACCEPTED)
_log = structlog.get_logger()


class StreamListener(Protocol):
    """Who has to act on what the guard says; called on the event loop, each time that it has looked."""

    async def streams_as_expected(self) -> None:
        """All streams are what they were, and more."""

    async def streams_went_back(self) -> None:
        """Consume and publish nothing until told otherwise."""

    async def streams_accepted(self) -> None:
        """What went back was mended or accepted: what is known of the streams from before counts no more."""


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
        self._every = every.total_seconds()
        self._health = health
        self._metrics = metrics
        self._database_watch = database_watch
        self._look_now = asyncio.Event()
        self._said: dict[str, str] = {}
        self._went_back = False
        self._sure = False

    def look_soon(self) -> None:
        """Look now: the server that is back after an outage may have lost its streams."""
        self._look_now.set()

    async def until_present(self) -> Verdict:
        """Wait until all streams were applied; returns AS_EXPECTED, or WENT_BACK when one is not what it was."""
        while (verdict := await self._look()) in (Verdict.ABSENT, Verdict.UNKNOWN):
            await asyncio.sleep(_SOON_SECONDS)
        return verdict

    async def run(self, listener: StreamListener) -> None:
        """Look until cancelled."""
        while True:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), self._pause())
            self._look_now.clear()
            went_back_before = self._went_back
            verdict = await self._look()
            if verdict is Verdict.WENT_BACK:
                await listener.streams_went_back()
            elif verdict is Verdict.ACCEPTED or (verdict is Verdict.AS_EXPECTED and went_back_before):
                await listener.streams_accepted()
            elif verdict is Verdict.AS_EXPECTED:
                await listener.streams_as_expected()

    def _pause(self) -> float:
        return self._every if self._sure else min(self._every, _SOON_SECONDS)

    async def _look(self) -> Verdict:
        try:
            watched = await self._guard.look()
        except PUBLISH_FAILURES as error:
            self._sure = False
            _log.warning("streams cannot be looked at now", error=str(error) or type(error).__name__)
            return Verdict.UNKNOWN
        except DATABASE_TROUBLE as error:
            self._sure = False
            self._database_watch.trouble(_WHO, error)
            return Verdict.UNKNOWN
        self._database_watch.works(_WHO)
        for one in watched:
            self._tell(one)
        found = {one.verdict for one in watched}
        worst = next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.AS_EXPECTED)
        self._sure = worst is Verdict.AS_EXPECTED
        self._went_back = worst is Verdict.WENT_BACK or (self._went_back and worst is Verdict.ABSENT)
        return worst

    def _tell(self, one: Watched) -> None:
        well = one.verdict in (Verdict.AS_EXPECTED, Verdict.ACCEPTED)
        self._health.set(f"stream:{one.stream}", well, one.sentence)
        self._metrics.stream_guard(one.stream, well)
        if well:
            self._said.pop(one.stream, None)
            return
        if self._said.get(one.stream) == one.sentence:
            return
        self._said[one.stream] = one.sentence
        if one.verdict is Verdict.WENT_BACK:
            _log.critical("stream went back", stream=one.stream, what=one.sentence)
        else:
            _log.warning("stream absent", stream=one.stream, what=one.sentence)
