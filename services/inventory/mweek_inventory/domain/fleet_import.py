"""What somebody wants to be known of a location from now on: all of it is done, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from mweek_inventory.domain.fleet import Customer, Machine, Policy

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Placed(Generic[Value]):
    """Something that is asked for, and where it was asked, e.g. `part 2: machines[17]`."""

    value: Value
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetImport:
    """What to put and to remove. `replaces`: machines that it does not put are removed.

    A policy that it does not speak of stays as it is, also where it replaces: a CSV file cannot speak of one.
    """

    location: str
    replaces: bool = False
    machines: tuple[Placed[Machine], ...] = ()
    customers: tuple[Placed[Customer], ...] = ()
    remove_machines: tuple[Placed[str], ...] = ()
    remove_customers: tuple[Placed[str], ...] = ()
    policies: tuple[Placed[Policy], ...] = ()
    """One at most, of the location; more are a mistake of who sends parts."""
    remove_policy: tuple[Placed[str], ...] = ()
    """The location, wherever the removal of its policy is asked for."""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One thing that is wrong with an import, and where."""

    place: str
    text: str

    def __str__(self) -> str:
        """Return place and sentence."""
        return f"{self.place}: {self.text}" if self.place else self.text
