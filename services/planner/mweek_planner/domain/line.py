"""The lines of a week: each entry of each phase with the machines that it is about and how many of them it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mweek_planner.domain.pattern import Entry, Pattern
from mweek_planner.domain.quota import targets


class Population:
    """The machines that a selector is about, in turn. Lines with the same machines share one."""

    def __init__(self, members: Sequence[int], owner_of: Sequence[int]) -> None:
        """Take the machines, and whose each machine is."""
        self.members = members
        self._owner_of = owner_of

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.members)

    @cached_property
    def weights(self) -> Mapping[int, int]:
        """How many machines of it each owner has."""
        # In the order of their numbers: who goes through them reads memory from one end to the other.
        return dict(sorted(Counter(map(self._owner_of.__getitem__, self.members)).items()))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a pattern. `phase` and `index` count from 0; `target` None: unbounded."""

    number: int
    phase: int
    index: int
    entry: Entry
    population: Population
    target: int | None

    @property
    def can_take(self) -> bool:
        """Whether it takes any machine at all; `at_most: 5%` of 19 machines does not."""
        return self.target != 0


def lines_of(pattern: Pattern, populations: Sequence[Population]) -> tuple[Line, ...]:
    """Return the lines of a week, given the machines that each entry is about."""
    places = [(phase, index) for phase, step in enumerate(pattern.phases) for index in range(len(step.entries))]
    wanted = targets(pattern.entries, list(map(len, populations)))
    return tuple(
        Line(number, phase, index, entry, populations[number], wanted[number])
        for number, ((phase, index), entry) in enumerate(zip(places, pattern.entries, strict=True))
    )
