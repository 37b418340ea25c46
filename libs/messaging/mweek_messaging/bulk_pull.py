"""Pulls many messages at once from a durable consumer; nats-py's `fetch` takes three times the CPU time for it.

That waits for each message in a task of its own. Here a callback collects them, and one event says when all are there.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Final

import nats.errors
from mweek_contracts.streams import ConsumerSpec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.nuid import NUID

from mweek_messaging.broker import inbox_prefix
from mweek_messaging.pulling import give_back

_NOTHING: Final = frozenset({"404", "408"})
"""No messages now; none came within the time of the request."""

_SLACK_SECONDS: Final = 2.0
"""How much later than it should the server's answer may come; after that the connection is probably down."""

_inboxes = NUID()  # as nats-py makes its own: new for each reader, forgotten with it


class PullFailedError(nats.errors.Error):
    """The server refused to give messages, e.g. since the consumer is gone."""


class BulkPull:
    """One reader of a durable consumer, with one request at a time."""

    def __init__(self, connection: Client, spec: ConsumerSpec) -> None:
        """Ask for nothing yet."""
        self._connection = connection
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{spec.stream}.{spec.durable}"
        self._inbox = f"{inbox_prefix(spec.service)}.{_inboxes.next().decode()}"
        self._subscription: Subscription | None = None
        self._number = 0
        self._wanted = 0
        self._collected: list[Msg] = []
        self._refusal = ""
        self._answered = asyncio.Event()
        self._idle = False

    async def open(self) -> None:
        """Begin to listen for what will be asked for."""
        self._subscription = await self._connection.subscribe(f"{self._inbox}.*", cb=self._hear)

    async def close(self) -> None:
        """Listen no more; what came and nobody fetched goes back to the stream."""
        if self._subscription is not None:
            await self._subscription.unsubscribe()
        for message in self._collected:
            await give_back(message)

    async def fetch(self, most: int, *, timeout: float) -> list[Msg]:
        """Return what there is, up to `most`; where there is nothing, wait for it.

        Raises:
            TimeoutError: nothing came within so many seconds.
            nats.errors.Error: the server does not give any.
        """
        if not self._idle and (there := await self._ask(most)):
            return there
        self._idle = True
        first = await self._ask(1, wait_seconds=timeout)
        if not first:
            raise TimeoutError
        self._idle = False
        return [*first, *(await self._ask(most - 1))]

    async def _ask(self, most: int, *, wait_seconds: float | None = None) -> list[Msg]:
        self._number += 1
        self._wanted, self._refusal = most, ""
        self._answered.clear()
        asked: dict[str, int | bool] = {"batch": most}
        asked |= {"no_wait": True} if wait_seconds is None else {"expires": int(wait_seconds * 1e9)}
        await self._connection.publish(self._subject, json.dumps(asked).encode(), reply=f"{self._inbox}.{self._number}")
        with suppress(asyncio.TimeoutError):  # what was given and did not arrive, the server gives again
            await asyncio.wait_for(self._answered.wait(), (wait_seconds or 0) + _SLACK_SECONDS)
        if self._refusal:
            raise PullFailedError(self._refusal)
        collected, self._collected = self._collected, []
        return collected

    async def _hear(self, message: Msg) -> None:
        if message.reply:
            self._collected.append(message)
            if len(self._collected) >= self._wanted:
                self._answered.set()
        elif message.subject.endswith(f".{self._number}"):
            headers = message.headers or {}
            status = headers.get("Status", "")
            if status not in _NOTHING:
                self._refusal = f"{status} {headers.get('Description', '')}".strip()
            self._answered.set()
