"""How much of the location's variety a choice shows: profiles, OS releases, hardware models and BIOS versions."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_planner.domain.machine import Machine

Shape = tuple[int, ...]
"""The numbers of the attribute values of a machine. Many machines have the same shape."""


class Variety:
    """Remembers which attribute values the week has shown so far, phase by phase.

    A value weighs as much as there are in-service machines in the location that share it: to have seen what half of the
    fleet has is worth more than to have seen a single odd machine.
    """

    def __init__(self, machines: Sequence[Machine]) -> None:
        """Number all values and weigh them; nothing is seen yet."""
        numbers: dict[tuple[int, str], int] = {}
        shapes: dict[tuple[str | None, ...], Shape] = {}
        self._news: list[int] = []
        self.shape_of: list[Shape] = []
        """The shape of each machine."""
        for machine in machines:
            values = (machine.profile, machine.os_release, machine.hardware_model, machine.bios_version)
            if values not in shapes:
                shapes[values] = tuple(
                    numbers.setdefault((attribute, value), len(numbers))
                    for attribute, value in enumerate(values)
                    if value is not None
                )
                self._news.extend([0] * (len(numbers) - len(self._news)))
            shape = shapes[values]
            self.shape_of.append(shape)
            for number in shape:
                self._news[number] += 1
        self._seen: set[Shape] = set()

    def gain(self, shape: Shape) -> int:
        """Return the weight of the values that a machine of this shape would show for the first time this week."""
        return sum(self._news[number] for number in shape)

    def see(self, machine: int) -> None:
        """Take note that a machine has its window in this phase or an earlier one."""
        shape = self.shape_of[machine]
        if shape not in self._seen:
            self._seen.add(shape)
            for number in shape:
                self._news[number] = 0
