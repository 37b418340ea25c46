"""Windows that machines requested, as the bus tells them: the highest revision stands, whatever the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from mweek_notifier.domain.fleet import Fleet
from mweek_notifier.domain.window import Slot

ADHOC: Final = "adhoc"
"""Stands where notices about weeks have their week, and where their slots have a phase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedWindow:
    """The window of one machine, or that it has it no more: `withdrawn` is then the planner's code.

    `significant_revision` is the highest one heard of which customers must be told; 0: none. `affects` names the
    virtual machines on a KVM host.
    """

    location: str
    window_id: str
    machine: str
    revision: int
    significant_revision: int
    slot: Slot
    customer: str | None = None
    affects: tuple[str, ...] = ()
    downtime_minutes: int | None = None
    reboots: bool = False
    urgent: bool = False
    reasons: tuple[str, ...] = ()
    withdrawn: str | None = None

    @property
    def machines(self) -> frozenset[str]:
        """Every machine that it touches."""
        return frozenset((self.machine, *self.affects))


def standing(known: RequestedWindow | None, said: RequestedWindow) -> RequestedWindow | None:
    """Return the window after something was said of it; None where that is no news.

    An older revision than the one that stands changes nothing, except that customers may have to be told of it.
    """
    if known is None:
        return said
    significant = max(known.significant_revision, said.significant_revision)
    if said.revision > known.revision:
        return replace(said, significant_revision=significant)
    return replace(known, significant_revision=significant) if significant > known.significant_revision else None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a window touches of one customer: its own machine, or machines of its on a KVM host."""

    own: bool
    hosted: tuple[str, ...] = ()


def touches(window: RequestedWindow, fleet: Fleet) -> dict[str, Touch]:
    """Return what a window touches, by customer."""
    owner = fleet.owner(window.machine, stated=window.customer)
    hosted: dict[str, list[str]] = {}
    for machine in sorted(set(window.affects)):
        tenant = fleet.owner(machine)
        if tenant is not None:
            hosted.setdefault(tenant, []).append(machine)
    customers = hosted.keys() | ({owner} if owner is not None else set())
    return {customer: Touch(customer == owner, tuple(hosted.get(customer, ()))) for customer in customers}


def machines_of(windows: Iterable[RequestedWindow]) -> frozenset[str]:
    """Return every machine that some window touches."""
    return frozenset[str]().union(*(window.machines for window in windows))
