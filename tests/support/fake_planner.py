"""The model planner on a real bus, in the place of the real one: whoever replaces it gives `serving` and the knobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import nats
from mweek_contracts.catalogue import request_on
from mweek_contracts.request_reading import BadRequest, read_request
from nats.aio.client import Client
from nats.aio.msg import Msg

from tests.support.model_planner import ModelPlanner


class FakePlanner(ModelPlanner):
    """Answers `req.>`; loses replies where it is told to."""

    def __init__(self, *, notice: timedelta = timedelta(0)) -> None:
        super().__init__(lambda: datetime.now(UTC), notice=notice)
        self.replies_to_lose = 0
        self.bad: list[BadRequest] = []

    async def hear(self, message: Msg) -> None:
        """Answer one request as the bus brought it."""
        entry = request_on(message.subject)
        assert entry is not None
        request = read_request(message.subject, message.data)
        if isinstance(request, BadRequest):
            self.bad.append(request)
            refused = entry.reply(request_id=request.request_id, answered_at=self.now(), refusal=request.refusal)
            await message.respond(refused.body())
            return
        body = self.answer(request).body()
        if self.replies_to_lose:
            self.replies_to_lose -= 1
            return
        await message.respond(body)


@asynccontextmanager
async def serving(url: str, planner: FakePlanner) -> AsyncIterator[Client]:
    """Let a planner answer on a server until the block ends."""
    async with answering(await nats.connect(url), planner) as connection:
        yield connection


@asynccontextmanager
async def answering(connection: Client, planner: FakePlanner) -> AsyncIterator[Client]:
    """Let a planner answer over a connection until the block ends, and end the connection."""
    await connection.subscribe("req.>", queue="planner", cb=planner.hear)
    await connection.flush()
    try:
        yield connection
    finally:
        await asyncio.shield(connection.close())
