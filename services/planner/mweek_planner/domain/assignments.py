"""The windows of a plan as columns: what a million machines have in common is there once, and values are made late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from mweek_planner.domain.numbering import Numbering
from mweek_planner.domain.plan import Assignment, Placement


class Assignments(Sequence[Assignment]):
    """A sequence of assignments that makes them when they are first asked for, and keeps them then.

    Who writes or counts many of them reads the columns, of which row *n* is one window: `machine`, `customer` and
    `placement`, the number of its `Placement` in `placements`. `guests` has what a window `affects` by machine; a
    machine that is not in it affects nobody. Columns must not change.
    """

    def __init__(
        self,
        *,
        machine: Sequence[str],
        customer: Sequence[str | None],
        placement: Sequence[int],
        placements: Sequence[Placement],
        guests: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Take the columns, sorted as the plan is."""
        self.machine = machine
        self.customer = customer
        self.placement = placement
        self.placements = placements
        self.guests = guests
        self._made: tuple[Assignment, ...] | None = None

    @classmethod
    def of(cls, assignments: Sequence[Assignment]) -> Assignments:
        """Return any assignments as columns; those that are columns are returned as they are."""
        if isinstance(assignments, Assignments):
            return assignments
        numbers: Numbering[Placement] = Numbering()
        columns = cls(
            machine=[assignment.machine for assignment in assignments],
            customer=[assignment.customer for assignment in assignments],
            placement=[numbers[assignment.placement] for assignment in assignments],
            placements=list(numbers),
            guests={assignment.machine: assignment.affects for assignment in assignments if assignment.affects},
        )
        columns._made = tuple(assignments)
        return columns

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.machine)

    def __iter__(self) -> Iterator[Assignment]:
        """Yield the windows in order."""
        return iter(self._all())

    @overload
    def __getitem__(self, row: int) -> Assignment: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Assignment, ...]: ...
    def __getitem__(self, row: int | slice) -> Assignment | tuple[Assignment, ...]:
        """Return one window or several."""
        return self._all()[row]

    def __eq__(self, other: object) -> bool:
        """Tell whether both have equal windows in the same order, as columns or as values."""
        if isinstance(other, Assignments | tuple):
            return self._all() == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        """Return the hash of the windows as a tuple, to which they may be equal."""
        return hash(self._all())

    def __repr__(self) -> str:
        """Return all windows, as values."""
        return repr(self._all())

    def _all(self) -> tuple[Assignment, ...]:
        if self._made is None:
            self._made = tuple(self._make())
        return self._made

    def _make(self) -> Iterator[Assignment]:
        guests, placements = self.guests, self.placements
        for machine, customer, number in zip(self.machine, self.customer, self.placement, strict=True):
            there = placements[number]
            yield Assignment(
                machine=machine,
                customer=customer,
                phase=there.phase,
                opens_at=there.opens_at,
                closes_at=there.closes_at,
                reason=there.reason,
                facts=there.facts,
                affects=guests.get(machine, ()),
            )
