"""Tells how long a machine must wait before it may ask again. Arithmetic on instants; nothing here waits."""

from __future__ import annotations

from typing import Final

from mweek_messaging.answering.route import AskingRate

MACHINES_REMEMBERED: Final = 50_000
"""A few MiB. Who asked longest ago is forgotten first, and may then ask as if it never had."""


class FloodLimit:
    """A bucket of tokens for each machine, as the one instant at which its bucket will be full again."""

    def __init__(self, most: int = MACHINES_REMEMBERED) -> None:
        """Remember so many machines at most."""
        self._most = most
        self._full_at: dict[str, float] = {}

    def seconds_to_wait(self, who: str, rate: AskingRate, now: float) -> float:
        """Count a request; 0 when it may be answered, else it counts for nothing and may be made so much later."""
        each = 1 / rate.each_second
        full_at = max(self._full_at.get(who, now), now)
        wait = full_at - now - (rate.at_once - 1) * each
        if wait > 0:
            return wait
        self._full_at.pop(who, None)  # whoever asked last stands last
        self._full_at[who] = full_at + each
        if len(self._full_at) > self._most:
            del self._full_at[next(iter(self._full_at))]
        return 0.0

    def __len__(self) -> int:
        """Return how many machines are remembered."""
        return len(self._full_at)
