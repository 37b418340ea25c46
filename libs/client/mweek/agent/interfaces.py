"""What the agent works on: a machine, a planner, a disk and a clock. Tests put their own in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from mweek_contracts.replies import (
    DepartureReplyV1,
    LeaseReplyV1,
    MyWindowsReplyV1,
    WindowReplyV1,
    WithdrawalReplyV1,
)
from mweek_contracts.requests import (
    EnterWindowV1,
    LeaveWindowV1,
    RenewWindowV1,
    RequestWindowV1,
    WithdrawWindowV1,
)

from mweek.agent.state import State, Stay
from mweek.agent.tasks import Task

Limit = Callable[[], datetime]
"""When work must be over at the latest; it moves while the work goes on, as the lease is renewed or lost."""
Say = Callable[[str, Mapping[str, object]], None]
"""Tells what happens: an event name, and fields."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit code, and what it said last."""

    code: int
    text: str


class Host(Protocol):
    """The machine."""

    def boot_id(self) -> str:
        """Return what is another one after each boot."""

    async def find(self, known: Mapping[str, Task]) -> tuple[Task, ...]:
        """Ask everything that may need a window whether it does; what cannot be asked now is what was `known`."""

    async def drain(self, stay: Stay, limit: Limit) -> Ended:
        """Take the machine out of service."""

    async def run(self, task: Task, stay: Stay, limit: Limit) -> Ended:
        """Do what is to be done; what is not done by the limit is ended."""

    async def check(self, stay: Stay) -> str | None:
        """Bring the machine back into service; return what is wrong with it, None: it is well."""

    async def reboot(self) -> Ended:
        """Reboot; a success returns before the machine goes down, or never."""

    def facts(self) -> Mapping[str, str]:
        """Return what is worth knowing of the machine after the work."""


class Planner(Protocol):
    """What grants windows. Each raises UnansweredError when no reply came, however often it was asked."""

    async def my_windows(self) -> MyWindowsReplyV1:
        """Ask which windows the machine has."""

    async def request(self, request: RequestWindowV1) -> WindowReplyV1:
        """Ask for a window."""

    async def withdraw(self, request: WithdrawWindowV1) -> WithdrawalReplyV1:
        """Say that it is not needed."""

    async def enter(self, request: EnterWindowV1) -> LeaseReplyV1:
        """Ask to begin."""

    async def renew(self, request: RenewWindowV1) -> LeaseReplyV1:
        """Ask for more time. Asks once only: whoever keeps a lease asks again by itself."""

    async def leave(self, request: LeaveWindowV1) -> DepartureReplyV1:
        """Say that it is over."""


class Disk(Protocol):
    """Where the state outlives a reboot."""

    def load(self) -> State | None:
        """Return what was saved last; None: nothing was."""

    def save(self, state: State) -> None:
        """Return once the state will be there after a power cut."""


class AgentClock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """Return the present, aware and UTC."""

    async def sleep(self, span: timedelta) -> None:
        """Return when so much of this clock's time has passed."""
