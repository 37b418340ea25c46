"""The lines of a week: each entry of each phase with the machines that it is about and how many of them it takes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from mweek_planner.domain.census import Census
from mweek_planner.domain.machine import Machine
from mweek_planner.domain.pattern import Entry, Pattern
from mweek_planner.domain.quota import targets

Selected = tuple[int, ...]
"""The numbers of the lines that select a machine. Machines of one kind share one such tuple."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `phase` and `index` count from 0; `members` are its population, in turn; `target` None: unbounded."""

    number: int
    phase: int
    index: int
    entry: Entry
    members: tuple[int, ...]
    target: int | None

    @property
    def can_take(self) -> bool:
        """Whether it takes any machine at all; `at_most: 5%` of 19 machines does not."""
        return self.target != 0


def lines_of(pattern: Pattern, census: Census) -> tuple[tuple[Line, ...], tuple[Selected, ...]]:
    """Return the lines of the week, and for each machine of the census the lines that select it."""
    entries = [
        (phase, index, entry) for phase, step in enumerate(pattern.phases) for index, entry in enumerate(step.entries)
    ]
    selected = _selected(census, tuple(entry for _, _, entry in entries))
    members: list[list[int]] = [[] for _ in entries]
    for machine, numbers in enumerate(selected):
        for number in numbers:
            members[number].append(machine)
    wanted = targets([entry for _, _, entry in entries], [len(population) for population in members])
    lines = tuple(
        Line(number, phase, index, entry, tuple(members[number]), wanted[number])
        for number, (phase, index, entry) in enumerate(entries)
    )
    return lines, selected


def _selected(census: Census, entries: tuple[Entry, ...]) -> tuple[Selected, ...]:
    """Ask the selectors once for each kind of machine, not for each machine."""
    traits = _traits(entries)
    known: dict[Hashable, Selected] = {}
    result = []
    for machine in census.machines:
        tested = machine.customer in census.tested
        key = (machine.role, machine.environment, machine.kind, tested, *traits(machine))
        if key not in known:
            known[key] = tuple(
                number for number, entry in enumerate(entries) if entry.selector.selects(machine, tested=tested)
            )
        result.append(known[key])
    return tuple(result)


def _traits(entries: tuple[Entry, ...]) -> Callable[[Machine], tuple[Hashable, ...]]:
    """Return what else tells machines apart in this pattern: mostly nothing but whether there is a customer."""
    selectors = [entry.selector for entry in entries]
    by_customer = any(selector.customers is not None for selector in selectors)
    by_profile = any(selector.profiles is not None for selector in selectors)
    by_label = any(selector.labels for selector in selectors)

    def traits(machine: Machine) -> tuple[Hashable, ...]:
        return (
            machine.customer if by_customer else machine.customer is None,
            machine.profile if by_profile else None,
            machine.labels if by_label else None,
        )

    return traits
