"""Redundancy groups in the week: who of a group is in which phase, and how its members share one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mweek_planner.domain.census import NO_GROUP, Census
from mweek_planner.domain.phase_set import PhaseSet, has, phase_set
from mweek_planner.domain.slots import Span, cut, those_who_fit, widest_gap


class Slot(NamedTuple):
    """A machine's part of a phase that it shares with peers: its time, and which of how many windows it is there."""

    span: Span
    number: int
    of: int


class Peers:
    """Keeps the windows of a redundancy group apart.

    A member *stands* in a phase when its window there was told before and is kept; it *joins* when it is placed now.
    Those who join share what those who stand leave free.
    """

    def __init__(self, census: Census, phase_minutes: Sequence[int]) -> None:
        """Know the groups; nobody is anywhere yet."""
        self._census = census
        self._minutes = phase_minutes
        self.phases_of_group: list[PhaseSet] = [0] * len(census.groups)
        """The phases in which a member of each group has a window."""
        self._standing: defaultdict[tuple[int, int], dict[int, Span]] = defaultdict(dict)
        # Most groups have one member in a phase: the first to join is kept apart, which spares as many lists.
        self._first: dict[tuple[int, int], int] = {}
        self._others: defaultdict[tuple[int, int], list[int]] = defaultdict(list)

    def group(self, machine: int) -> int:
        """Return the number of its group, `NO_GROUP` without peers."""
        return self._census.group_of[machine]

    def members(self, machine: int) -> Sequence[int]:
        """Return all members of a machine's group, itself among them; nobody where it has no peers."""
        group = self.group(machine)
        return () if group == NO_GROUP else self._census.groups[group]

    def phases(self, machine: int) -> PhaseSet:
        """Return the phases in which a member of its group has a window."""
        group = self.group(machine)
        return 0 if group == NO_GROUP else self.phases_of_group[group]

    def is_present(self, machine: int, phase: int) -> bool:
        """Return whether a member of its group has a window in the phase."""
        return has(self.phases(machine), phase)

    def standing(self, machine: int, phase: int) -> tuple[int, ...]:
        """Return the members of its group whose kept windows lie in the phase."""
        return tuple(self._standing.get((self.group(machine), phase), ()))

    def stand(self, machine: int, phase: int, span: Span) -> None:
        """Take note of a kept window, in minutes from the opening of the phase."""
        group = self.group(machine)
        if group != NO_GROUP:
            self._standing[group, phase][machine] = span
            self.phases_of_group[group] |= phase_set((phase,))

    def join(self, machine: int, phase: int) -> None:
        """Take note of a machine that is placed in the phase."""
        group = self.group(machine)
        if group != NO_GROUP:
            key = group, phase
            if self._first.setdefault(key, machine) != machine:
                self._others[key].append(machine)
            self.phases_of_group[group] |= 1 << phase

    def join_apart(self, machines: Iterable[int], phase: int) -> list[int]:
        """Take note of machines placed in the phase, no two of them peers and none with a peer there; return groups."""
        group_of, phases, first, here = self._census.group_of, self.phases_of_group, self._first, 1 << phase
        groups = []
        for machine in machines:
            group = group_of[machine]
            if group >= 0:
                first[group, phase] = machine
                phases[group] |= here
                groups.append(group)
        return groups

    def room(self, coming: Sequence[int], phase: int) -> tuple[int, ...]:
        """Return which of a group's machines, given in turn, can join in the phase; as many as possible."""
        key = self.group(coming[0]), phase
        gap = widest_gap(self._minutes[phase], self._standing.get(key, {}).values())
        return those_who_fit(gap, self._joined(key), coming, self._census.needed_minutes)

    def make_room(self, machine: int, phase: int, movable: Iterable[int]) -> tuple[int, ...]:
        """Let members that stand in the phase share it with a machine, and join all; nobody when that is not enough.

        Returns the members that do not stand any longer.
        """
        key = self.group(machine), phase
        moving = [member for member in self._standing[key] if member in set(movable)]
        left = [span for member, span in self._standing[key].items() if member not in moving]
        gap = widest_gap(self._minutes[phase], left)
        present = [*self._joined(key), *moving]
        if not moving or not those_who_fit(gap, present, [machine], self._census.needed_minutes):
            return ()
        for member in moving:
            del self._standing[key][member]
        for member in (*moving, machine):
            self.join(member, phase)
        return tuple(moving)

    def slots(self) -> dict[int, Slot]:
        """Return the slots of the machines that joined wherever members of a group share a phase, by machine name."""
        slots = {}
        for key in sorted({*self._others, *self._standing} & self._first.keys()):
            joined, standing, phase = self._joined(key), self._standing.get(key, {}), key[1]
            count = len(joined) + len(standing)
            if count > 1:
                gap = widest_gap(self._minutes[phase], standing.values())
                spans = cut(gap, len(joined))
                in_order = sorted([*spans, *standing.values()])
                for machine, span in zip(sorted(joined, key=self._census.name), spans, strict=True):
                    slots[machine] = Slot(span, in_order.index(span) + 1, count)
        return slots

    def _joined(self, key: tuple[int, int]) -> list[int]:
        """Return the members of a group that joined in a phase."""
        return [self._first[key], *self._others.get(key, ())] if key in self._first else []
