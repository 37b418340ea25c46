"""A machine as planning sees it, and the machines of a location as one value."""

from __future__ import annotations

from dataclasses import dataclass

from mweek_planner.domain.customer import Customer

SHORTEST_NEED_MINUTES = 15
MARGIN_MINUTES = 5
"""Time around the update itself: entering, draining, checking."""
STEP_MINUTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A physical host or a virtual machine; `downtime_minutes` is the estimate for its update."""

    name: str
    kind: str
    role: str
    environment: str
    customer: str | None = None
    host: str | None = None
    redundancy_group: str | None = None
    profile: str | None = None
    os_release: str | None = None
    hardware_model: str | None = None
    bios_version: str | None = None
    downtime_minutes: int = 15
    in_service: bool = True
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def needed_minutes(self) -> int:
        """How long its window must be at least."""
        return needed_minutes(self.downtime_minutes)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All machines of one location, in service or not, and their customers. The order of both says nothing."""

    machines: tuple[Machine, ...]
    customers: tuple[Customer, ...] = ()


def needed_minutes(downtime_minutes: int) -> int:
    """Return the least window for a downtime: at least 15 minutes, plus a quarter, rounded up to 5 minutes."""
    quarters = max(SHORTEST_NEED_MINUTES, downtime_minutes + MARGIN_MINUTES) * 5
    return -(-quarters // (4 * STEP_MINUTES)) * STEP_MINUTES
