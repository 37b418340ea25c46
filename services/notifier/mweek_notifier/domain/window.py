"""Windows of machines in a week, and what a plan revision changes about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time `[opens_at, closes_at)` in a phase; slots sort by time."""

    opens_at: datetime
    closes_at: datetime
    phase: str


@dataclass(frozen=True, slots=True)
class Window:
    """The slot of one machine. `affects` names the virtual machines on a KVM host."""

    machine: str
    slot: Slot
    customer: str | None = None
    affects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A machine that has no window any more; `reason` is the planner's code."""

    machine: str
    reason: str
    customer: str | None = None
    affects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """What a revision changes: windows given or moved, and windows taken away."""

    given: tuple[Window, ...] = ()
    taken: tuple[Withdrawal, ...] = ()

    def applied_to(self, windows: Mapping[str, Window]) -> dict[str, Window]:
        """Return the windows, by machine, after this change."""
        after = dict(windows)
        for withdrawal in self.taken:
            after.pop(withdrawal.machine, None)
        after.update((window.machine, window) for window in self.given)
        return after

    def reasons(self) -> dict[str, str]:
        """Return the code of each withdrawal by machine."""
        return {withdrawal.machine: withdrawal.reason for withdrawal in self.taken}
