"""A machine as planning sees it, and the machines of a location: as values, or as columns where they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import Final, overload

from mweek_planner.domain.customer import Customer

SHORTEST_NEED_MINUTES = 15
MARGIN_MINUTES = 5
"""Time around the update itself: entering, draining, checking."""
STEP_MINUTES = 5

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A physical host or a virtual machine; `downtime_minutes` is the estimate for its update."""

    name: str
    kind: str
    role: str
    environment: str
    customer: str | None = None
    host: str | None = None
    redundancy_group: str | None = None
    profile: str | None = None
    os_release: str | None = None
    hardware_model: str | None = None
    bios_version: str | None = None
    downtime_minutes: int = 15
    in_service: bool = True
    labels: Labels = ()

    @property
    def needed_minutes(self) -> int:
        """How long its window must be at least."""
        return needed_minutes(self.downtime_minutes)


_DEFAULTS: Final = {field.name: field.default for field in fields(Machine) if field.default is not MISSING}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineColumns(Sequence[Machine]):
    """Machines as one column for each field, all of the same length: row *n* of all columns is one machine.

    It is a sequence of `Machine` like any other, but makes them only when they are asked for: a million of them would
    weigh more than all the rest of planning. An empty column stands for the default of its field in every row. Columns
    must not change any more. Planning is faster and leaner, and not otherwise, where equal values are the same object.
    """

    name: Sequence[str]
    kind: Sequence[str]
    role: Sequence[str]
    environment: Sequence[str]
    customer: Sequence[str | None] = ()
    host: Sequence[str | None] = ()
    redundancy_group: Sequence[str | None] = ()
    profile: Sequence[str | None] = ()
    os_release: Sequence[str | None] = ()
    hardware_model: Sequence[str | None] = ()
    bios_version: Sequence[str | None] = ()
    downtime_minutes: Sequence[int] = ()
    in_service: Sequence[bool] = ()
    labels: Sequence[Labels] = ()

    def __post_init__(self) -> None:
        """Fill the columns that are left out.

        Raises:
            ValueError: the columns are not of one length.
        """
        for field, default in _DEFAULTS.items():
            if not getattr(self, field):
                object.__setattr__(self, field, [default] * len(self.name))
        for field in _FIELDS:
            if len(getattr(self, field)) != len(self.name):
                raise ValueError(f"the column {field} is not as long as that of the names")

    @classmethod
    def of(cls, machines: Sequence[Machine]) -> MachineColumns:
        """Return the columns of any machines; columns are returned as they are."""
        if isinstance(machines, MachineColumns):
            return machines
        return cls(**{field: list(map(attrgetter(field), machines)) for field in _FIELDS})

    def only(self, rows: Sequence[int]) -> MachineColumns:
        """Return some of the machines, in the order of the given rows."""
        return MachineColumns(**{field: list(map(getattr(self, field).__getitem__, rows)) for field in _FIELDS})

    def __len__(self) -> int:
        """Return the number of machines."""
        return len(self.name)

    @overload
    def __getitem__(self, row: int) -> Machine: ...
    @overload
    def __getitem__(self, row: slice) -> MachineColumns: ...
    def __getitem__(self, row: int | slice) -> Machine | MachineColumns:
        """Return the machine of a row, or the columns of several."""
        if isinstance(row, slice):
            return self.only(range(len(self))[row])
        return Machine(**{field: getattr(self, field)[row] for field in _FIELDS})

    def __eq__(self, other: object) -> bool:
        """Tell whether both have equal machines in the same order."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        """Return the hash of the machines as a tuple, to which they may be equal."""
        return hash(tuple(self))


_FIELDS: Final = tuple(field.name for field in fields(Machine))


@dataclass(frozen=True, slots=True)
class Fleet:
    """All machines of one location, in service or not, and their customers. The order of both says nothing.

    `machines` are values or `MachineColumns`; planning wants columns and makes them of values once.
    """

    machines: Sequence[Machine]
    customers: tuple[Customer, ...] = ()


def needed_minutes(downtime_minutes: int) -> int:
    """Return the least window for a downtime: at least 15 minutes, plus a quarter, rounded up to 5 minutes."""
    quarters = max(SHORTEST_NEED_MINUTES, downtime_minutes + MARGIN_MINUTES) * 5
    return -(-quarters // (4 * STEP_MINUTES)) * STEP_MINUTES
