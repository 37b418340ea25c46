"""Takes requests off the bus: reads them, and refuses at once what no database is needed for; the rest waits.

Nothing here may wait: a machine that floods is dealt with in microseconds, on the event loop that serves all others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from mweek_contracts.catalogue import RequestEntry, request_on
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.request_reading import BadRequest, read_request
from nats.aio.client import Client
from nats.aio.msg import Msg

from mweek_messaging.answering.asked import Asked
from mweek_messaging.answering.fair_line import FairLine
from mweek_messaging.answering.flood_limit import FloodLimit
from mweek_messaging.answering.rebuffs import Rebuff, Rebuffs
from mweek_messaging.answering.refusing import LATER
from mweek_messaging.answering.route import AskingRate
from mweek_messaging.broker import inbox_prefix
from mweek_messaging.observation import MessagingMetrics
from mweek_messaging.parts import ServiceClock
from mweek_messaging.publishing import PUBLISH_FAILURES

MOST_WAITING: Final = 4_096
"""Seconds of work. Whoever comes later is told so at once, instead of being answered after it has given up."""
MOST_WAITING_OF_ONE: Final = 32
"""More than a machine that waits for its replies ever has."""
_REMEMBERED_REFUSALS: Final = 1_000
_log = structlog.get_logger()


class Reception:
    """Where requests come in, and replies go out."""

    def __init__(
        self,
        connection: Client,
        *,
        service: str,
        clock: ServiceClock,
        rate: Callable[[str], AskingRate],
        metrics: MessagingMetrics,
    ) -> None:
        """Take in nothing yet.

        Args:
            rate: how often a machine of a location may ask; called for each request, so it may not wait.
        """
        self.waiting: FairLine[Asked] = FairLine(most=MOST_WAITING, most_of_one=MOST_WAITING_OF_ONE)
        self.rebuffs = Rebuffs(self._rebuff)
        self.closed_because = ""
        """Why nothing can be decided; each request is told so."""
        self._connection = connection
        self._own_inboxes = inbox_prefix(service)
        self._clock = clock
        self._rate = rate
        self._metrics = metrics
        self._limit = FloodLimit()
        self._told: dict[tuple[str, str, int], bytes] = {}

    async def hear(self, message: Msg) -> None:
        """Take in one request, or refuse it."""
        entry = request_on(message.subject)
        if entry is None:
            return
        now = asyncio.get_running_loop().time()
        _, location, machine, _ = message.subject.split(".", 3)
        asker = f"{location}/{machine}"
        wait = self._limit.seconds_to_wait(asker, rate := self._rate(location), now)
        if not self._may_be_answered(message, silently=wait > 0):
            return
        if wait:
            body = self._too_many(entry, asker, rate, wait, now)
            if not self.rebuffs.add(asker, Rebuff(message.reply, body, entry.name, now)):
                self._metrics.request_answered(entry.name, "ignored", 0.0)
            return
        read = read_request(message.subject, message.data)
        if isinstance(read, BadRequest):
            body = self._refusal(entry, read.request_id, read.refusal)
            await self.reply(message.reply, body, entry.name, read.refusal.code, now)
            return
        asked = Asked(read, message.reply, now)
        if self.closed_because:
            await self.not_ready(asked, self.closed_because)
        elif not self.waiting.add(asker, asked):
            await self._crowded(asked)

    async def not_ready(self, asked: Asked, text: str, delay: timedelta = LATER) -> None:
        """Tell who asks that it cannot be decided now."""
        await self._refuse(asked, RequestRefusalCode.NOT_READY, text, delay)

    async def reply(self, to: str, body: bytes, request: str, outcome: str, since: float) -> None:
        """Send a reply; where it does not arrive, the machine asks again."""
        try:
            await self._connection.publish(to, body)
        except PUBLISH_FAILURES as error:
            _log.info("reply not sent", request=request, error=str(error) or type(error).__name__)
        self._metrics.request_answered(request, outcome, asyncio.get_running_loop().time() - since)

    async def _rebuff(self, rebuff: Rebuff) -> None:
        code = RequestRefusalCode.TOO_MANY_REQUESTS
        await self.reply(rebuff.reply_to, rebuff.body, rebuff.request, code, rebuff.since)

    def _may_be_answered(self, message: Msg, *, silently: bool) -> bool:
        """Tell whether a reply can go where the request says: an inbox, and none of our own.

        Whoever asks chooses that subject, and we may publish where they may not.
        """
        to = message.reply
        if to.startswith("_") and not to.startswith(f"{self._own_inboxes}."):
            return True
        if not silently:
            _log.warning("request ignored: its reply subject is no inbox", subject=message.subject, reply_to=to[:200])
        return False

    async def _crowded(self, asked: Asked) -> None:
        if self.waiting.full:
            await self.not_ready(asked, "Too many machines ask at once; ask again.")
            return
        text = f"{asked.asker} has too many requests waiting: wait for their replies."
        await self._refuse(asked, RequestRefusalCode.TOO_MANY_REQUESTS, text, LATER)

    async def _refuse(self, asked: Asked, code: RequestRefusalCode, text: str, delay: timedelta) -> None:
        entry = request_on(asked.request.subject)
        assert entry is not None
        refusal = Refusal(code=code, text=text, retry_at=self._clock.now() + delay)
        body = self._refusal(entry, asked.request.request_id, refusal)
        await self.reply(asked.reply_to, body, entry.name, code, asked.since)

    def _too_many(self, entry: RequestEntry, who: str, rate: AskingRate, wait: float, now: float) -> bytes:
        """Return the refusal of a machine that asks too often: written once until it may ask again."""
        key = (entry.name, who, round((now + wait) * 1_000))
        if key not in self._told:
            if len(self._told) >= _REMEMBERED_REFUSALS:
                self._told.clear()
            text = (
                f"{who} asks too often: {rate.at_once} requests at once and {rate.each_second:g} each second from then "
                "on are answered. Wait until retry_at."
            )
            retry_at = self._clock.now() + self._in_service_time(wait)
            refusal = Refusal(code=RequestRefusalCode.TOO_MANY_REQUESTS, text=text, retry_at=retry_at)
            self._told[key] = self._refusal(entry, None, refusal)
        return self._told[key]

    def _refusal(self, entry: RequestEntry, request_id: str | None, refusal: Refusal) -> bytes:
        return entry.reply(request_id=request_id, answered_at=self._clock.now(), refusal=refusal).body()

    def _in_service_time(self, seconds: float) -> timedelta:
        """Return how far the service's clock goes in so many real seconds."""
        hour = timedelta(hours=1)
        return hour * (seconds / self._clock.real_seconds(hour))
