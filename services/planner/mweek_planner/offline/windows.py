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


class Askers:
    """Knows the machines of a fleet and their customers: who may ask, for whom, under which policy."""

    def __init__(self, fleet: Fleet, policy: Policy, now: datetime) -> None:
        """Know a fleet at an instant."""
        self._machines = {machine.name: machine for machine in fleet.machines}
        self._customers = {customer.name: customer for customer in fleet.customers}
        self.policy, self.now = policy, now

    def machine(self, name: str) -> Machine | None:
        """Return a machine of the fleet."""
        return self._machines.get(name)

    def case_of(self, wish: Wish) -> Case | Refusal:
        """Return what a request is answered from, or why it is not looked at."""
        machine = self._machines.get(wish.machine)
        if machine is None:
            return Refusal(WindowRefusalCode.UNKNOWN_MACHINE, f"no machine of the fleet is named {wish.machine}")
        if not machine.in_service:
            return Refusal(WindowRefusalCode.NOT_IN_SERVICE, f"{machine.name} is not in service: it gets no window")
        owner = machine.customer
        return Case(
            request=wish.request(),
            customer=None if owner is None else self._customers.get(owner) or undescribed(owner),
            redundancy_group=machine.redundancy_group,
            policy=self.policy,
            now=self.now,
        )


class ToldWishes:
    """What each request id was told first, so that asking again is told the same, and using it for else is refused."""

    def __init__(self) -> None:
        """Begin with none."""
        self._told: dict[str, tuple[Wish, Grant | Refusal]] = {}

    def knows(self, wish: Wish) -> bool:
        """Return whether its id was used before, for this request or another."""
        return wish.request_id in self._told

    def keep(self, wish: Wish, outcome: Grant | Refusal) -> None:
        """Remember what a request was told."""
        self._told[wish.request_id] = wish, outcome

    def answer(self, wish: Wish | Wrong) -> Answered:
        """Return what a line is told; a request has to be known."""
        if isinstance(wish, Wrong):
            return Answered(wish.request_id, wish.machine, Refusal(WindowRefusalCode.INVALID_REQUEST, wish.text))
        first, outcome = self._told[wish.request_id]
        if first == wish:
            return Answered(wish.request_id, wish.machine, outcome)
        text = f"the request id {wish.request_id} was used for another request, of {first.machine}: choose a new one"
        return Answered(wish.request_id, wish.machine, Refusal(WindowRefusalCode.DUPLICATE_REQUEST, text))


class WindowDesk:
    """Answers one request after the other; keeps what was granted, and what each request id was told."""

    def __init__(self, askers: Askers) -> None:
        """Know who may ask; nothing is booked yet."""
        self._askers = askers
        self._occupancy = Occupancy(askers.now)
        self._told = ToldWishes()

    def answer(self, wish: Wish | Wrong) -> Answered:
        """Return the answer to a request; one that was made before gets the same answer again."""
        if isinstance(wish, Wish) and not self._told.knows(wish):
            self._told.keep(wish, self._decide(wish))
        return self._told.answer(wish)

    def _decide(self, wish: Wish) -> Grant | Refusal:
        case = self._askers.case_of(wish)
        if isinstance(case, Refusal):
            return case
        outcome = answer(case, self._occupancy, window_id=wish.request_id)
        if isinstance(outcome, Grant):
            self._occupancy.replace(outcome.previous, outcome.booking)
        return outcome


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
    desk = WindowDesk(Askers(fleet_of(fleet, location), policy, now))
    return map(desk.answer, read_wishes(requests))
