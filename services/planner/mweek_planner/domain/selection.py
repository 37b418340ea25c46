"""A selection in progress: the machines that one bounded entry takes, customer by customer, group by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mweek_planner.domain.census import Census
from mweek_planner.domain.line import Population
from mweek_planner.domain.variety import Variety


class Selection:
    """Collects at most `target` machines of a population, at most one of each redundancy group.

    Owners are known by their numbers. Machines that count already (kept windows) are given at the start; `chosen` are
    those that came since.
    """

    def __init__(
        self, census: Census, variety: Variety, *, target: int, population: Population, kept: Sequence[int]
    ) -> None:
        """Weigh the owners by their machines in the population."""
        self.owners = len(census.owners)
        self.owner_of = census.owner_of
        self.variety = variety
        self.target = target
        self.population = len(population)
        self.weights = population.weights
        self.taken: Counter[int] = Counter(map(census.owner_of.__getitem__, kept))
        self.chosen: list[int] = []
        self._room = target - len(kept)
        self._group_of = census.group_of
        self._machines: set[int] = set()
        self._groups: set[int] = set()

    @property
    def left(self) -> int:
        """How many more it takes."""
        return self._room - len(self.chosen)

    def may_take(self, machine: int) -> bool:
        """Return whether neither the machine nor a peer of it has been chosen."""
        return machine not in self._machines and self._group_of[machine] not in self._groups

    def take(self, machine: int) -> None:
        """Choose a machine."""
        self.chosen.append(machine)
        self.taken[self.owner_of[machine]] += 1
        self._machines.add(machine)
        group = self._group_of[machine]
        if group >= 0:
            self._groups.add(group)
        self.variety.see(machine)

    def still_there(self, candidates: Sequence[int]) -> Sequence[int]:
        """Return the candidates that may still be taken."""
        machines, groups, group_of = self._machines, self._groups, self._group_of
        if not machines:
            return candidates
        return [m for m in candidates if m not in machines and group_of[m] not in groups]

    def capacities(self, candidates: Sequence[int]) -> Counter[int]:
        """Return how many of the candidates, all of which may be taken, can be taken of each owner: one of a group."""
        owner_of, group_of = self.owner_of, self._group_of
        capacities = Counter(map(owner_of.__getitem__, candidates))
        counted: set[tuple[int, int]] = set()
        for machine in candidates:
            if (group := group_of[machine]) >= 0:
                if (one := (group, owner := owner_of[machine])) in counted:
                    capacities[owner] -= 1
                counted.add(one)
        return capacities
