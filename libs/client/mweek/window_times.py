"""Which hours a customer's wishes close to a request, as far as the bus can tell. Pure.

Only the planner knows what else it looked at: windows of others, redundancy peers, how many may be down at once, and
the records as they were when it decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from mweek_contracts import rules
from mweek_contracts.events import RequestedWork
from mweek_contracts.records import CustomerV1
from mweek_timewindows import WeeklyCalendar, WeeklyWindow, Window, without

CELL: Final = timedelta(minutes=30)
UNKNOWN: Final = (
    "windows of other machines, redundancy peers, and how many machines may be down at once",
    "records as they were at the time: these are today's",
)
"""What this does not know."""


class HourRule(StrEnum):
    """What closes a time, in the planner's words."""

    NOTICE = "notice"
    NOT_BEFORE = "not_before"
    DEADLINE = "deadline"
    BLACKOUT = "blackout"
    ACCEPTABLE_TIMES = "acceptable_times"


@dataclass(frozen=True, slots=True)
class ClosedTime:
    """A time that a rule closes to a request; others may close it as well."""

    rule: HourRule
    window: Window
    text: str | None = None
    """Of a blackout, why."""


def closed_times(
    work: RequestedWork, customer: CustomerV1 | None, *, owned: bool, span: Window
) -> tuple[ClosedTime, ...]:
    """Return what is closed to a request within a span, by time.

    Args:
        customer: whose the machine is, as the records say.
        owned: whether it is any customer's; one of whom no record says anything has the defaults.
    """
    found = [*_bounds(work, customer, owned=owned, span=span)]
    if owned:
        open_times = _calendar(customer).occurrences(span.opens_at, span.closes_at)
        found += [ClosedTime(HourRule.ACCEPTABLE_TIMES, one) for one in without((span,), open_times)]
    for blackout in customer.blackouts if customer is not None else ():
        shared = Window(blackout.starts_at, blackout.ends_at).intersection(span)
        if shared is not None:
            found.append(ClosedTime(HourRule.BLACKOUT, shared, blackout.reason))
    order = list(HourRule)
    return tuple(sorted(found, key=lambda one: (one.window, order.index(one.rule))))


def whole_days(opens_at: datetime, closes_at: datetime) -> Window:
    """Return the days of UTC from one instant to another."""
    first = opens_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = closes_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(first, last + timedelta(days=1))


def cells(span: Window) -> Iterator[Window]:
    """Yield the half hours of a span."""
    opens_at = span.opens_at
    while opens_at < span.closes_at:
        yield Window(opens_at, opens_at + CELL)
        opens_at += CELL


def _bounds(work: RequestedWork, customer: CustomerV1 | None, *, owned: bool, span: Window) -> Iterator[ClosedTime]:
    notice = timedelta(hours=(customer.notice_hours if customer else rules.DEFAULT_NOTICE_HOURS) if owned else 0)
    told_from = work.requested_at if work.urgent else work.requested_at + notice
    yield from _closed(HourRule.NOTICE, span, span.opens_at, told_from)
    if work.not_before is not None:
        yield from _closed(HourRule.NOT_BEFORE, span, span.opens_at, work.not_before)
    if work.deadline is not None:
        yield from _closed(HourRule.DEADLINE, span, work.deadline, span.closes_at)


def _closed(rule: HourRule, span: Window, opens_at: datetime, closes_at: datetime) -> Iterator[ClosedTime]:
    if opens_at < closes_at and (shared := Window(opens_at, closes_at).intersection(span)) is not None:
        yield ClosedTime(rule, shared)


def _calendar(customer: CustomerV1 | None) -> WeeklyCalendar:
    if customer is None:
        return WeeklyCalendar(rules.DEFAULT_ZONE, (WeeklyWindow(*rules.EVERY_NIGHT),))
    windows = tuple(WeeklyWindow(one.days, one.start, one.end) for one in customer.acceptable_windows)
    return WeeklyCalendar(customer.timezone, windows)
