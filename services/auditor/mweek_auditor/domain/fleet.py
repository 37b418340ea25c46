"""The machines and customers of one location, as the records have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mweek_timewindows import WeeklyCalendar

SHORTEST_NEED_MINUTES = 15
STEP_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the audit needs to know of a machine."""

    name: str
    kind: str
    role: str
    environment: str
    customer: str | None = None
    host: str | None = None
    redundancy_group: str | None = None
    profile: str | None = None
    downtime_minutes: int = 15
    in_service: bool = True
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def need_minutes(self) -> int:
        """How long a window it needs: max(15, downtime + 5) and a quarter, rounded up to 5 minutes."""
        quarters = max(SHORTEST_NEED_MINUTES, self.downtime_minutes + 5) * 5
        return -(-quarters // (4 * STEP_MINUTES)) * STEP_MINUTES


@dataclass(frozen=True, slots=True)
class Blackout:
    """A time `[starts_at, ends_at)` in which a customer's machines must not be touched."""

    starts_at: datetime
    ends_at: datetime
    reason: str

    def overlaps(self, opens_at: datetime, closes_at: datetime) -> bool:
        """Return whether it shares any time with `[opens_at, closes_at)`."""
        return self.starts_at < closes_at and opens_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What the audit needs to know of a customer; `contacts` are mail addresses."""

    name: str
    contacts: tuple[str, ...] = ()
    calendar: WeeklyCalendar | None = None
    blackouts: tuple[Blackout, ...] = ()
    notice_hours: int = 12
    max_parallel: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """One location's machines, and the customers that own them.

    `customers` is None where nothing is known of any (a fleet file with machines alone): rules about customers are
    not judged then.
    """

    machines: tuple[Machine, ...]
    customers: tuple[Customer, ...] | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Machine]:
        """All machines, those out of service included."""
        return {machine.name: machine for machine in self.machines}

    @cached_property
    def in_service(self) -> Mapping[str, Machine]:
        """The machines that a week must cover."""
        return {machine.name: machine for machine in self.machines if machine.in_service}

    @cached_property
    def customer_by_name(self) -> Mapping[str, Customer]:
        """Known customers; empty where nothing is known of any."""
        return {customer.name: customer for customer in self.customers or ()}

    @cached_property
    def groups(self) -> Mapping[str, tuple[Machine, ...]]:
        """The in-service members of each redundancy group that has at least two, by name of the group."""
        members: dict[str, list[Machine]] = {}
        for machine in self.in_service.values():
            if machine.redundancy_group is not None:
                members.setdefault(machine.redundancy_group, []).append(machine)
        return {
            group: tuple(sorted(peers, key=lambda peer: peer.name))
            for group, peers in sorted(members.items())
            if len(peers) > 1
        }

    @cached_property
    def tested_customers(self) -> frozenset[str]:
        """The customers that own an in-service test machine here."""
        return frozenset(
            machine.customer
            for machine in self.in_service.values()
            if machine.environment == "test" and machine.customer is not None
        )

    @cached_property
    def guests(self) -> Mapping[str, tuple[Machine, ...]]:
        """The in-service virtual machines on each KVM host."""
        on_host: dict[str, list[Machine]] = {}
        for machine in self.in_service.values():
            if machine.host is not None:
                on_host.setdefault(machine.host, []).append(machine)
        return {host: tuple(machines) for host, machines in on_host.items()}

    def customer_of(self, machine: Machine) -> Customer | None:
        """Return the record of the machine's customer; None for the operator's own, or where none is known."""
        return self.customer_by_name.get(machine.customer) if machine.customer is not None else None
