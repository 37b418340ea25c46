"""The records of a location with all that they ever said: who owned what, and which wishes and limits held when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Final

from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow

from mweek_auditor.domain.fleet import Customer, Machine
from mweek_auditor.domain.windows.history import History, Unsure
from mweek_auditor.domain.windows.window import Position

HORIZON: Final = timedelta(days=60)

_EVERY_NIGHT: Final = WeeklyCalendar("Europe/Berlin", (WeeklyWindow(WEEKDAYS, "22:00", "05:00"),))
"""What a customer accepts that says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a location allows in requested windows."""

    capacity: int | None = None
    padding_percent: int = 25
    shortest_minutes: int = 15
    preparation_minutes: int = 5


@dataclass(frozen=True, kw_only=True)
class Records:
    """Machines and customers by name, and the policy; see `History`."""

    machines: Mapping[str, History[Machine]] = field(default_factory=dict)
    customers: Mapping[str, History[Customer]] = field(default_factory=dict)
    policy: History[Policy] = field(default_factory=History)

    def machine(self, name: str) -> History[Machine]:
        """Return what is known of a machine."""
        return self.machines.get(name, History())

    def customer(self, name: str) -> History[Customer]:
        """Return what is known of a customer."""
        return self.customers.get(name, History())

    def customer_at(self, name: str, position: Position) -> Customer | Unsure:
        """Return the wishes of a customer; one of whom only the name is known has those that hold without any."""
        said = self.customer(name).at(position)
        return described(name, said) if not isinstance(said, Unsure) else said

    def policy_at(self, position: Position) -> Policy | Unsure:
        """Return the policy that held; the defaults where nothing was said."""
        said = self.policy.at(position)
        return Policy() if said is None else said

    @cached_property
    def perhaps_on(self) -> Mapping[str, frozenset[str]]:
        """The machines that were ever on each KVM host."""
        found: dict[str, set[str]] = {}
        for name, history in self.machines.items():
            for machine in history.ever:
                if machine.host is not None:
                    found.setdefault(machine.host, set()).add(name)
        return {host: frozenset(names) for host, names in found.items()}


def described(name: str, customer: Customer | None) -> Customer:
    """Return a customer, or what holds for one of whom only the name is known."""
    return Customer(name=name, calendar=_EVERY_NIGHT) if customer is None else customer
