"""The terms of a week: everything that is worked out once, before any machine is placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mweek_planner.domain.census import Census
from mweek_planner.domain.line import Line, lines_of
from mweek_planner.domain.numbering import Numbering
from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.trait import Selected, traits_of
from mweek_planner.domain.welcome import Causes, House, Options, Welcome


class Kind(NamedTuple):
    """Which lines select the machines of a kind, and where they may go: two of a kind differ in nothing else here."""

    selected: Selected
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a week is planned on; nothing of it changes while machines are placed.

    `kind_of` gives for each machine the number of its kind. `remainder` is the number of the declared remainder phase,
    None without.
    """

    census: Census
    house: House
    lines: tuple[Line, ...]
    kinds: Sequence[Kind]
    kind_of: Sequence[int]
    remainder: int | None

    def options(self, machine: int) -> Options:
        """Return where a machine may go."""
        return self.kinds[self.kind_of[machine]].options

    def lines_of_phase(self, phase: int) -> tuple[Line, ...]:
        """Return the lines of a phase, in order."""
        return tuple(line for line in self.lines if line.phase == phase)

    def lines_for(self, machine: int, phase: int) -> tuple[Line, ...]:
        """Return the lines of a phase that select a machine, in order."""
        selected = self.kinds[self.kind_of[machine]].selected
        return tuple(self.lines[number] for number in selected if self.lines[number].phase == phase)

    def welcome(self, phase: int) -> list[bool]:
        """Return for each kind whether nothing turns it away from a phase."""
        return [kind.options.welcome(phase) for kind in self.kinds]


def terms_of(pattern: Pattern, census: Census, house: House) -> Terms:
    """Return the terms of a week by a pattern."""
    traits = traits_of(pattern.entries, census, house)
    lines = lines_of(pattern, traits.populations(len(pattern.entries), census.owner_of))
    names = [phase.name for phase in pattern.phases]
    remainder = None if pattern.remainder is None else names.index(pattern.remainder)
    numbers: Numbering[tuple[Selected, Causes]] = Numbering()
    kind_of_trait = [numbers[t.selected, house.causes(t.barred, t.needed_minutes)] for t in traits.known]
    welcome = Welcome(lines, remainder)
    return Terms(
        census=census,
        house=house,
        lines=lines,
        kinds=[Kind(selected, welcome.options(selected, causes)) for selected, causes in numbers],
        kind_of=list(map(kind_of_trait.__getitem__, traits.of)),
        remainder=remainder,
    )
