"""How much of the location's variety a choice shows: profiles, OS releases, hardware models and BIOS versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mweek_planner.domain.census import Census
from mweek_planner.domain.numbering import Numbering


class Variety:
    """Remembers which attribute values the week has shown so far, phase by phase.

    A value weighs as much as there are in-service machines in the location that share it: to have seen what half of the
    fleet has is worth more than to have seen a single odd machine. Machines with the same four values have one *shape*.
    """

    def __init__(self, census: Census) -> None:
        """Number all shapes and weigh their values; nothing is seen yet."""
        columns = census.columns
        numbers: Numbering[tuple[str | None, ...]] = Numbering()
        attributes = (columns.profile, columns.os_release, columns.hardware_model, columns.bios_version)
        of_row = list(map(numbers.__getitem__, zip(*attributes, strict=True)))
        self.shape_of = list(map(of_row.__getitem__, census.rows))
        """The number of each machine's shape."""
        machines = Counter(of_row)
        value_numbers: Numbering[tuple[int, str]] = Numbering()
        self._values = [
            [value_numbers[attribute, value] for attribute, value in enumerate(values) if value is not None]
            for values in numbers
        ]
        self._news = [0] * len(value_numbers)
        for shape, values in enumerate(self._values):
            for value in values:
                self._news[value] += machines[shape]
        self._seen: set[int] = set()

    def gain(self, shape: int) -> int:
        """Return the weight of the values that a machine of this shape would show for the first time this week."""
        return sum([self._news[value] for value in self._values[shape]])

    def gains(self, machines: Iterable[int]) -> dict[int, int]:
        """Return the gain of each shape that machines have, without those that would show nothing new."""
        shapes = set(map(self.shape_of.__getitem__, machines))
        return {shape: gain for shape in shapes if (gain := self.gain(shape))}

    def see(self, machine: int) -> None:
        """Take note that a machine has its window in this phase or an earlier one."""
        self._see(self.shape_of[machine])

    def see_all(self, machines: Iterable[int]) -> None:
        """Take note of many machines."""
        for shape in set(map(self.shape_of.__getitem__, machines)):
            self._see(shape)

    def _see(self, shape: int) -> None:
        if shape not in self._seen:
            self._seen.add(shape)
            for value in self._values[shape]:
                self._news[value] = 0
