"""Window requests that spell out only what a test is about."""

from __future__ import annotations

from typing import Any

from mweek_planner.domain.customer import Blackout, Customer
from mweek_planner.domain.requests import Booking, Case, Policy, WindowRequest
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow, Window

from tests.support.ids import at

NOW = at("2026-11-23T08:00Z")


def request(minutes: int = 20, *, machine: str = "acme01", **fields: Any) -> WindowRequest:
    """Return a request; `not_before` and `deadline` may be texts."""
    times = {name: at(value) for name, value in fields.items() if name in ("not_before", "deadline")}
    return WindowRequest(**{"machine": machine, "request_id": "asked", "estimated_minutes": minutes} | fields | times)


def customer(start: str = "00:00", end: str = "24:00", *, zone: str = "UTC", **fields: Any) -> Customer:
    """Return a customer that accepts these local times every day, without notice; blackouts may be texts."""
    blackouts = tuple(Blackout(at(starts), at(ends)) for starts, ends in fields.pop("blackouts", ()))
    calendar = WeeklyCalendar(zone, (WeeklyWindow(WEEKDAYS, start, end),))
    return Customer(**{"name": "acme", "notice_hours": 0, "calendar": calendar, "blackouts": blackouts} | fields)


def case(asked: WindowRequest | None = None, **fields: Any) -> Case:
    """Return a case of a customer that accepts any time, at `NOW`; `now` may be a text."""
    now = at(fields.pop("now")) if "now" in fields else NOW
    return Case(**{"request": asked or request(), "customer": customer(), "policy": Policy(), "now": now} | fields)


def span(opens: str, closes: str) -> Window:
    """Return a window of two texts."""
    return Window(at(opens), at(closes))


def booking(opens: str, closes: str, *, machine: str = "acme02", **fields: Any) -> Booking:
    """Return a booking of acme."""
    values = {"window_id": f"{machine} {opens}", "machine": machine, "window": span(opens, closes), "customer": "acme"}
    return Booking(**values | fields)
