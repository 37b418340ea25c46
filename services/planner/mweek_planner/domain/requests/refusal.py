"""Why a request gets no window: a code, a sentence for people, and the earliest window without the deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from mweek_timewindows import Window

from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.rule import Rule


class WindowRefusalCode(StrEnum):
    """What kept a request from getting a window; the first four are about the request, the others about the times."""

    INVALID_REQUEST = "invalid_request"
    """A field is wrong; never stored."""
    UNKNOWN_MACHINE = "unknown_machine"
    NOT_IN_SERVICE = "not_in_service"
    DUPLICATE_REQUEST = "duplicate_request"
    """The request id was used for another request."""
    DEADLINE_TOO_SOON = "deadline_too_soon"
    """Over, or too near for notice, not-before and length, whatever the calendars say."""
    BEYOND_HORIZON = "beyond_horizon"
    """Notice or not-before lead out of the time that is planned at all."""
    NO_ACCEPTABLE_TIME = "no_acceptable_time"
    """The customer accepts nothing between earliest opening and deadline."""
    LONGER_THAN_ANY_ACCEPTABLE_WINDOW = "longer_than_any_acceptable_window"
    """The customer never accepts so long a time in a row."""
    BLACKOUT = "blackout"
    OWN_WINDOW = "own_window"
    """The machine has other windows then, which the request does not fit into."""
    REDUNDANCY = "redundancy"
    CUSTOMER_LIMIT = "customer_limit"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Refusal:
    """No window. `alternative` is the earliest one that the request would get without its deadline, None without."""

    code: WindowRefusalCode
    text: str
    alternative: Window | None = None


def refusal(code: WindowRefusalCode, case: Case, alternative: Window | None) -> Refusal:
    """Return the refusal of a case with its sentence."""
    remedy = ""
    if alternative is not None:
        remedy = f"; the earliest window without the deadline is {alternative}"
    return Refusal(code, _SENTENCES[code](case) + remedy, alternative)


CODE_OF_RULE: Final[Mapping[Rule, WindowRefusalCode]] = {
    Rule.BLACKOUT: WindowRefusalCode.BLACKOUT,
    Rule.OWN_WINDOW: WindowRefusalCode.OWN_WINDOW,
    Rule.REDUNDANCY: WindowRefusalCode.REDUNDANCY,
    Rule.CUSTOMER_LIMIT: WindowRefusalCode.CUSTOMER_LIMIT,
    Rule.CAPACITY: WindowRefusalCode.CAPACITY,
}


def _deadline_too_soon(case: Case) -> str:
    deadline = case.request.deadline
    assert deadline is not None, "only a deadline can be too soon"
    if deadline <= case.now:
        return f"the deadline {readable(deadline)} has passed"
    return f"the deadline {readable(deadline)} leaves no {_length(case)} after {_earliest(case)}"


def _beyond_horizon(case: Case) -> str:
    days = case.policy.horizon_days
    return f"{_earliest(case)} leaves no {_length(case)} within the {days} days that are planned ahead"


def _customer(case: Case) -> str:
    return "its owner" if case.customer is None else case.customer.name


def _between(case: Case) -> str:
    return f"between {readable(case.earliest_at)} and {readable(case.latest_at)}"


def _earliest(case: Case) -> str:
    """Name the earliest opening and what it comes from."""
    if case.earliest_at > case.told_from:
        return f"not-before {readable(case.earliest_at)}"
    if case.told_from > case.now and case.customer is not None:
        return f"the notice of {case.customer.notice_hours} h ({readable(case.told_from)})"
    return f"now ({readable(case.now)})"


def _length(case: Case) -> str:
    return f"{case.policy.length(case.request.estimated_minutes) // timedelta(minutes=1)} minutes"


def readable(instant: datetime) -> str:
    """Return an instant as sentences have it: `2026-11-24T06:00Z`."""
    return f"{instant:%Y-%m-%dT%H:%M}Z"


_SENTENCES: Final[Mapping[WindowRefusalCode, Callable[[Case], str]]] = {
    WindowRefusalCode.DEADLINE_TOO_SOON: _deadline_too_soon,
    WindowRefusalCode.BEYOND_HORIZON: _beyond_horizon,
    WindowRefusalCode.NO_ACCEPTABLE_TIME: lambda case: (
        f"{_customer(case)} accepts no {_length(case)} in a row {_between(case)}"
    ),
    WindowRefusalCode.LONGER_THAN_ANY_ACCEPTABLE_WINDOW: lambda case: (
        f"{_length(case)} are longer than any time that {_customer(case)} accepts in the next "
        f"{case.policy.horizon_days} days"
    ),
    WindowRefusalCode.BLACKOUT: lambda case: (
        f"blackouts of {_customer(case)} leave no {_length(case)} {_between(case)}"
    ),
    WindowRefusalCode.OWN_WINDOW: lambda case: (
        f"other windows of {case.request.machine} leave no {_length(case)} {_between(case)}"
    ),
    WindowRefusalCode.REDUNDANCY: lambda case: (
        f"windows of peers in redundancy group {case.redundancy_group} leave no {_length(case)} {_between(case)}"
    ),
    WindowRefusalCode.CUSTOMER_LIMIT: lambda case: (
        f"{_customer(case)} allows {case.customer and case.customer.max_parallel} of its machines at once, "
        f"which leaves no {_length(case)} {_between(case)}"
    ),
    WindowRefusalCode.CAPACITY: lambda case: (
        f"the location takes {case.policy.capacity} machines at once, which leaves no {_length(case)} {_between(case)}"
    ),
}
