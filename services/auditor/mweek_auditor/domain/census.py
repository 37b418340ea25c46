"""Which entries of the pattern select each machine, and how many machines each entry may take.

Entries of all phases are numbered through; sets of entries and of phases are integers with a bit for each, so that
100,000 machines cost one look-up each: machines that a selector cannot tell apart share one answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mweek_auditor.domain.fleet import Fleet, Machine
from mweek_auditor.domain.pattern import BASIS_POINTS, Entry, Pattern, Quota, Selector


@dataclass(frozen=True, slots=True)
class NumberedEntry:
    """An entry with its place: `number` over the whole pattern, `index` in its phase (from 0)."""

    number: int
    phase: int
    index: int
    entry: Entry

    @property
    def bit(self) -> int:
        """The entry as a set of one."""
        return 1 << self.number


@dataclass(frozen=True, slots=True)
class Target:
    """The number that a bounded entry takes: exactly one number, or a span where the population is in doubt."""

    least: int
    most: int
    population: str

    def __str__(self) -> str:
        """Return `6`, or `6 to 7` in doubt."""
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


class Census:
    """A fleet seen through a pattern."""

    def __init__(self, fleet: Fleet, pattern: Pattern) -> None:
        """Number the entries; machines are looked at when asked for."""
        self.fleet = fleet
        self.pattern = pattern
        self.entries = tuple(_numbered(pattern))
        self._answers: dict[tuple[Any, ...], int] = {}
        self._of_machine: dict[str, int] = {}
        self._label_keys = tuple(sorted({key for e in self.entries for key, _ in e.entry.select.labels}))
        self._by_customer = any(e.entry.select.customer is not None for e in self.entries)
        self._by_profile = any(e.entry.select.profile is not None for e in self.entries)
        self._phases_of: dict[int, int] = {}

    @cached_property
    def unbounded(self) -> int:
        """The set of all unbounded entries."""
        return sum(entry.bit for entry in self.entries if not entry.entry.is_bounded)

    @cached_property
    def in_phase(self) -> tuple[int, ...]:
        """For each phase the set of its entries."""
        sets = [0] * len(self.pattern.phases)
        for entry in self.entries:
            sets[entry.phase] |= entry.bit
        return tuple(sets)

    def selecting(self, machine: Machine) -> int:
        """Return the set of entries that select a machine of this fleet."""
        known = self._of_machine.get(machine.name)
        if known is not None:
            return known
        key = self._key(machine)
        if key not in self._answers:
            tested = self._tested(machine)
            self._answers[key] = sum(e.bit for e in self.entries if e.entry.select.selects(machine, tested=tested))
        self._of_machine[machine.name] = self._answers[key]
        return self._answers[key]

    def unbounded_phases(self, entries: int) -> int:
        """Return the set of phases in which one of the entries is unbounded."""
        entries &= self.unbounded
        if entries not in self._phases_of:
            phases = {entry.phase for entry in self.entries if entry.bit & entries}
            self._phases_of[entries] = sum(1 << phase for phase in phases)
        return self._phases_of[entries]

    def targets(self, doubtful: Iterable[str]) -> dict[int, Target]:
        """Return the target of each bounded entry, by its number.

        Args:
            doubtful: machines of which it is not known whether the plan counted them. One that is not in service here
                may have been anything.
        """
        doubted = frozenset(doubtful)
        surely: Counter[int] = Counter()
        perhaps: Counter[int] = Counter({-1: len(doubted - self.fleet.in_service.keys())})
        for machine in self.fleet.in_service.values():
            (perhaps if machine.name in doubted else surely)[self.selecting(machine)] += 1
        targets = {}
        for entry in self.entries:
            if entry.entry.is_bounded:
                least = sum(count for entries, count in surely.items() if entries & entry.bit)
                most = least + sum(count for entries, count in perhaps.items() if entries & entry.bit)
                numbers = [self._target(entry, population) for population in range(least, most + 1)]
                population = str(most) if least == most else f"{least} to {most}"
                targets[entry.number] = Target(min(numbers), max(numbers), population)
        return targets

    def _target(self, entry: NumberedEntry, population: int) -> int:
        amount = entry.entry.amount
        match entry.entry.quota:
            case Quota.COUNT:
                return min(amount, population)
            case Quota.AT_MOST:
                return population * amount // BASIS_POINTS
            case Quota.SAMPLE:
                return _ceiling(population * amount)
            case _:
                before = self._shares_before[entry.number]
                return _ceiling(population * (before + amount)) - _ceiling(population * before)

    @cached_property
    def _shares_before(self) -> dict[int, int]:
        """For each share, the sum of the shares of an equal selector that come before it in the pattern."""
        sums: dict[Selector, int] = {}
        before = {}
        for entry in self.entries:
            if entry.entry.quota is Quota.SHARE:
                before[entry.number] = sums.get(entry.entry.select, 0)
                sums[entry.entry.select] = before[entry.number] + entry.entry.amount
        return before

    def _key(self, machine: Machine) -> tuple[Any, ...]:
        labels = dict(machine.labels) if self._label_keys else {}
        return (
            machine.role,
            machine.environment,
            machine.kind,
            self._tested(machine),
            machine.customer if self._by_customer else None,
            machine.profile if self._by_profile else None,
            tuple(labels.get(key) for key in self._label_keys),
        )

    def _tested(self, machine: Machine) -> bool | None:
        return None if machine.customer is None else machine.customer in self.fleet.tested_customers


def _numbered(pattern: Pattern) -> Iterable[NumberedEntry]:
    number = 0
    for phase_index, phase in enumerate(pattern.phases):
        for index, entry in enumerate(phase.entries):
            yield NumberedEntry(number, phase_index, index, entry)
            number += 1


def _ceiling(basis_points: int) -> int:
    return -(-basis_points // BASIS_POINTS)
