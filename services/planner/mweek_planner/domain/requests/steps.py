"""Time as bits: step *n* is the *n*-th five minutes since 1970 UTC, a set of steps an integer with a bit for each.

A window on the grid covers whole steps, so that rules about whole windows become arithmetic on integers of a few
kilobytes. A set starts at a step of its owner's choice: bit 0 is that step.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from mweek_planner.domain.machine import STEP_MINUTES

STEP: Final = timedelta(minutes=STEP_MINUTES)
STEP_MICROSECONDS: Final = STEP // timedelta(microseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_STEP_SECONDS: Final = STEP_MINUTES * 60
_STEPS_A_DAY: Final = 86_400 // _STEP_SECONDS

Steps = int
"""A set of steps; never negative."""


def step_at(instant: datetime) -> int:
    """Return the step that an aware instant lies in: of those that begin no later, the last."""
    since = instant - EPOCH
    return since.days * _STEPS_A_DAY + since.seconds // _STEP_SECONDS  # twice as fast as dividing by STEP


def is_on_grid(instant: datetime) -> bool:
    """Return whether a step begins at an instant in UTC; False of one that is written in another zone."""
    return not (instant.microsecond or instant.second or instant.minute % STEP_MINUTES or instant.tzinfo is not UTC)


def step_from(instant: datetime) -> int:
    """Return the first step that begins no earlier than an aware instant."""
    return -((EPOCH - instant) // STEP)


def begins_at(step: int) -> datetime:
    """Return when a step begins."""
    return EPOCH + step * STEP


def between(first: int, end: int) -> Steps:
    """Return the steps `[first, end)`, none where the end is not behind; what lies before bit 0 is left out."""
    first = max(first, 0)
    return ((1 << (end - first)) - 1) << first if first < end else 0


def less(steps: Steps, taken: Steps) -> Steps:
    """Return the steps that are not taken."""
    return steps ^ (steps & taken)


def starts_of_runs(steps: Steps, length: int) -> Steps:
    """Return the steps that begin a run of so many, by doubling what is known of each: log2(length) passes."""
    known = 1
    while known < length and steps:
        further = min(known, length - known)
        steps &= steps >> further
        known += further
    return steps


def first_of(steps: Steps) -> int:
    """Return the first step of a set that has one."""
    return (steps & -steps).bit_length() - 1


def runs(steps: Steps) -> Iterator[tuple[int, int]]:
    """Yield the longest spans `[first, end)` of steps that follow each other, in order.

    Over the digits as text: to shift the set for each run would cost as much as all of it, thousands of times.
    """
    digits = f"{steps:b}"[::-1] + "0"
    first = digits.find("1")
    while first >= 0:
        end = digits.find("0", first)
        yield first, end
        first = digits.find("1", end)
