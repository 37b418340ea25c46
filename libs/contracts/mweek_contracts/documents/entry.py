"""One machine, customer or policy as a document has it, before it is typed, and what a whole document comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.strictness import Place, render_place

EntryModel = type[MachineFields] | type[CustomerFields] | type[LocationPolicyFields]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an entry stands in a document."""

    place: Place
    """The places of its fields begin with it."""
    lines: Callable[[Place], int]
    names: Callable[[Place], str] = render_place
    """How the format names a place: a column in CSV."""

    def line_of(self, *inner: str | int) -> int:
        """Return the line of a part of the entry, or of the entry."""
        return self.lines((*self.place, *inner))

    def name_of(self, *inner: str | int) -> str:
        """Return how the format names a part of the entry, or the entry."""
        return self.names((*self.place, *inner))


@dataclass(frozen=True, slots=True)
class Entry:
    """The plain values of one machine, customer or policy."""

    model: EntryModel
    data: object
    spot: Spot

    def names(self) -> Iterator[str]:
        """Yield what it is called, as far as that can be read."""
        if isinstance(self.data, dict):
            yield from (name for key in ("name", "customer") if isinstance(name := self.data.get(key), str))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a document holds: its location, where it names one, and its entries, read as they are asked for."""

    location: object
    """As it stands there; None where it names none."""
    location_line: Callable[[], int | None]
    """Asked only when something is wrong with it."""
    entries: Iterator[Entry]
