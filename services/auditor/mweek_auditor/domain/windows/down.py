"""Which machines are down, while leases are looked at in the order in which they were told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mweek_auditor.domain.windows.lease import Lease


def _index() -> defaultdict[str | None, dict[str, Lease]]:
    return defaultdict(dict)


@dataclass(slots=True)
class Down:
    """The leases that are not over, by id, and again by whom they count for."""

    _all: dict[str, Lease] = field(default_factory=dict)
    _by_machine: defaultdict[str | None, dict[str, Lease]] = field(default_factory=_index)
    _by_customer: defaultdict[str | None, dict[str, Lease]] = field(default_factory=_index)
    _by_group: defaultdict[str | None, dict[str, Lease]] = field(default_factory=_index)
    _group: dict[str, str | None] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many leases there are."""
        return len(self._all)

    def enter(self, lease: Lease, group: str | None) -> None:
        """Take note of an entry. A machine that was overdue is talking again: its old lease is over."""
        for earlier in self.of_machine(lease.machine):
            if earlier.overdue:
                self.leave(earlier)
        self._all[lease.lease_id] = lease
        self._by_machine[lease.machine][lease.lease_id] = lease
        self._by_customer[lease.customer][lease.lease_id] = lease
        self._by_group[group][lease.lease_id] = lease
        self._group[lease.lease_id] = group

    def leave(self, lease: Lease) -> None:
        """Take note that a machine is up again."""
        if self._all.pop(lease.lease_id, None) is not None:
            del self._by_machine[lease.machine][lease.lease_id]
            del self._by_customer[lease.customer][lease.lease_id]
            del self._by_group[self._group.pop(lease.lease_id)][lease.lease_id]

    def of_machine(self, machine: str) -> tuple[Lease, ...]:
        """Return the leases of a machine."""
        return tuple(self._by_machine[machine].values())

    def of_customer(self, customer: str, *, besides: str) -> tuple[Lease, ...]:
        """Return the leases of a customer's other machines."""
        return _others(self._by_customer[customer].values(), besides)

    def peers(self, group: str | None, *, besides: str) -> tuple[Lease, ...]:
        """Return the leases of the other machines of a redundancy group; without a group none."""
        return () if group is None else _others(self._by_group[group].values(), besides)

    def in_location(self, *, besides: str) -> tuple[Lease, ...]:
        """Return the leases of all other machines."""
        return _others(self._all.values(), besides)


def _others(leases: Iterable[Lease], besides: str) -> tuple[Lease, ...]:
    return tuple(lease for lease in leases if lease.machine != besides)
