"""What an import changes: each machine and customer with the revision that it gets, and how many stay as they are."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_inventory.domain.consistency import fleet_after, problems_of
from mweek_inventory.domain.fleet import KnownCustomer, KnownFleet, KnownMachine
from mweek_inventory.domain.fleet_import import FleetImport, ImportProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetChange:
    """The machines and customers that are new or differ, and those that are gone, each with its new revision."""

    location: str
    machines_put: tuple[KnownMachine, ...] = ()
    machines_removed: tuple[KnownMachine, ...] = ()
    machines_unchanged: int = 0
    customers_put: tuple[KnownCustomer, ...] = ()
    customers_removed: tuple[KnownCustomer, ...] = ()
    customers_unchanged: int = 0

    def summary(self) -> str:
        """Return what changes, in a line."""
        machines = _counted(len(self.machines_put), len(self.machines_removed), self.machines_unchanged)
        customers = _counted(len(self.customers_put), len(self.customers_removed), self.customers_unchanged)
        return f"{self.location}: machines {machines}; customers {customers}"


def _counted(put: int, removed: int, unchanged: int) -> str:
    return f"{put} put, {removed} removed, {unchanged} unchanged"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The import is not done, because of these."""

    problems: tuple[ImportProblem, ...]


def decide(asked: FleetImport, known: KnownFleet) -> FleetChange | Refusal:
    """Return what an import changes, or why nothing of it is done. The revision of a subject rises by one a change."""
    if problems := problems_of(asked, known):
        return Refusal(problems)
    machines = tuple(
        KnownMachine(placed.value, _next(known.machines.get(placed.value.name)))
        for placed in asked.machines
        if _differs(known.machines.get(placed.value.name), placed.value.digest)
    )
    customers = tuple(
        KnownCustomer(placed.value, _next(known.customers.get(placed.value.customer)))
        for placed in asked.customers
        if _differs(known.customers.get(placed.value.customer), placed.value.digest)
    )
    gone = _machines_gone(asked, known)
    lost = _customers_gone(asked, known)
    return FleetChange(
        location=asked.location,
        machines_put=machines,
        machines_removed=gone,
        # Removing what was removed before changes nothing either.
        machines_unchanged=len(asked.machines) - len(machines) + _removed_before(asked, known),
        customers_put=customers,
        customers_removed=lost,
        customers_unchanged=len(asked.customers) - len(customers) + len(asked.remove_customers) - len(lost),
    )


def _differs(known: KnownMachine | KnownCustomer | None, digest: str) -> bool:
    if known is None or known.removed:
        return True
    return digest != (known.machine if isinstance(known, KnownMachine) else known.customer).digest


def _next(known: KnownMachine | KnownCustomer | None) -> int:
    return 1 if known is None else known.revision + 1


def _machines_gone(asked: FleetImport, known: KnownFleet) -> tuple[KnownMachine, ...]:
    after = fleet_after(asked, known)
    named = known.machines if asked.replaces else dict.fromkeys(placed.value for placed in asked.remove_machines)
    return tuple(
        KnownMachine(known.machines[name].machine, known.machines[name].revision + 1, removed=True)
        for name in sorted(named)
        if name not in after and not known.machines[name].removed
    )


def _removed_before(asked: FleetImport, known: KnownFleet) -> int:
    return sum(1 for placed in asked.remove_machines if known.machines[placed.value].removed)


def _customers_gone(asked: FleetImport, known: KnownFleet) -> tuple[KnownCustomer, ...]:
    return tuple(
        KnownCustomer(known.customers[name].customer, known.customers[name].revision + 1, removed=True)
        for name in sorted({placed.value for placed in asked.remove_customers})
        if not known.customers[name].removed
    )
