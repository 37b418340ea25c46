"""A customer as planning sees it: when its machines must be left alone, and how early it wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Planning itself asks no calendar anything, and zones are slow to import.
    from mweek_timewindows import WeeklyCalendar


@dataclass(frozen=True, slots=True)
class Blackout:
    """A time `[starts_at, ends_at)` in which the customer's machines must not be touched."""

    starts_at: datetime
    ends_at: datetime
    reason: str = "blackout"

    def overlaps(self, opens_at: datetime, closes_at: datetime) -> bool:
        """Return whether it shares any time with `[opens_at, closes_at)`."""
        return self.starts_at < closes_at and opens_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """An owner of machines. `calendar` has the weekly times that it accepts; None: any time is welcome.

    `max_parallel` is how many windows of its machines may be open at once, None without a limit; it binds window
    requests, not the phases of a week.
    """

    name: str
    notice_hours: int = 12
    blackouts: tuple[Blackout, ...] = ()
    calendar: WeeklyCalendar | None = None
    max_parallel: int | None = None

    @property
    def notice(self) -> timedelta:
        """How long before a window opens the customer must know."""
        return timedelta(hours=self.notice_hours)
