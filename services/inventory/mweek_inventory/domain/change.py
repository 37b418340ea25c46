"""What an import changes: each machine, customer, policy with the revision that it gets, and how many stay."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_inventory.domain.consistency import fleet_after, problems_of
from mweek_inventory.domain.fleet import (
    Customer,
    KnownCustomer,
    KnownFleet,
    KnownMachine,
    KnownPolicy,
    Machine,
    Policy,
)
from mweek_inventory.domain.fleet_import import FleetImport, ImportProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetChange:
    """What is new or differs, and what is gone, each with its new revision."""

    location: str
    machines_put: tuple[KnownMachine, ...] = ()
    machines_removed: tuple[KnownMachine, ...] = ()
    machines_unchanged: int = 0
    customers_put: tuple[KnownCustomer, ...] = ()
    customers_removed: tuple[KnownCustomer, ...] = ()
    customers_unchanged: int = 0
    policy_put: KnownPolicy | None = None
    policy_removed: KnownPolicy | None = None
    policies_unchanged: int = 0

    def summary(self) -> str:
        """Return what changes, in a line."""
        machines = _counted(len(self.machines_put), len(self.machines_removed), self.machines_unchanged)
        customers = _counted(len(self.customers_put), len(self.customers_removed), self.customers_unchanged)
        return f"{self.location}: machines {machines}; customers {customers}{self._policy_summary()}"

    def _policy_summary(self) -> str:
        if self.policy_put:
            return "; policy put"
        if self.policy_removed:
            return "; policy removed"
        return "; policy unchanged" if self.policies_unchanged else ""


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
    policy, policy_gone = _policy_put(asked, known.policy), _policy_gone(asked, known.policy)
    return FleetChange(
        location=asked.location,
        machines_put=machines,
        machines_removed=gone,
        # Removing what was removed before changes nothing either.
        machines_unchanged=len(asked.machines) - len(machines) + _removed_before(asked, known),
        customers_put=customers,
        customers_removed=lost,
        customers_unchanged=len(asked.customers) - len(customers) + len(asked.remove_customers) - len(lost),
        policy_put=policy,
        policy_removed=policy_gone,
        policies_unchanged=int(bool(asked.policies or asked.remove_policy) and not (policy or policy_gone)),
    )


def _policy_put(asked: FleetImport, known: KnownPolicy | None) -> KnownPolicy | None:
    if not asked.policies or not _differs(known, asked.policies[0].value.digest):
        return None
    return KnownPolicy(asked.policies[0].value, _next(known))


def _policy_gone(asked: FleetImport, known: KnownPolicy | None) -> KnownPolicy | None:
    if not asked.remove_policy or known is None or known.removed:
        return None
    return KnownPolicy(known.policy, known.revision + 1, removed=True)


def _differs(known: KnownMachine | KnownCustomer | KnownPolicy | None, digest: str) -> bool:
    if known is None or known.removed:
        return True
    return digest != _subject(known).digest


def _subject(known: KnownMachine | KnownCustomer | KnownPolicy) -> Machine | Customer | Policy:
    if isinstance(known, KnownMachine):
        return known.machine
    return known.customer if isinstance(known, KnownCustomer) else known.policy


def _next(known: KnownMachine | KnownCustomer | KnownPolicy | None) -> int:
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
