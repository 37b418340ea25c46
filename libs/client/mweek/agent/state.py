"""What the agent knows, as it lies on disk: the windows that it wishes for, and the one that it is in. Values only.

The shape on disk is this very shape: it is the agent's own and nobody else reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from mweek_contracts.fields import Identifier, PositiveCount, Token, UtcDatetime
from mweek_contracts.message import Value
from mweek_contracts.replies import Grant, Lease, OwnWindow, Refusal
from mweek_contracts.request_codes import LeaveResult
from mweek_contracts.requests import LeaveWindowV1, RequestWindowV1

from mweek.agent.tasks import Task, TaskRun


class Stage(StrEnum):
    """Where the machine is on its way through a window."""

    ENTERING = "entering"
    """It has asked to enter, and may have been let in."""
    DRAINING = "draining"
    WORKING = "working"
    REBOOTING = "rebooting"
    CHECKING = "checking"
    LEAVING = "leaving"
    """All is over but for the planner to know it."""


class Wish(Value):
    """A window that the agent wishes for, for some tasks. The same request is asked until it is decided."""

    request: RequestWindowV1
    tasks: tuple[Task, ...]
    asked: bool = False
    """Whether it may have been decided: said on disk before it is said on the bus."""
    grant: Grant | None = None
    refusal: Refusal | None = None
    """The last one, while it is waited for the next try."""
    refusals: int = 0
    """In a row."""
    retry_at: UtcDatetime | None = None


class Stay(Value):
    """The machine in a window, from the moment before it asks to enter until the planner knows that it has left."""

    stage: Stage
    window: Grant
    enter_id: Identifier
    lease: Lease | None = None
    lost: str | None = None
    """Why the lease does not count any more, whatever its time."""
    runs: tuple[TaskRun, ...] = ()
    retry_at: UtcDatetime | None = None
    """Not before is the present stage tried again."""
    down_since: UtcDatetime | None = None
    """When the drain began; None: the machine was never down."""
    boot_id: str | None = None
    """Of the running system when the last task, or the reboot, began."""
    rebooting_at: UtcDatetime | None = None
    rebooted: bool = False
    trouble: str | None = None
    """The first thing that went wrong: the machine leaves with `failed`."""
    postponed: str | None = None
    """Why nothing was done, where that is no failure."""
    leaving: LeaveWindowV1 | None = None

    def alive(self, now: datetime) -> bool:
        """Tell whether the machine may be down now, as far as it knows."""
        return self.lease is not None and self.lost is None and now < self.ends_at

    @property
    def ends_at(self) -> datetime:
        """When all work is over: what the lease says now, and never after the window."""
        assert self.lease is not None
        return min(self.lease.expires_at, self.lease.must_end_by, self.window.must_end_by)


class Denied(Value):
    """A window that could not be entered at one of its revisions."""

    revision: PositiveCount
    retry_at: UtcDatetime | None = None
    """None: not at this revision."""


class LastStay(Value):
    """What became of the last window, for people who ask."""

    window_id: Identifier
    result: LeaveResult
    left_at: UtcDatetime
    text: str | None = None


class State(Value):
    """Everything that must outlive a reboot."""

    format_version: Literal[1] = 1
    location: Token
    machine: Token
    wishes: tuple[Wish, ...] = ()
    stay: Stay | None = None
    denied: dict[str, Denied] = {}
    rests: dict[str, UtcDatetime] = {}
    """By task: until when no new window is requested for it."""
    postponements: int = 0
    """Windows in a row that were left without anything done."""
    last: LastStay | None = None


class Seen(Value):
    """What the agent saw when it looked: true for this moment, and not kept."""

    windows: Mapping[str, OwnWindow]
    found: tuple[Task, ...]
