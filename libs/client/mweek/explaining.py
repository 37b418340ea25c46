"""Finds out why a machine got a window, or what it would get: reads what was told, and asks the planner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from mweek_contracts.explanation import ExplainWindowReplyV1
from mweek_contracts.records import MachineV1
from mweek_contracts.replies import Refusal
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import ExplainWindowV1
from nats.aio.client import Client as Connection

from mweek import inventory, requesting
from mweek.errors import UnknownMachineError, UnknownRequestError
from mweek.window_explanation import ToldRequest, WindowExplanation, find_request


class WishOptions(TypedDict, total=False):
    """A wish that was not requested. What is not said of it is as `request-window` has it."""

    estimated_minutes: int | None
    """Absent: the downtime of an update, as the machine's record has it."""
    not_before: datetime | str | None
    """Aware, or a text such as `2026-12-01T22:00Z`."""
    deadline: datetime | str | None
    urgent: bool


class Explaining:
    """Explains windows over one connection."""

    def __init__(self, connection: Connection, *, new_id: Callable[[], str], timeout: float) -> None:
        """Ask nothing yet; `timeout` is for one reply, in seconds."""
        self._connection = connection
        self._new_id = new_id
        self._timeout = timeout

    async def explain_request(
        self, name: str, *, location: str | None, request_id: str | None
    ) -> WindowExplanation | Refusal:
        """Explain a request of a machine, the latest unless it is named; where there is none, an update of it.

        Raises:
            UnknownRequestError: nothing is known of the named one.
        """
        machine = await self._machine(name, location)
        told = find_request(await inventory.read_window_events(self._connection, machine.location, name), request_id)
        reply = await self._of_standing(machine, told.work.request_id if told else request_id)
        if reply is None or _is_unknown(reply):
            if told is None and request_id is not None:
                raise UnknownRequestError(name, request_id)
            reply = await self._of_wish(machine, {} if told is None else _wish_of(told))
        is_update = told is None and reply.explanation is not None and reply.explanation.has is None
        return await self._explanation(machine, reply, told=told, is_update=is_update)

    async def explain_wish(self, name: str, *, location: str | None, wish: WishOptions) -> WindowExplanation | Refusal:
        """Explain what a machine would get if it requested this."""
        machine = await self._machine(name, location)
        reply = await self._of_wish(machine, wish)
        return await self._explanation(machine, reply, is_update=wish.get("estimated_minutes") is None)

    async def _of_standing(self, machine: MachineV1, request_id: str | None) -> ExplainWindowReplyV1 | None:
        return None if request_id is None else await self._ask(machine, earlier_request=request_id)

    async def _of_wish(self, machine: MachineV1, wish: WishOptions) -> ExplainWindowReplyV1:
        minutes = wish.get("estimated_minutes")
        chosen = max(machine.downtime_minutes, 1) if minutes is None else minutes
        return await self._ask(machine, **{**wish, "estimated_minutes": chosen})

    async def _ask(self, machine: MachineV1, **fields: object) -> ExplainWindowReplyV1:
        place = (machine.location, machine.name)
        request = requesting.made(ExplainWindowV1, self._new_id(), place, **fields)
        return await requesting.explain_window(self._connection, request, timeout=self._timeout)

    async def _machine(self, name: str, location: str | None) -> MachineV1:
        found = [
            one for one in await inventory.find_machines(self._connection, name) if location in (None, one.location)
        ]
        if len(found) != 1:
            raise UnknownMachineError(name, tuple(one.location for one in found))
        return found[0]

    async def _explanation(
        self,
        machine: MachineV1,
        reply: ExplainWindowReplyV1,
        *,
        told: ToldRequest | None = None,
        is_update: bool = False,
    ) -> WindowExplanation | Refusal:
        if reply.explanation is None:
            assert reply.refusal is not None, "a reply has exactly one outcome"
            return reply.refusal
        return WindowExplanation(
            machine=machine,
            customer=await inventory.find_customer(self._connection, machine.customer),
            told=told,
            is_update=is_update,
            seen=reply.explanation,
            seen_at=reply.answered_at,
        )


def _is_unknown(reply: ExplainWindowReplyV1) -> bool:
    return reply.refusal is not None and reply.refusal.code is RequestRefusalCode.UNKNOWN_REQUEST


def _wish_of(told: ToldRequest) -> WishOptions:
    work = told.work
    return {
        "estimated_minutes": max(work.estimated_minutes, 1),
        "not_before": work.not_before,
        "deadline": work.deadline,
        "urgent": work.urgent,
    }
