"""A line in which askers take turns: bounded, as a whole and for each, so that nobody fills it or waits in it twice."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairLine(Generic[Item]):
    """What waits, by who it belongs to."""

    def __init__(self, *, most: int, most_of_one: int) -> None:
        """Hold so many items at most, and so many of one asker."""
        self._most = most
        self._most_of_one = most_of_one
        self._lines: dict[str, deque[Item]] = {}
        self._waiting = 0
        self._some = asyncio.Event()

    def __len__(self) -> int:
        """Return how many items wait."""
        return self._waiting

    @property
    def full(self) -> bool:
        """Whether no more can be added, whoever asks."""
        return self._waiting >= self._most

    def add(self, asker: str, item: Item) -> bool:
        """Add an item; False, and nothing is added, where its asker has too many or all together have."""
        line = self._lines.get(asker)
        if self.full or (line is not None and len(line) >= self._most_of_one):
            return False
        if line is None:
            self._lines[asker] = deque((item,))
        else:
            line.append(item)
        self._waiting += 1
        self._some.set()
        return True

    async def some(self) -> None:
        """Wait until there is something to take."""
        await self._some.wait()

    def take(self, most: int) -> list[Item]:
        """Take the first item of each asker, then the second of each, and so on, so many in all."""
        taken: list[Item] = []
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
