"""What the services' outboxes have kept of what they published, and the roles of those who publish from them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar

from mweek_outbox import Database, ExclusiveRole, OutgoingMessage
from mweek_outbox.sent import SentMessage, read_messages, read_sent
from mweek_outbox.waiting import WaitingMessage, mark_sent, read_waiting
from nats.aio.client import Client

from mweek_messaging.atomic_batch import LARGEST_BATCH, publish_together
from mweek_messaging.rebuild.order import Kept
from mweek_messaging.rebuild.present import cause_of, said_at
from mweek_messaging.workers import Workers

_ROLE_SECONDS: Final = 90.0
"""A running service looks every minute whether a stream went back, and then lets go of its outbox."""
_BETWEEN_TRIES_SECONDS: Final = 0.5

Thing = TypeVar("Thing")


class StillPublishingError(RuntimeError):
    """A service goes on publishing, so that nothing can be put before what it says."""

    def __init__(self, service: str) -> None:
        """Name it, and say what to do."""
        super().__init__(
            f"the {service} still publishes, {_ROLE_SECONDS:.0f} s after its streams should have stopped it: "
            f"stop it (all instances), and run this again"
        )


class Outboxes:
    """The outboxes of some services."""

    def __init__(self, databases: Mapping[str, Database], workers: Workers) -> None:
        """Work on open databases, in threads."""
        self._databases = databases
        self._workers = workers
        self._roles: dict[str, ExclusiveRole] = {}

    @property
    def services(self) -> tuple[str, ...]:
        """Whose outboxes these are."""
        return tuple(self._databases)

    async def take(self, services: Sequence[str], *, on_wait: Callable[[str], None]) -> None:
        """Become the only one who publishes from the outboxes of these services.

        Raises:
            StillPublishingError: one is published from all the time.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + _ROLE_SECONDS
        for service in services:
            role = self._roles.setdefault(service, self._databases[service].exclusive_role("relay"))
            waited = False
            while not await self._workers.run(role.acquire):
                if loop.time() > until:
                    raise StillPublishingError(service)
                if not waited:
                    on_wait(service)
                waited = True
                await asyncio.sleep(_BETWEEN_TRIES_SECONDS)

    def give_back(self) -> None:
        """Let the services publish again."""
        for role in self._roles.values():
            role.release()

    async def sent(self, service: str, stream: str, since: datetime | None) -> list[SentMessage]:
        """Return what a service has published to a stream, in its order."""
        return await self._workers.run(self._sent, service, stream, since)

    async def kept(self, service: str, sent: Sequence[SentMessage]) -> list[Kept]:
        """Return messages with what they say of themselves."""
        found = []
        for part in parts_of(sent):
            messages = await self._workers.run(self._messages, service, [one.place for one in part])
            found += [_kept(service, one.place, messages[one.place]) for one in part if one.place in messages]
        return found

    async def messages(self, service: str, places: Sequence[int]) -> dict[int, OutgoingMessage]:
        """Return whole messages by their place, a few hundred at most."""
        return await self._workers.run(self._messages, service, places)

    async def publish_waiting(self, connection: Client, service: str, now: Callable[[], datetime]) -> None:
        """Publish what waits in an outbox, in its order; raises as nats-py does, and nothing is lost."""
        while waiting := await self._workers.run(self._waiting, service):
            start = 0
            for end in range(1, len(waiting) + 1):
                if end == len(waiting) or waiting[end].message.stream != waiting[start].message.stream:
                    await publish_together(connection, [one.message for one in waiting[start:end]])
                    await self._workers.run(self._mark, service, waiting[start:end], now())
                    start = end

    def _sent(self, service: str, stream: str, since: datetime | None) -> list[SentMessage]:
        with self._databases[service].read() as session:
            return read_sent(session, stream=stream, since=since)

    def _messages(self, service: str, places: Sequence[int]) -> dict[int, OutgoingMessage]:
        with self._databases[service].read() as session:
            return read_messages(session, places)

    def _waiting(self, service: str) -> list[WaitingMessage]:
        with self._databases[service].read() as session:
            return read_waiting(session, LARGEST_BATCH)

    def _mark(self, service: str, published: Sequence[WaitingMessage], sent_at: datetime) -> None:
        with self._databases[service].transaction() as session:
            mark_sent(session, published, sent_at)


def parts_of(things: Sequence[Thing]) -> list[Sequence[Thing]]:
    """Cut a sequence into pieces of the size of a batch."""
    return [things[start : start + LARGEST_BATCH] for start in range(0, len(things), LARGEST_BATCH)]


def _kept(service: str, place: int, message: OutgoingMessage) -> Kept:
    return Kept(
        queue=service,
        place=place,
        message_id=message.message_id,
        cause=cause_of(message.body),
        said_at=said_at(message.headers),
    )
