"""Tells those who ask too often, at a pace: each request gets its refusal, and sending them is in nobody's way.

Who asks again as soon as it is refused is slowed down to that pace. Told at once, it would keep thousands of requests
between the server and us, and every other machine's would stand in line behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from mweek_messaging.answering.fair_line import FairLine

EACH_TURN: Final = 40
TURN_SECONDS: Final = 0.01
"""4,000 a second: a tenth of a processor, and 10,000 requests of one machine are refused in less than 3 seconds."""
MOST_WAITING: Final = 50_000
MOST_WAITING_OF_ONE: Final = 20_000
"""Past these a request gets no reply: whoever sent it has long stopped to read them."""


@dataclass(frozen=True, slots=True)
class Rebuff:
    """A refusal that waits to be sent."""

    reply_to: str
    body: bytes
    request: str
    since: float


class Rebuffs:
    """The refusals of those who ask too often."""

    def __init__(self, send: Callable[[Rebuff], Awaitable[None]]) -> None:
        """Send nothing yet."""
        self._send = send
        self._waiting: FairLine[Rebuff] = FairLine(most=MOST_WAITING, most_of_one=MOST_WAITING_OF_ONE)

    def add(self, asker: str, rebuff: Rebuff) -> bool:
        """Have a refusal sent soon; False where too many wait, and it never is."""
        return self._waiting.add(asker, rebuff)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._waiting.some()
            await self._send_some(EACH_TURN)
            await asyncio.sleep(TURN_SECONDS)

    async def send_all(self) -> None:
        """Send what waits, at once: `run` is over, and nothing more comes."""
        await self._send_some(len(self._waiting))

    async def _send_some(self, most: int) -> None:
        for rebuff in self._waiting.take(most):
            await self._send(rebuff)
