"""Chance that can be had again: what breaks when, from a seed that is printed and that MWEEK_FAULT_SEED sets."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

Drawn = TypeVar("Drawn")


class Misfortune:
    """The chance of one test. The same seed draws the same victims, manners and delays; the machine is as it is."""

    def __init__(self) -> None:
        self.seed = os.environ.get("MWEEK_FAULT_SEED") or str(int.from_bytes(os.urandom(4)))
        print(f"MWEEK_FAULT_SEED={self.seed} draws the same misfortune again")
        self._random = random.Random(self.seed)

    def shuffled(self, drawn: Iterable[Drawn]) -> list[Drawn]:
        """Return the same things in a random order."""
        order = list(drawn)
        self._random.shuffle(order)
        return order

    def one_of(self, drawn: Sequence[Drawn]) -> Drawn:
        """Return one of several."""
        return self._random.choice(drawn)

    def seconds(self, at_most: float) -> float:
        """Return a uniformly random delay."""
        return self._random.uniform(0, at_most)

    def happens(self, probability: float) -> bool:
        """Tell whether something happens this time."""
        return self._random.random() < probability
