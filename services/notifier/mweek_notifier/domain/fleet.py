"""Machines and customers as far as a notice needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or a team that is told."""

    name: str
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Blackout:
    """A time `[starts_at, ends_at)` in which the customer wants no maintenance."""

    starts_at: datetime
    ends_at: datetime
    reason: str

    def overlaps(self, opens_at: datetime, closes_at: datetime) -> bool:
        """Say whether the half-open times share an instant."""
        return self.starts_at < closes_at and opens_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is told of a customer's slots, and in which zone."""

    customer: str
    name: str
    contacts: tuple[Contact, ...]
    timezone: str
    notice_hours: int = 0
    blackouts: tuple[Blackout, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """Owner (None: the operator's own) and estimated downtime of a machine."""

    name: str
    customer: str | None
    downtime_minutes: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """The machines of a location, by name."""

    machines: Mapping[str, Machine]

    def owner(self, machine: str, *, stated: str | None = None) -> str | None:
        """Return the customer of a machine: as recorded; of a machine that is no longer known, as the plan stated."""
        known = self.machines.get(machine)
        return known.customer if known else stated

    def downtime_minutes(self, machine: str) -> int | None:
        """Return the estimated downtime, None where the machine is not known."""
        known = self.machines.get(machine)
        return known.downtime_minutes if known else None


@dataclass(frozen=True, slots=True)
class MachineRecord:
    """What the inventory said of a machine, and its revision of it. `machine` is None where it was removed."""

    location: str
    name: str
    revision: int
    machine: Machine | None


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What the inventory said of a customer, and its revision of it. `known` is None where it was removed."""

    customer: str
    revision: int
    known: Customer | None
