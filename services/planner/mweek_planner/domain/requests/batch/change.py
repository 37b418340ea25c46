"""What answering a batch together changes for each request, beside answering them as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mweek_planner.domain.requests.batch.answers import Told, waiting_minutes
from mweek_planner.domain.requests.batch.optimising import Optimised
from mweek_planner.domain.requests.booking import Grant
from mweek_planner.domain.requests.case import Case


@dataclass(frozen=True, slots=True)
class Change:
    """A request whose window would open at another time; None: it has no window.

    `gain_minutes` is how much less it waits, below 0 where it waits longer; None where it has no window in one way.
    """

    request_id: str
    machine: str
    in_order: datetime | None
    together: datetime | None
    gain_minutes: int | None


def changes(cases: Sequence[Case], found: Optimised) -> tuple[Change, ...]:
    """Return the requests that get another window, or only one way get one, in the order in which they were asked."""
    told = zip(cases, found.in_order.told, found.together.told, strict=True)
    every = (_change(case, before, after) for case, before, after in told)
    return tuple(one for one in every if one.in_order != one.together)


def _change(case: Case, before: Told, after: Told) -> Change:
    gain = None
    if isinstance(before, Grant) and isinstance(after, Grant):
        gain = waiting_minutes(case, before) - waiting_minutes(case, after)
    return Change(case.request.request_id, case.request.machine, _opening(before), _opening(after), gain)


def _opening(told: Told) -> datetime | None:
    return told.not_before if isinstance(told, Grant) else None
