"""What the agent can do next. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.requests import EnterWindowV1, LeaveWindowV1, RequestWindowV1, WithdrawWindowV1

from mweek.agent.tasks import Task


@dataclass(frozen=True, slots=True)
class Look:
    """Ask which windows the machine has, and every activity whether there is anything to do."""


@dataclass(frozen=True, slots=True)
class AskWindow:
    """Request a window."""

    request: RequestWindowV1


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Say that a window is not needed."""

    wish: str
    """The `request_id` of the wish."""
    request: WithdrawWindowV1


@dataclass(frozen=True, slots=True)
class Enter:
    """Ask to enter."""

    request: EnterWindowV1


@dataclass(frozen=True, slots=True)
class Drain:
    """Run the hooks that take the machine out of service."""


@dataclass(frozen=True, slots=True)
class Run:
    """Run an activity."""

    task: Task
    number: int
    """Its place among those of this window."""


@dataclass(frozen=True, slots=True)
class Reboot:
    """Reboot the machine."""


@dataclass(frozen=True, slots=True)
class Check:
    """Run the hooks that bring the machine back into service and say whether it is well."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Say that it is over, and how it went."""

    request: LeaveWindowV1


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing until then; look again afterwards."""

    until: datetime
    why: str
    expected: bool = True
    """Whether something is to happen then; else it is only time to look again."""


Step = Look | AskWindow | Withdraw | Enter | Drain | Run | Reboot | Check | Leave | Wait
