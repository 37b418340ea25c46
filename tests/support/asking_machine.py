"""A machine that asks the planner for windows, seen from the machine's side."""

from __future__ import annotations

from typing import Any, overload

from mweek_contracts.explanation import ExplainWindowReplyV1, Explanation
from mweek_contracts.replies import (
    Denial,
    DepartureReplyV1,
    Grant,
    Lease,
    LeaseReplyV1,
    MyWindowsReplyV1,
    OwnWindow,
    Refusal,
    Reply,
    WindowReplyV1,
    WithdrawalReplyV1,
)
from mweek_contracts.request_codes import DenialCode, LeaveResult
from mweek_contracts.requests import (
    EnterWindowV1,
    ExplainWindowV1,
    LeaveWindowV1,
    MyWindowsV1,
    RenewWindowV1,
    Request,
    RequestWindowV1,
    WithdrawWindowV1,
)
from mweek_messaging import ask

from tests.support.eventually import eventually
from tests.support.planner_bus import PlannerBus


class AskingMachine:
    """One machine of a location."""

    def __init__(self, bus: PlannerBus, name: str, *, patience: float = 5.0) -> None:
        """Ask for a machine; patience is how many seconds it waits for a reply before it asks again."""
        self.bus = bus
        self.name = name
        self.patience = patience

    def wish(self, **fields: Any) -> RequestWindowV1:
        """Return a request for ten minutes, unless told otherwise."""
        return RequestWindowV1(**self._about() | {"reason": "kernel", "estimated_minutes": 10} | fields)

    async def request(self, **fields: Any) -> WindowReplyV1:
        """Ask for a window."""
        return await self._ask(self.wish(**fields))

    async def granted(self, **fields: Any) -> Grant:
        """Ask for a window that must be granted."""
        reply = await self.request(**fields)
        assert reply.grant, reply
        return reply.grant

    async def refused(self, **fields: Any) -> Refusal:
        """Ask for a window that must be refused."""
        reply = await self.request(**fields)
        assert reply.refusal, reply
        return reply.refusal

    async def withdraw(self, window_id: str, *withdrawn: str) -> WithdrawalReplyV1:
        """Give a window back, or some of its requests."""
        return await self._ask(WithdrawWindowV1(**self._about(), window_id=window_id, withdrawn=withdrawn))

    async def my_windows(self) -> MyWindowsReplyV1:
        """Ask which windows there are, and return whatever is answered."""
        return await self._ask(MyWindowsV1(**self._about()))

    async def windows(self) -> tuple[OwnWindow, ...]:
        """Ask which windows there are."""
        reply = await self.my_windows()
        assert reply.windows is not None, reply
        return reply.windows

    async def explain(self, **fields: Any) -> ExplainWindowReplyV1:
        """Ask what a wish would get, and return whatever is answered."""
        return await self._ask(ExplainWindowV1(**self._about() | fields))

    async def explained(self, **fields: Any) -> Explanation:
        """Ask what a wish for ten minutes would get, unless told otherwise."""
        wish = {} if "earlier_request" in fields else {"estimated_minutes": 10}
        reply = await self.explain(**wish | fields)
        assert reply.explanation, reply
        return reply.explanation

    async def enter(self, window_id: str, revision: int | None = None) -> LeaseReplyV1:
        """Ask to begin."""
        return await self._ask(EnterWindowV1(**self._about(), window_id=window_id, revision=revision))

    async def entered(self, window_id: str) -> Lease:
        """Ask to begin until it may, as a machine does: again when it is told to."""

        async def leased() -> Lease | None:
            reply = await self.enter(window_id)
            assert reply.lease or (reply.denial and reply.denial.retry_at), reply
            return reply.lease

        lease: Lease = await eventually(leased, every=0.2)
        return lease

    async def denied(self, window_id: str, revision: int | None = None) -> Denial:
        """Ask to begin where that must be denied."""
        reply = await self.enter(window_id, revision)
        assert reply.denial, reply
        return reply.denial

    async def kept_out(self, window_id: str) -> Denial:
        """Ask to begin as soon as the window is open, where that must be denied for another reason."""

        async def opened() -> Denial | None:
            denial = await self.denied(window_id)
            return denial if denial.code is not DenialCode.TOO_EARLY else None

        denial: Denial = await eventually(opened, every=0.2)
        return denial

    async def renew(self, lease: Lease) -> LeaseReplyV1:
        """Ask for more time."""
        return await self._ask(RenewWindowV1(**self._about(), window_id=lease.window_id, lease_id=lease.lease_id))

    async def leave(self, lease: Lease, result: LeaveResult = LeaveResult.DONE, **fields: Any) -> DepartureReplyV1:
        """Say that it is over."""
        said = {"result": result, "downtime_minutes": 7, **fields}
        return await self._ask(
            LeaveWindowV1(**self._about(), window_id=lease.window_id, lease_id=lease.lease_id, **said)
        )

    async def raw(self, request: Request) -> bytes:
        """Ask, and return the reply as it came."""
        data: bytes = (await self.bus.connection.request(request.subject, request.body(), timeout=10)).data
        return data

    @overload
    async def _ask(self, request: RequestWindowV1) -> WindowReplyV1: ...
    @overload
    async def _ask(self, request: WithdrawWindowV1) -> WithdrawalReplyV1: ...
    @overload
    async def _ask(self, request: EnterWindowV1 | RenewWindowV1) -> LeaseReplyV1: ...
    @overload
    async def _ask(self, request: LeaveWindowV1) -> DepartureReplyV1: ...
    @overload
    async def _ask(self, request: MyWindowsV1) -> MyWindowsReplyV1: ...
    @overload
    async def _ask(self, request: ExplainWindowV1) -> ExplainWindowReplyV1: ...
    async def _ask(self, request: Any) -> Reply:
        return await ask(self.bus.connection, request, timeout=self.patience)

    def _about(self) -> dict[str, Any]:
        return {"request_id": self.bus.new_id("ask"), "location": self.bus.location, "machine": self.name}


def refusal_of(reply: Reply) -> Refusal:
    """Return the refusal that a reply must be."""
    assert reply.refusal, reply
    return reply.refusal
