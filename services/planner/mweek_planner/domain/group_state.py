"""How redundancy groups stand: what is asked of a group is worked out once for all that stand alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mweek_planner.domain.numbering import Numbering
from mweek_planner.domain.phase_set import PhaseSet


class GroupState(NamedTuple):
    """The kinds of the members without a window, in turn, and the phases in which a member has a window."""

    left: tuple[int, ...]
    phases: PhaseSet


class GroupStates:
    """Keeps the state of each group by number. A group that has changed is looked at again when it is asked for."""

    def __init__(self, groups: Sequence[Sequence[int]], kind_of: Sequence[int]) -> None:
        """Begin with groups of which nobody has a window."""
        self._groups = groups
        self._kind_of = kind_of
        self._numbers: Numbering[GroupState] = Numbering()
        self._known: list[GroupState] = []
        self._of = [
            self._numbers[GroupState(tuple([kind_of[machine] for machine in members]), 0)] for members in groups
        ]
        self._changed: set[int] = set()

    def change(self, groups: Iterable[int]) -> None:
        """Take note that groups do not stand as they did."""
        self._changed.update(groups)

    def current(self, phase_of: Sequence[int | None], phases_of_group: Sequence[PhaseSet]) -> list[int]:
        """Return the number of each group's state, given the phases of machines and groups; it is not to be changed."""
        kind_of = self._kind_of
        for group in self._changed:
            left = tuple([kind_of[machine] for machine in self._groups[group] if phase_of[machine] is None])
            self._of[group] = self._numbers[GroupState(left, phases_of_group[group])]
        self._changed.clear()
        return self._of

    def state(self, number: int) -> GroupState:
        """Return the state of a number."""
        if number >= len(self._known):
            self._known = list(self._numbers)
        return self._known[number]

    def number(self, state: GroupState) -> int:
        """Return the number of a state, that of a group or not."""
        return self._numbers[state]
