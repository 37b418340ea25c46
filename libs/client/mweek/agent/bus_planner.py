"""The planner behind the bus. The connection is made when it is first needed: a machine that comes back from its reboot
looks after itself first, whether there is a bus or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

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
    MyWindowsV1,
    RenewWindowV1,
    RequestWindowV1,
    WithdrawWindowV1,
)
from mweek_messaging import UnansweredError, ask
from nats.aio.client import Client as Connection

from mweek.agent.habits import Habits
from mweek.errors import NotReachableError

_TRIES: Final = 3
"""The agent itself asks again later, as long as it takes."""


class BusPlanner:
    """Asks over NATS."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], habits: Habits, *, timeout: float) -> None:
        """Connect to nothing yet."""
        self._connect = connect
        self._habits = habits
        self._timeout = timeout
        self._made: Connection | None = None

    async def close(self) -> None:
        """Disconnect."""
        if self._made is not None:
            await self._made.close()

    async def my_windows(self) -> MyWindowsReplyV1:
        """Ask which windows the machine has."""
        habits = self._habits
        request = MyWindowsV1(request_id=habits.new_id(), location=habits.location, machine=habits.machine)
        return await ask(await self._connection(), request, timeout=self._timeout, tries=_TRIES)

    async def request(self, request: RequestWindowV1) -> WindowReplyV1:
        """Ask for a window."""
        return await ask(await self._connection(), request, timeout=self._timeout, tries=_TRIES)

    async def withdraw(self, request: WithdrawWindowV1) -> WithdrawalReplyV1:
        """Say that it is not needed."""
        return await ask(await self._connection(), request, timeout=self._timeout, tries=_TRIES)

    async def enter(self, request: EnterWindowV1) -> LeaseReplyV1:
        """Ask to begin."""
        return await ask(await self._connection(), request, timeout=self._timeout, tries=_TRIES)

    async def renew(self, request: RenewWindowV1) -> LeaseReplyV1:
        """Ask for more time, once."""
        return await ask(await self._connection(), request, timeout=self._timeout, tries=1)

    async def leave(self, request: LeaveWindowV1) -> DepartureReplyV1:
        """Say that it is over."""
        return await ask(await self._connection(), request, timeout=self._timeout, tries=_TRIES)

    async def _connection(self) -> Connection:
        if self._made is None or self._made.is_closed:
            try:
                self._made = await self._connect()
            except NotReachableError as error:
                raise UnansweredError(str(error)) from None
        return self._made
