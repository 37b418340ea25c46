"""How much room there is for windows in each step, while a batch of them is moved about."""

from __future__ import annotations

from typing import Protocol

from mweek_planner.domain.requests.steps import Steps
from mweek_planner.domain.requests.tally import Marks, Tally


class Room(Protocol):
    """Where only so many windows may be open at once: a location, a customer, a redundancy group or a machine."""

    @property
    def full(self) -> Steps:
        """The steps in which no further window may be open."""

    def take(self, steps: Steps) -> None:
        """Let one more window be open in these steps."""

    def give_back(self, steps: Steps) -> None:
        """Let one window less be open in these steps."""


class SingleRoom:
    """Room for one window at a time: what is taken is one set of steps. Windows that are taken never overlap."""

    __slots__ = ("full",)

    def __init__(self) -> None:
        """Begin with nothing taken."""
        self.full = 0

    def take(self, steps: Steps) -> None:
        """Take the steps, which are free."""
        self.full |= steps

    def give_back(self, steps: Steps) -> None:
        """Give back steps that were taken."""
        self.full ^= steps


class SharedRoom:
    """Room for several windows at a time; what is full is worked out when it is asked for, after changes."""

    __slots__ = ("_full", "_is_known", "_limit", "_tally")

    def __init__(self, tally: Tally, limit: int) -> None:
        """Begin with the windows of a tally, which is changed from now on."""
        self._tally, self._limit = tally, limit
        self._full, self._is_known = 0, False

    @property
    def full(self) -> Steps:
        """The steps in which the limit is reached."""
        if not self._is_known:
            self._full, self._is_known = self._tally.at_least(self._limit), True
        return self._full

    def take(self, steps: Steps) -> None:
        """Count one window more."""
        self._tally.add(Marks(steps, ()))
        self._is_known = False

    def give_back(self, steps: Steps) -> None:
        """Count one window less."""
        self._tally.remove(Marks(steps, ()))
        self._is_known = False
