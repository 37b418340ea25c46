"""Counts how many windows are open in each stretch of time, while they are added one after the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime

from mweek_timewindows import Window as Span


class Tally:
    """A tree over the stretches between all starts and ends: adding and asking cost the logarithm of their number."""

    def __init__(self, times: Iterable[Span]) -> None:
        """Take all times that will be added or asked for."""
        self._instants = sorted({instant for time in times for instant in (time.opens_at, time.closes_at)})
        self._stretches = max(1, len(self._instants) - 1)
        self._most = [0] * (4 * self._stretches)
        self._all = [0] * (4 * self._stretches)
        """What was added to the whole of a node, and is not in the counts of those below it."""

    def add(self, time: Span) -> None:
        """Count one more window."""
        self._add(1, 0, self._stretches, *self._indices(time))

    def most(self, time: Span) -> tuple[int, datetime]:
        """Return how many windows are open at most in a time, and the first instant at which so many are."""
        count, index = self._ask(1, 0, self._stretches, *self._indices(time))
        return count, self._instants[index]

    def _indices(self, time: Span) -> tuple[int, int]:
        return bisect_left(self._instants, time.opens_at), bisect_left(self._instants, time.closes_at)

    def _add(self, node: int, low: int, high: int, start: int, end: int) -> None:
        if start <= low and high <= end:
            self._most[node] += 1
            self._all[node] += 1
            return
        middle = (low + high) // 2
        if start < middle:
            self._add(2 * node, low, middle, start, end)
        if end > middle:
            self._add(2 * node + 1, middle, high, start, end)
        self._most[node] = self._all[node] + max(self._most[2 * node], self._most[2 * node + 1])

    def _ask(self, node: int, low: int, high: int, start: int, end: int) -> tuple[int, int]:
        if high - low == 1:
            return self._most[node], low
        if start <= low and high <= end and self._most[node] == self._all[node]:
            return self._most[node], low
        middle = (low + high) // 2
        found = []
        if start < middle:
            found.append(self._ask(2 * node, low, middle, start, end))
        if end > middle:
            found.append(self._ask(2 * node + 1, middle, high, start, end))
        count, index = max(found, key=lambda one: one[0])  # the first of equals
        return self._all[node] + count, index
