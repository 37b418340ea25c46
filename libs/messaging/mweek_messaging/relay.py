"""Publishes what the transactions of a service recorded, in order; one relay per database is at work at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final

import nats.errors
import structlog
from mweek_contracts.streams import STREAMS
from mweek_outbox import Database, ExclusiveRole, OutgoingMessage
from mweek_outbox.trouble import DATABASE_TROUBLE
from mweek_outbox.waiting import WaitingMessage, count_waiting, mark_sent, read_waiting

from mweek_messaging.atomic_batch import LARGEST_BATCH, publish_together
from mweek_messaging.publishing import PUBLISH_FAILURES
from mweek_messaging.stuck import why_stuck
from mweek_messaging.surroundings import Surroundings

POLL_SECONDS: Final = 1.0
"""How soon a message is seen that another process recorded; this process's own wake the relay at once."""

_GATHERING_SECONDS: Final = 0.02
"""Behind a message that follows another one at once there are often more, e.g. a notice for each mail: together they
cost little more than one. A message that comes alone does not wait."""

_READ_AT_ONCE: Final = 4 * LARGEST_BATCH
_LONGEST_PAUSE_SECONDS: Final = 10.0
_WHO: Final = "outbox"
_LAST_VALUE_STREAMS: Final = frozenset(spec.name for spec in STREAMS if spec.max_messages_per_subject == 1)
_log = structlog.get_logger()


class OutboxRelay:
    """The relay of one process. Others on the same database wait until this one is gone."""

    def __init__(self, database: Database, around: Surroundings, *, now: Callable[[], datetime]) -> None:
        """Keep what it works with; `now` is real time, which stamps what was sent."""
        self._database = database
        self._connection = around.connection
        self._workers = around.workers
        self._health = around.health
        self._metrics = around.metrics
        self._database_watch = around.database_watch
        self._stream = ""
        self._now = now
        self._woken = asyncio.Event()
        self._role: ExclusiveRole = database.exclusive_role("relay")

    async def run(self) -> None:
        """Publish until cancelled."""
        failures = 0
        loop = asyncio.get_running_loop()
        no_more = self._database.on_outgoing(partial(self._wake, loop))
        try:
            while True:
                self._woken.clear()
                try:
                    published = await self.publish_waiting()
                    failures = 0
                except DATABASE_TROUBLE as error:
                    failures += 1
                    self._database_watch.trouble(_WHO, error)
                    await asyncio.sleep(min(failures, _LONGEST_PAUSE_SECONDS))
                    continue
                except PUBLISH_FAILURES as error:
                    failures += 1
                    await self._say_stuck(error)
                    await asyncio.sleep(min(failures, _LONGEST_PAUSE_SECONDS))
                    continue
                if published < _READ_AT_ONCE:
                    await self._pause()
                    await asyncio.sleep(_GATHERING_SECONDS if published else 0)
        finally:
            no_more()
            self._role.release()

    async def last_words(self) -> None:
        """Publish what the last transactions recorded; `run` is over by now."""
        try:
            while await self.publish_waiting():
                pass
        finally:
            self._role.release()

    def give_up(self) -> None:
        """Let others publish, e.g. an operator who rebuilds streams; `run` is over, and may be begun again."""
        self._role.release()

    async def publish_waiting(self) -> int:
        """Publish the first waiting messages and mark them sent; returns how many, 0 where another relay is at work.

        Raises:
            nats.errors.Error, TimeoutError, OSError: not acknowledged; nothing is lost, some may be published again.
        """
        waiting = await self._workers.run(self._read)
        for stream, same_stream in groupby(waiting, key=lambda one: one.message.stream):
            group = list(same_stream)
            for start in range(0, len(group), LARGEST_BATCH):
                await self._publish(stream, group[start : start + LARGEST_BATCH])
        self._health.set("relay", True, "publishes")
        self._database_watch.works(_WHO)
        return len(waiting)

    async def _publish(self, stream: str, part: Sequence[WaitingMessage]) -> None:
        self._stream = stream
        if not self._connection.is_connected:
            # The client would keep it, and send what it has kept once more with every try of ours.
            raise nats.errors.ConnectionReconnectingError
        messages = _not_replaced(stream, [waiting.message for waiting in part])
        way = await publish_together(self._connection, messages)
        self._metrics.outbox_published(stream, way, len(part))
        await self._workers.run(self._mark, part)

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(self._woken.set)

    def _read(self) -> list[WaitingMessage]:
        if not self._role.acquire():
            return []
        with self._database.read() as session:
            self._metrics.outbox_waiting(count_waiting(session))
            return read_waiting(session, _READ_AT_ONCE)

    def _mark(self, part: Sequence[WaitingMessage]) -> None:
        with self._database.transaction() as session:
            mark_sent(session, part, self._now())

    async def _say_stuck(self, error: BaseException) -> None:
        sentence = await why_stuck(self._connection, self._stream, error)
        _log.warning("outbox stuck", error=sentence)
        self._health.set("relay", False, sentence)


def _not_replaced(stream: str, messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
    """Leave out what a later message replaces in a stream that keeps the last of each subject.

    Published once more after a lost acknowledgement, the older one could come to stand last: a server that was started
    again knows the ids of those messages only that it still holds, and would refuse the newer one alone.
    """
    if stream not in _LAST_VALUE_STREAMS:
        return messages
    return list({message.subject: message for message in messages}.values())
