"""The answers of one service at work: bound, grouped as commits let them, stopped without leaving anybody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog
from mweek_contracts.catalogue import REQUESTS
from mweek_outbox.trouble import DATABASE_TROUBLE
from nats.aio.subscription import Subscription

from mweek_messaging.answering.answer_book import Decided
from mweek_messaging.answering.asked import Asked
from mweek_messaging.answering.deciding import Decider
from mweek_messaging.answering.reception import Reception
from mweek_messaging.parts import ServiceParts
from mweek_messaging.publishing import PUBLISH_FAILURES
from mweek_messaging.supervision import keep_running
from mweek_messaging.surroundings import Surroundings

LARGEST_GROUP: Final = 256
PART: Final = "answers"
REFUSALS_PART: Final = "refusals"
_WHO: Final = "requests"
_LARGEST_BACKLOG_BYTES: Final = 32 * 2**20
_UNBINDING_SECONDS: Final = 1.0
_TROUBLE: Final = "The database does not work now; ask again."
_WENT_BACK: Final = "What is known on the bus is being mended; ask again."
_STOPS: Final = "This instance stops; ask again, another one answers."
_FAILED: Final = "It could not be decided because of an error of ours, which is logged; ask again."
_log = structlog.get_logger()


class Answering:
    """What a service answers. Stopping it is for good."""

    def __init__(self, parts: ServiceParts, around: Surroundings) -> None:
        """Bind nothing yet; raises ValueError when the parts do not fit the contracts."""
        self._parts = parts
        self._around = around
        self._decider = Decider(routes=parts.answers, database=parts.database, clock=parts.clock)
        self._reception = Reception(
            around.connection,
            service=parts.service,
            clock=parts.clock,
            rate=parts.asking_rate,
            metrics=around.metrics,
        )
        self._subscriptions: list[Subscription] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._idle = asyncio.Event()
        self._idle.set()
        self._in_hand: list[Asked] = []
        self._most = LARGEST_GROUP
        """How many go into the next group: what handlers are slow for is not read again and again."""

    async def start(self) -> None:
        """Bind to the subjects, in a queue group named after the service, and begin."""
        if not self._parts.answers:
            return
        around = self._around
        self._tasks = [
            asyncio.create_task(keep_running(name, run, health=around.health, database_watch=around.database_watch))
            for name, run in ((PART, self._run), (REFUSALS_PART, self._reception.rebuffs.run))
        ]
        entries = {entry.message: entry for entry in REQUESTS}
        for route in self._parts.answers:
            self._subscriptions.append(
                await around.connection.subscribe(
                    entries[route.request].subject,
                    queue=self._parts.service,
                    cb=self._reception.hear,
                    pending_bytes_limit=_LARGEST_BACKLOG_BYTES,
                )
            )
        with suppress(*PUBLISH_FAILURES):  # bound by the client itself once the server is back
            await around.connection.flush()

    def hold(self) -> None:
        """Decide nothing more; each request is told to ask again."""
        self._reception.closed_because = _WENT_BACK

    async def stop(self, within: float) -> None:
        """Take nothing more; answer what was taken in, for so many seconds at most, and refuse the rest."""
        if not self._tasks:
            return
        loop = asyncio.get_running_loop()
        latest = loop.time() + within
        with suppress(*PUBLISH_FAILURES):  # where the server is away, nothing comes anyhow
            draining = [one.drain() for one in self._subscriptions]  # type: ignore[no-untyped-call]  # nats-py
            await asyncio.wait_for(asyncio.gather(*draining, return_exceptions=True), _UNBINDING_SECONDS)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._until_idle(), max(0.0, latest - loop.time()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        waiting = self._reception.waiting
        await self._put_off([*self._in_hand, *waiting.take(len(waiting))], _STOPS)
        await self._reception.rebuffs.send_all()

    async def _run(self) -> None:
        waiting = self._reception.waiting
        while True:
            if not self._in_hand:
                if not len(waiting):
                    self._idle.set()
                await waiting.some()
            self._idle.clear()
            self._in_hand = [*self._in_hand, *waiting.take(LARGEST_GROUP - len(self._in_hand))]
            await self._answer(self._in_hand[: self._most])

    async def _answer(self, group: Sequence[Asked]) -> None:
        """Decide a group and send its replies; what was not come to stays in hand."""
        try:
            decided = await self._around.workers.run(self._decider.decide, group)
        except DATABASE_TROUBLE as error:
            self._around.database_watch.trouble(_WHO, error)
            self._in_hand = self._in_hand[len(group) :]
            await self._put_off(group, _TROUBLE)
            return
        except Exception:
            self._in_hand = self._in_hand[len(group) :]
            await self._put_off(group, _FAILED)
            raise
        self._around.database_watch.works(_WHO)
        self._around.metrics.requests_grouped(len(decided), waiting=len(self._reception.waiting))
        done = {id(one.asked) for one in decided}
        self._in_hand = [asked for asked in self._in_hand if id(asked) not in done]
        self._most = LARGEST_GROUP if len(decided) == len(group) else 2 * len(decided)
        for one in decided:
            await self._send(one)

    async def _send(self, decided: Decided) -> None:
        asked = decided.asked
        await self._reception.reply(
            asked.reply_to, decided.body, asked.request.message_type, decided.outcome, asked.since
        )

    async def _put_off(self, group: Sequence[Asked], why: str) -> None:
        for asked in group:
            await self._reception.not_ready(asked, why)

    async def _until_idle(self) -> None:
        while len(self._reception.waiting) or not self._idle.is_set():
            await self._idle.wait()
            await asyncio.sleep(0)
