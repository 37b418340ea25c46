"""Who takes part: the machines in service in a fixed order, their owners, their peers and their guests."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Final

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.fairness import in_turn
from mweek_planner.domain.machine import Fleet, MachineColumns, needed_minutes
from mweek_planner.domain.numbering import Numbering

TEST: Final = "test"
NO_GROUP: Final = -1
Owner = str | None
"""A customer; None stands for the operator, whose own machines count as one customer."""


@dataclass(frozen=True, slots=True)
class Census:
    """The in-service machines, counted once before anything is placed.

    A machine is known by its number, in turn: a smaller number goes first when nothing else decides. `rows` gives its
    row in `columns`, which are in the order of the fleet. `by_name` has the rows in the order of the names, and `names`
    the names. Owners are numbered too. `group_of` gives the number of a machine's redundancy group (`NO_GROUP` without
    one), `groups` the members of each, in turn; a group of one is none. `tested` are the customers that own a test
    machine, `guests` the virtual machines on each host, sorted.
    """

    # Rows are in arrays: a list of a million numbers that are not in order is slow to go through, for they lie all over
    # the memory.
    columns: MachineColumns
    rows: array[int]
    by_name: array[int]
    names: Sequence[str]
    customers: Mapping[str, Customer]
    owners: Sequence[Owner]
    owner_of: Sequence[int]
    tested: frozenset[str]
    group_of: Sequence[int]
    groups: Sequence[Sequence[int]]
    guests: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        """Return how many machines take part."""
        return len(self.rows)

    def name(self, machine: int) -> str:
        """Return what a machine is called."""
        return self.columns.name[self.rows[machine]]

    def customer(self, machine: int) -> Owner:
        """Return whose machine it is."""
        return self.owners[self.owner_of[machine]]

    def group_name(self, machine: int) -> str | None:
        """Return the redundancy group that a machine names."""
        return self.columns.redundancy_group[self.rows[machine]]

    def downtime_minutes(self, machine: int) -> int:
        """Return how long the update of a machine takes."""
        return self.columns.downtime_minutes[self.rows[machine]]

    def needed_minutes(self, machine: int) -> int:
        """Return how long the window of a machine must be at least."""
        return needed_minutes(self.downtime_minutes(machine))

    def owner(self, machine: int) -> Customer | None:
        """Return the machine's customer, None for the operator's own."""
        return self.described(self.customer(machine))

    def described(self, owner: Owner) -> Customer | None:
        """Return an owner as a customer, None for the operator; one that nobody described gets the defaults."""
        return None if owner is None else self.customers.get(owner) or Customer(name=owner)


def take_census(fleet: Fleet, *, location: str, week: str, history: Mapping[str, int]) -> Census:
    """Return the census of a location for a week, the same for any order of the fleet."""
    columns = _in_service(MachineColumns.of(fleet.machines))
    rows = in_turn(columns.name, location=location, week=week, history=history)
    by_name = array("I", sorted(range(len(columns)), key=columns.name.__getitem__))
    names = list(map(columns.name.__getitem__, by_name))
    owners, owner_of = _numbered(columns.customer, rows)
    groups = _groups(columns.redundancy_group, rows)
    return Census(
        columns=columns,
        rows=rows,
        by_name=by_name,
        names=names,
        customers={customer.name: customer for customer in fleet.customers},
        owners=owners,
        owner_of=owner_of,
        tested=_tested(columns),
        group_of=_group_of(groups, len(rows)),
        groups=groups,
        guests=_guests(columns),
    )


def _in_service(columns: MachineColumns) -> MachineColumns:
    if all(columns.in_service):
        return columns
    return columns.only(list(compress(range(len(columns)), columns.in_service)))


def _tested(columns: MachineColumns) -> frozenset[str]:
    tests = zip(columns.environment, columns.customer, strict=True)
    return frozenset(customer for environment, customer in tests if environment == TEST and customer is not None)


def _numbered(column: Sequence[Owner], rows: Iterable[int]) -> tuple[list[Owner], list[int]]:
    """Return the values of a column, and for each machine the number of its value."""
    numbers: Numbering[Owner] = Numbering()
    of_row = list(map(numbers.__getitem__, column))
    return list(numbers), list(map(of_row.__getitem__, rows))


def _groups(column: Sequence[str | None], rows: Iterable[int]) -> list[list[int]]:
    """Return the members of each group, the groups by their first members."""
    names, number_of = _numbered(column, rows)
    members: list[list[int]] = [[] for _ in names]
    alone = names.index(None) if None in names else NO_GROUP
    for machine, number in enumerate(number_of):
        if number != alone:
            members[number].append(machine)
    return sorted(
        (m for name, m in zip(names, members, strict=True) if name is not None and len(m) > 1), key=itemgetter(0)
    )


def _group_of(groups: Sequence[Sequence[int]], machines: int) -> list[int]:
    group_of = [NO_GROUP] * machines
    for number, members in enumerate(groups):
        for machine in members:
            group_of[machine] = number
    return group_of


def _guests(columns: MachineColumns) -> dict[str, tuple[str, ...]]:
    guests: defaultdict[str, list[str]] = defaultdict(list)
    for name, host in zip(columns.name, columns.host, strict=True):
        if host is not None:
            guests[host].append(name)
    # Many short lists in the order of the fleet, each sorted, take half of the time that going through all machines in
    # the order of their names takes.
    return {host: tuple(sorted(names)) for host, names in guests.items()}
