"""A location's machines and their customers, as the records on the bus say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mweek_contracts.message import Message
from mweek_contracts.records import (
    CustomerRemovedV1,
    CustomerV1,
    LocationPolicyRemovedV1,
    LocationPolicyV1,
    MachineRemovedV1,
    MachineV1,
)
from mweek_contracts.windows import AssignedWindow, WithdrawnWindow

from mweek.week import PlanChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetView:
    """The records of one location at one moment; both mappings are sorted by name."""

    location: str
    machines: Mapping[str, MachineV1] = field(hash=False)
    customers: Mapping[str, CustomerV1] = field(hash=False)
    """The customers that own a machine here."""
    policy: LocationPolicyV1 | None = None
    """What the location allows in windows; None: the defaults."""

    def mailed(self, changes: PlanChanges) -> tuple[str, ...]:
        """Return the customers, sorted, whom a revision with these changes concerns.

        They own a machine whose window is new, moved or withdrawn, or a VM on a host of which that is true.
        """
        windows: tuple[AssignedWindow | WithdrawnWindow, ...] = (*changes.assigned, *changes.withdrawn)
        owners = {window.customer for window in windows if window.customer}
        affected = {name for window in windows for name in window.affects}
        hosted = (self.machines[name].customer for name in affected if name in self.machines)
        return tuple(sorted((owners | {owner for owner in hosted if owner}) & set(self.customers)))


class FleetRecords:
    """Folds records, in any order, into a FleetView: the greatest revision of a subject wins."""

    def __init__(self, location: str) -> None:
        """Begin with a location of which nothing is known."""
        self._location = location
        self._machines: dict[str, MachineV1 | MachineRemovedV1] = {}
        self._customers: dict[str, CustomerV1 | CustomerRemovedV1] = {}
        self._policy: LocationPolicyV1 | LocationPolicyRemovedV1 | None = None

    def hear(self, record: Message) -> None:
        """Take in one record; those of other locations are ignored."""
        if isinstance(record, CustomerV1 | CustomerRemovedV1):
            known = self._customers.get(record.customer)
            if known is None or record.revision > known.revision:
                self._customers[record.customer] = record
        elif isinstance(record, MachineV1 | MachineRemovedV1) and record.location == self._location:
            before = self._machines.get(record.name)
            if before is None or record.revision > before.revision:
                self._machines[record.name] = record
        elif isinstance(record, LocationPolicyV1 | LocationPolicyRemovedV1) and record.location == self._location:
            newer = self._policy is None or record.revision > self._policy.revision
            self._policy = record if newer else self._policy

    def view(self) -> FleetView:
        """Return what is known now."""
        machines = sorted((m for m in self._machines.values() if isinstance(m, MachineV1)), key=lambda one: one.name)
        return FleetView(
            location=self._location,
            machines={machine.name: machine for machine in machines},
            customers=self._owning_customers(machines),
            policy=self._policy if isinstance(self._policy, LocationPolicyV1) else None,
        )

    def _owning_customers(self, machines: Iterable[MachineV1]) -> Mapping[str, CustomerV1]:
        owners = sorted({machine.customer for machine in machines if machine.customer})
        found = ((owner, self._customers.get(owner)) for owner in owners)
        return {owner: customer for owner, customer in found if isinstance(customer, CustomerV1)}
