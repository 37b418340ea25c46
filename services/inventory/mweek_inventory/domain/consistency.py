"""Checks an import against what is known: every name once, no host and no customer missing afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from mweek_inventory.domain.fleet import KnownFleet, Machine
from mweek_inventory.domain.fleet_import import FleetImport, ImportProblem, Placed

MOST_NAMED: Final = 5
"""Names that a sentence lists before it counts the rest."""


def problems_of(asked: FleetImport, known: KnownFleet) -> tuple[ImportProblem, ...]:
    """Return everything that is wrong with an import, in the order in which it was asked for."""
    after = fleet_after(asked, known)
    return (
        *_repetitions(asked),
        *_contradicting_policies(asked),
        *_unknown_removals(asked, known),
        *_emptied_location(asked, known),
        *_missing_customers(asked, known),
        *_missing_hosts(asked, after),
        *_abandoned_guests(asked, after),
        *_abandoned_machines(asked, known, after),
    )


def fleet_after(asked: FleetImport, known: KnownFleet) -> Mapping[str, Machine]:
    """Return the machines of the location as they would be after the import, by name."""
    removed = {placed.value for placed in asked.remove_machines}
    kept = () if asked.replaces else (machine for machine in known.present() if machine.name not in removed)
    after = {machine.name: machine for machine in kept}
    after.update((placed.value.name, placed.value) for placed in asked.machines)
    return after


def _repetitions(asked: FleetImport) -> Iterator[ImportProblem]:
    yield from _twice((placed.value.name, f"{placed.place}.name") for placed in asked.machines)
    yield from _twice((placed.value.customer, f"{placed.place}.customer") for placed in asked.customers)
    yield from _twice((placed.value, placed.place) for placed in asked.remove_machines)
    yield from _twice((placed.value, placed.place) for placed in asked.remove_customers)
    yield from _put_and_removed(asked.remove_machines, {placed.value.name for placed in asked.machines})
    yield from _put_and_removed(asked.remove_customers, {placed.value.customer for placed in asked.customers})


def _contradicting_policies(asked: FleetImport) -> Iterator[ImportProblem]:
    for placed in asked.policies[1:]:
        yield ImportProblem(placed.place, f"a location has one policy: the first is at {asked.policies[0].place}")
    if asked.policies:
        for removal in asked.remove_policy:
            yield ImportProblem(removal.place, f"the policy is put as well, at {asked.policies[0].place}")


def _twice(named: Iterable[tuple[str, str]]) -> Iterator[ImportProblem]:
    first: dict[str, str] = {}
    for name, place in named:
        if name in first:
            yield ImportProblem(place, f"{name} is named twice, first at {first[name]}")
        else:
            first[name] = place


def _put_and_removed(removed: Iterable[Placed[str]], put: set[str]) -> Iterator[ImportProblem]:
    for placed in removed:
        if placed.value in put:
            yield ImportProblem(placed.place, f"{placed.value} is both put and removed")


def _unknown_removals(asked: FleetImport, known: KnownFleet) -> Iterator[ImportProblem]:
    """Refuse to remove what never was: it is a mistake in writing. Removing twice is none."""
    for placed in asked.remove_machines:
        if placed.value not in known.machines:
            yield ImportProblem(placed.place, f"no machine of {asked.location} is named {placed.value}")
    for placed in asked.remove_customers:
        if placed.value not in known.customers:
            yield ImportProblem(placed.place, f"no customer is named {placed.value}")
    if known.policy is None:
        for place in asked.remove_policy:
            yield ImportProblem(place.place, f"{asked.location} has no policy")


def _emptied_location(asked: FleetImport, known: KnownFleet) -> Iterator[ImportProblem]:
    """Refuse to replace a location by nothing: an export that failed half-way looks just so."""
    if asked.replaces and not asked.machines and (present := sum(1 for _ in known.present())):
        text = f"names no machine: all {present} of {asked.location} would be removed; remove them by name instead"
        yield ImportProblem("", text)


def _missing_customers(asked: FleetImport, known: KnownFleet) -> Iterator[ImportProblem]:
    removed = {placed.value for placed in asked.remove_customers}
    there = {name for name, customer in known.customers.items() if not customer.removed and name not in removed}
    there.update(placed.value.customer for placed in asked.customers)
    for placed in asked.machines:
        customer = placed.value.customer
        if customer is not None and customer not in there:
            text = f"{customer} is removed" if customer in removed else f"no customer is named {customer}"
            yield ImportProblem(f"{placed.place}.customer", text)


def _missing_hosts(asked: FleetImport, after: Mapping[str, Machine]) -> Iterator[ImportProblem]:
    for placed in asked.machines:
        name = placed.value.host
        if name is None:
            continue
        host = after.get(name)
        if host is None:
            yield ImportProblem(f"{placed.place}.host", f"no machine of {asked.location} is named {name}")
        elif host.virtual:
            yield ImportProblem(f"{placed.place}.host", f"{name} is virtual: a KVM host is physical")


def _abandoned_guests(asked: FleetImport, after: Mapping[str, Machine]) -> Iterator[ImportProblem]:
    """Refuse to take a host away from under machines that the import does not speak of."""
    put = {placed.value.name for placed in asked.machines}
    guests: dict[str, list[str]] = {}
    for machine in after.values():
        if machine.host is not None and machine.name not in put:
            guests.setdefault(machine.host, []).append(machine.name)
    for placed in asked.remove_machines:
        if placed.value in guests:
            text = f"{placed.value} still carries {_listed(guests[placed.value])}: move or remove them as well"
            yield ImportProblem(placed.place, text)
    for wanted in asked.machines:
        name = wanted.value.name
        if wanted.value.virtual and name in guests:
            text = f"{name} cannot be virtual: it carries {_listed(guests[name])}"
            yield ImportProblem(f"{wanted.place}.kind", text)


def _abandoned_machines(asked: FleetImport, known: KnownFleet, after: Mapping[str, Machine]) -> Iterator[ImportProblem]:
    put = {placed.value.name for placed in asked.machines}
    owned: dict[str, list[str]] = {}
    for machine in after.values():
        if machine.customer is not None and machine.name not in put:
            owned.setdefault(machine.customer, []).append(f"{asked.location}/{machine.name}")
    for placed in asked.remove_customers:
        names = [*owned.get(placed.value, ()), *known.owned_elsewhere.get(placed.value, ())]
        if names:
            text = f"{placed.value} still owns {_listed(names)}: remove them, or give them to another customer, first"
            yield ImportProblem(placed.place, text)


def _listed(names: Sequence[str]) -> str:
    some = sorted(names)[:MOST_NAMED]
    return ", ".join(some) + (f" and {len(names) - len(some)} more" if len(names) > len(some) else "")
