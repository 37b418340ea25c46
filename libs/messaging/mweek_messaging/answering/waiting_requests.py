"""Keeps the requests that wait for the database: bounded, and fair: no machine fills it or stands in line twice."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from mweek_contracts.requests import AnyRequest

MOST_WAITING: Final = 4_096
"""Seconds of work. Whoever comes later is told so at once, instead of being answered after it has given up."""
MOST_WAITING_OF_ONE: Final = 32
"""More than a machine that waits for its replies ever has."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was read, and where its reply goes."""

    request: AnyRequest
    reply_to: str
    since: float
    """When it came, in the seconds of the event loop."""

    @property
    def asker(self) -> str:
        """Who asks: `rzob/acme03`."""
        return f"{self.request.location}/{self.request.machine}"

    @property
    def key(self) -> str:
        """Who asks, and the id that they gave: `rzob/acme03/reboot-2026-11-23`."""
        return f"{self.request.location}/{self.request.machine}/{self.request.request_id}"


class WaitingRequests:
    """What waits, by machine."""

    def __init__(self, *, most: int = MOST_WAITING, most_of_one: int = MOST_WAITING_OF_ONE) -> None:
        """Wait for nothing yet."""
        self._most = most
        self._most_of_one = most_of_one
        self._lines: dict[str, deque[Asked]] = {}
        self._waiting = 0
        self._some = asyncio.Event()

    def __len__(self) -> int:
        """Return how many requests wait."""
        return self._waiting

    @property
    def full(self) -> bool:
        """Whether no more can be added, whoever asks."""
        return self._waiting >= self._most

    def add(self, asked: Asked) -> bool:
        """Add a request; False, and nothing is added, where its machine has too many or all together are."""
        asker = asked.asker
        line = self._lines.get(asker)
        if self.full or (line is not None and len(line) >= self._most_of_one):
            return False
        if line is None:
            self._lines[asker] = deque((asked,))
        else:
            line.append(asked)
        self._waiting += 1
        self._some.set()
        return True

    async def some(self) -> None:
        """Wait until there is something to take."""
        await self._some.wait()

    def take(self, most: int) -> list[Asked]:
        """Take the first request of each machine, then the second of each, and so on, so many in all."""
        taken: list[Asked] = []
        lines = self._lines
        while lines and len(taken) < most:
            asker = next(iter(lines))
            line = lines.pop(asker)
            taken.append(line.popleft())
            if line:
                lines[asker] = line
        self._waiting -= len(taken)
        if not lines:
            self._some.clear()
        return taken
