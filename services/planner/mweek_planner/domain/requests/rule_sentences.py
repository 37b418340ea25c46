"""What a rule says in a case, for people who see which hours it closes: hours, names, numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from mweek_timewindows import WEEKDAYS

from mweek_planner.domain.customer import Customer
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.refusal import readable
from mweek_planner.domain.requests.rule import Rule

_MOST_NAMED: Final = 5
"""Of blackouts and weekly windows; who wants all of them reads the customer's record."""


def sentence_of(rule: Rule, case: Case) -> str:
    """Return what a rule says that closes anything to a case."""
    return _SENTENCES[rule](case)


def _notice(case: Case) -> str:
    return f"{_customer(case).name} is told {_customer(case).notice_hours} hours before a window opens"


def _not_before(case: Case) -> str:
    assert case.request.not_before is not None, "only a not-before can close what comes sooner"
    return f"the wish is for nothing before {readable(case.request.not_before)}"


def _deadline(case: Case) -> str:
    assert case.request.deadline is not None, "only a deadline can close what comes later"
    return f"the wish is to be over by {readable(case.request.deadline)}"


def _acceptable_times(case: Case) -> str:
    customer = _customer(case)
    assert customer.calendar is not None, "only a calendar closes times"
    windows = [f"{_days(window.days)} {window.start}–{window.end}" for window in customer.calendar.windows]
    if not windows:
        return f"{customer.name} accepts no time at all"
    more = f" and {len(windows) - _MOST_NAMED} more" if len(windows) > _MOST_NAMED else ""
    return f"{customer.name} accepts {', '.join(windows[:_MOST_NAMED])}{more} only ({customer.calendar.zone})"


def _days(days: Sequence[str]) -> str:
    return "every day" if len(days) == len(WEEKDAYS) else " ".join(days)


def _blackout(case: Case) -> str:
    customer = _customer(case)
    ahead = [one for one in customer.blackouts if one.overlaps(case.now, case.horizon_at)]
    reasons = list(dict.fromkeys(one.reason for one in sorted(ahead, key=lambda one: one.starts_at)))
    more = f" and {len(reasons) - _MOST_NAMED} more" if len(reasons) > _MOST_NAMED else ""
    return f"{customer.name} has a blackout: {'; '.join(reasons[:_MOST_NAMED])}{more}"


def _length(case: Case) -> str:
    minutes = case.policy.length(case.request.estimated_minutes) // timedelta(minutes=1)
    return f"free, but less than the {minutes} minutes that the window takes"


def _customer(case: Case) -> Customer:
    assert case.customer is not None, "only a customer has wishes"
    return case.customer


_SENTENCES: Final[Mapping[Rule, Callable[[Case], str]]] = {
    Rule.NOTICE: _notice,
    Rule.NOT_BEFORE: _not_before,
    Rule.DEADLINE: _deadline,
    Rule.ACCEPTABLE_TIMES: _acceptable_times,
    Rule.BLACKOUT: _blackout,
    Rule.OWN_WINDOW: lambda case: f"{case.request.machine} has another window",
    Rule.REDUNDANCY: lambda case: f"a peer in the redundancy group {case.redundancy_group} has a window",
    Rule.CUSTOMER_LIMIT: lambda case: (
        f"{_customer(case).name} allows {_customer(case).max_parallel} of its machines at once, "
        "and so many have windows"
    ),
    Rule.CAPACITY: lambda case: f"the location takes {case.policy.capacity} machines at once, and so many have windows",
    Rule.LENGTH: _length,
}
