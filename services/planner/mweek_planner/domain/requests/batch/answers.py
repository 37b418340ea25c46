"""What each request of a batch is told, and what that is worth: minutes of waiting, and far more for a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from mweek_planner.domain.machine import STEP_MINUTES
from mweek_planner.domain.requests.answer import answer
from mweek_planner.domain.requests.booking import Booking, BookingKind, Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.refusal import Refusal
from mweek_planner.domain.requests.request import WindowRequest
from mweek_planner.domain.requests.steps import step_at

REFUSAL_WEIGHT: Final = 10
"""A refusal weighs as much as waiting for so many horizons: no request is given up for anything but hundreds of days of
others' waiting."""

Told = Grant | Refusal


@dataclass(frozen=True, slots=True)
class Answers:
    """What requests are told, in the order in which they were asked.

    `waiting_minutes` is what those that have a window wait together, `cost_minutes` has `REFUSAL_WEIGHT` horizons more
    for each that has none.
    """

    told: tuple[Told, ...]
    waiting_minutes: int
    cost_minutes: int

    @property
    def refused(self) -> int:
        """How many get no window."""
        return sum(isinstance(told, Refusal) for told in self.told)


def answers(cases: Sequence[Case], told: Sequence[Told]) -> Answers:
    """Return what cases are told with its cost."""
    pairs = list(zip(cases, told, strict=True))
    waiting = sum(waiting_minutes(case, granted) for case, granted in pairs if isinstance(granted, Grant))
    refused = sum(refusal_minutes(case) for case, refusal in pairs if isinstance(refusal, Refusal))
    return Answers(tuple(told), waiting, waiting + refused)


def waiting_minutes(case: Case, granted: Grant) -> int:
    """Return how long a request waits.

    From the earliest time on the grid that notice and not-before allow, to the opening of its window; 0 where it shares
    one that opens sooner.
    """
    return max(0, step_at(granted.not_before) - case.earliest) * STEP_MINUTES


def refusal_minutes(case: Case) -> int:
    """Return what refusing a request weighs."""
    return REFUSAL_WEIGHT * (case.policy.horizon // timedelta(minutes=1))


def answered_in_order(cases: Sequence[Case], announced: Sequence[Booking] = ()) -> Answers:
    """Return what requests are told that are answered one after the other, as each comes."""
    return answers(cases, tell(cases, occupancy_of(cases, announced)))


def tell(cases: Sequence[Case], occupancy: Occupancy) -> list[Told]:
    """Return what requests are told one after the other; the occupancy has their windows afterwards."""
    told = []
    for case in cases:
        outcome = answer(case, occupancy, window_id=case.request.request_id)
        if isinstance(outcome, Grant):
            occupancy.replace(outcome.previous, outcome.booking)
        told.append(outcome)
    return told


def occupancy_of(cases: Sequence[Case], announced: Sequence[Booking]) -> Occupancy:
    """Return the windows that were announced, from the instant on at which a batch is asked."""
    closed = (_closed(booking, f"announced {number}") for number, booking in enumerate(announced))
    return Occupancy(min(case.now for case in cases), closed)


def _closed(booking: Booking, window_id: str) -> Booking:
    """Return a window that no request fits into and that never grows: adding to it would be telling of it again."""
    more_than_all = booking.window.length // timedelta(minutes=1) + 1
    filling = WindowRequest(machine=booking.machine, request_id=window_id, estimated_minutes=more_than_all)
    return replace(booking, window_id=window_id, kind=BookingKind.WEEK, requests=(filling,))
