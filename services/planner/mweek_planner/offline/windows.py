"""Answers requests for windows from files, in their order, against a calendar that is empty at first and fills."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.domain.requests import (
    Case,
    Grant,
    Occupancy,
    Policy,
    Refusal,
    WindowRefusalCode,
    answer,
    undescribed,
)
from mweek_planner.offline.documents import fleet_of
from mweek_planner.offline.wishes import Wish, Wrong, read_wishes


class Answered(NamedTuple):
    """What a line of the file is told; a line that is no request may lack a name."""

    request_id: str | None
    machine: str | None
    outcome: Grant | Refusal


class WindowDesk:
    """Answers one request after the other; keeps what was granted, and what each request id was told."""

    def __init__(self, fleet: Fleet, policy: Policy, now: datetime) -> None:
        """Know the machines and their customers; nothing is booked yet."""
        self._machines = {machine.name: machine for machine in fleet.machines}
        self._customers = {customer.name: customer for customer in fleet.customers}
        self._policy, self._now = policy, now
        self._occupancy = Occupancy(now)
        self._told: dict[str, tuple[Wish, Answered]] = {}

    def answer(self, wish: Wish | Wrong) -> Answered:
        """Return the answer to a request; one that was made before gets the same answer again."""
        if isinstance(wish, Wrong):
            return Answered(wish.request_id, wish.machine, Refusal(WindowRefusalCode.INVALID_REQUEST, wish.text))
        if wish.request_id not in self._told:
            answered = Answered(wish.request_id, wish.machine, self._decide(wish))
            self._told[wish.request_id] = wish, answered
            return answered
        before, answered = self._told[wish.request_id]
        if before == wish:
            return answered
        text = f"the request id {wish.request_id} was used for another request, of {before.machine}: choose a new one"
        return Answered(wish.request_id, wish.machine, Refusal(WindowRefusalCode.DUPLICATE_REQUEST, text))

    def _decide(self, wish: Wish) -> Grant | Refusal:
        machine = self._machines.get(wish.machine)
        if machine is None:
            return Refusal(WindowRefusalCode.UNKNOWN_MACHINE, f"no machine of the fleet is named {wish.machine}")
        if not machine.in_service:
            return Refusal(WindowRefusalCode.NOT_IN_SERVICE, f"{machine.name} is not in service: it gets no window")
        outcome = answer(self._case(wish, machine), self._occupancy, window_id=wish.request_id)
        if isinstance(outcome, Grant):
            self._occupancy.replace(outcome.previous, outcome.booking)
        return outcome

    def _case(self, wish: Wish, machine: Machine) -> Case:
        owner = machine.customer
        return Case(
            request=wish.request(),
            customer=None if owner is None else self._customers.get(owner) or undescribed(owner),
            redundancy_group=machine.redundancy_group,
            policy=self._policy,
            now=self._now,
        )


def answer_offline(
    fleet: str, requests: str, *, location: str | None, policy: Policy, now: datetime
) -> Iterator[Answered]:
    """Yield the answer to each request of a file.

    Args:
        fleet: the path of a fleet file, as `plan` takes it.
        requests: the path of the requests, one JSON object a line.
        location: for fleet files that name none; may be left out here.

    Raises:
        UnusableFileError: a file cannot be used; it has everything that is wrong with the file.
    """
    desk = WindowDesk(fleet_of(fleet, location), policy, now)
    return map(desk.answer, read_wishes(requests))
