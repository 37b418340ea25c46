"""Why a week is not planned at all: each refusal says what is wrong, and the remedy where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mweek_contracts.reasons import RefusalCode

from mweek_planner.domain.outcome import Refused

MOST_WEEKS_AHEAD: Final = 52
"""A week further off is a slip of the finger, not a plan: the fleet will be another one by then."""

_NAMED_IN_TEXT: Final = 5
"""So many machines are named in a sentence; `Refused.machines` has all of them."""


def week_over(location: str, week: str) -> Refused:
    """All phases of the week have opened."""
    return Refused(RefusalCode.WEEK_OVER, f"all phases of {week} in {location} have opened: nothing is left to plan")


def week_too_far(location: str, week: str) -> Refused:
    """The week is more than a year ahead."""
    text = f"{week} is more than {MOST_WEEKS_AHEAD} weeks ahead: plan {location} when the week is nearer"
    return Refused(RefusalCode.WEEK_TOO_FAR, text)


def not_covered(pattern: str, machines: Sequence[str]) -> Refused:
    """The pattern has no place for some machines and declares no remainder."""
    text = (
        f"the pattern {pattern} does not cover {_count(machines, 'machine')} ({_some(machines)}): "
        "name a remainder phase, or add an entry that takes them"
    )
    return Refused(RefusalCode.NOT_COVERED, text, machines=tuple(machines))


def notice_too_short(week: str, machines: Sequence[str], earliest_week: str | None) -> Refused:
    """Some windows would open before their customers' notice hours are over."""
    remedy = f"the earliest week with enough notice is {earliest_week}" if earliest_week else "no week is early enough"
    text = (
        f"{week} begins too soon: {_count(machines, 'window')} would open before the notice hours of the machine's "
        f"customer are over ({_some(machines)}); {remedy}"
    )
    return Refused(RefusalCode.NOTICE_TOO_SHORT, text, earliest_week=earliest_week, machines=tuple(machines))


def _count(machines: Sequence[str], noun: str) -> str:
    return f"{len(machines)} {noun}" + ("" if len(machines) == 1 else "s")


def _some(machines: Sequence[str]) -> str:
    named = ", ".join(machines[:_NAMED_IN_TEXT])
    left = len(machines) - _NAMED_IN_TEXT
    return named + (f" and {left} more" if left > 0 else "")
