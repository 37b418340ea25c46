"""Who takes part: the machines in service in a fixed order, their owners, their peers and their guests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.fairness import in_turn
from mweek_planner.domain.machine import Fleet, Machine

TEST = "test"
NO_GROUP = -1


@dataclass(frozen=True, slots=True)
class Census:
    """The in-service machines, counted once before anything is placed.

    A machine is known by its place in `machines`, which are in turn: a smaller number goes first when nothing else
    decides. `group_of` gives the number of its redundancy group (`NO_GROUP` without one), `groups` the members of
    each; a group of one is none. `tested` are the customers that own a test machine, `guests` the virtual machines on
    each host, sorted.
    """

    machines: tuple[Machine, ...]
    customers: Mapping[str, Customer]
    tested: frozenset[str]
    group_of: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    guests: Mapping[str, tuple[str, ...]]

    def is_tested(self, machine: Machine) -> bool:
        """Return whether the machine's customer owns an in-service test machine in the location."""
        return machine.customer in self.tested

    def owner(self, machine: Machine) -> Customer | None:
        """Return the machine's customer, None for the operator's own; one that nobody described gets the defaults."""
        if machine.customer is None:
            return None
        return self.customers.get(machine.customer) or Customer(name=machine.customer)


def take_census(fleet: Fleet, *, location: str, week: str, history: Mapping[str, int]) -> Census:
    """Return the census of a location for a week, the same for any order of the fleet."""
    in_service = (machine for machine in fleet.machines if machine.in_service)
    machines = in_turn(in_service, location=location, week=week, history=history)
    groups = _groups(machines)
    group_of = [NO_GROUP] * len(machines)
    for number, members in enumerate(groups):
        for machine in members:
            group_of[machine] = number
    return Census(
        machines=machines,
        customers={customer.name: customer for customer in fleet.customers},
        tested=frozenset(m.customer for m in machines if m.environment == TEST and m.customer is not None),
        group_of=tuple(group_of),
        groups=groups,
        guests=_guests(machines),
    )


def _groups(machines: Iterable[Machine]) -> tuple[tuple[int, ...], ...]:
    members: defaultdict[str, list[int]] = defaultdict(list)
    for number, machine in enumerate(machines):
        if machine.redundancy_group is not None:
            members[machine.redundancy_group].append(number)
    return tuple(tuple(peers) for peers in members.values() if len(peers) > 1)


def _guests(machines: Iterable[Machine]) -> dict[str, tuple[str, ...]]:
    guests: defaultdict[str, list[str]] = defaultdict(list)
    for machine in machines:
        if machine.host is not None:
            guests[machine.host].append(machine.name)
    return {host: tuple(sorted(names)) for host, names in guests.items()}
