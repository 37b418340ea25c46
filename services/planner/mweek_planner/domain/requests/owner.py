"""The customer that says nothing of itself."""

from __future__ import annotations

from functools import cache

from mweek_contracts.rules import DEFAULT_NOTICE_HOURS, DEFAULT_ZONE, EVERY_NIGHT
from mweek_timewindows import WeeklyCalendar, WeeklyWindow

from mweek_planner.domain.customer import Customer


def undescribed(name: str) -> Customer:
    """Return a customer of whom only the name is known: what every customer has that says nothing (design, §7)."""
    return Customer(name=name, notice_hours=DEFAULT_NOTICE_HOURS, calendar=_every_night())


@cache
def _every_night() -> WeeklyCalendar:
    return WeeklyCalendar(DEFAULT_ZONE, (WeeklyWindow(*EVERY_NIGHT),))
