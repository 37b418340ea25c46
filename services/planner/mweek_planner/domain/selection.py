"""A selection in progress: the machines that one bounded entry takes, customer by customer, group by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mweek_planner.domain.census import NO_GROUP, Census
from mweek_planner.domain.variety import Variety

Owner = str | None
"""A customer; None stands for the operator, whose own machines count as one customer."""


class Selection:
    """Collects at most `target` machines of a population, at most one of each redundancy group.

    Machines that count already (kept windows) are given at the start; `chosen` are those that came since.
    """

    def __init__(
        self, census: Census, variety: Variety, *, target: int, population: Sequence[int], kept: Iterable[int]
    ) -> None:
        """Weigh the customers by their machines in the population."""
        self._census = census
        self.variety = variety
        self.target = target
        self.population = len(population)
        self.weights: Mapping[Owner, int] = Counter(census.machines[machine].customer for machine in population)
        self.taken: Counter[Owner] = Counter(census.machines[machine].customer for machine in kept)
        self.chosen: list[int] = []
        self._units: set[int] = set()

    @property
    def left(self) -> int:
        """How many more it takes."""
        return self.target - self.taken.total()

    def owner(self, machine: int) -> Owner:
        """Return whose machine it is."""
        return self._census.machines[machine].customer

    def may_take(self, machine: int) -> bool:
        """Return whether neither the machine nor a peer of it has been chosen."""
        return self._unit(machine) not in self._units

    def take(self, machine: int) -> None:
        """Choose a machine."""
        self.chosen.append(machine)
        self.taken[self.owner(machine)] += 1
        self._units.add(self._unit(machine))
        self.variety.see(machine)

    def capacities(self, candidates: Iterable[int]) -> Counter[Owner]:
        """Return how many of the candidates can be taken of each customer: one of each redundancy group."""
        units = {(self.owner(machine), self._unit(machine)) for machine in candidates if self.may_take(machine)}
        return Counter(owner for owner, _ in units)

    def _unit(self, machine: int) -> int:
        """Return a number that a machine shares with its peers and with nobody else."""
        group = self._census.group_of[machine]
        return group if group != NO_GROUP else -2 - machine
