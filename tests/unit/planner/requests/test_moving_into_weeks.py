"""Whether a maintenance week's window meets requests that had one of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from mweek_planner.domain.requests import Booking, BookingKind, Policy, WindowRequest, taking
from mweek_timewindows import Window

from tests.support.ids import at

OPENS = at("2026-11-30T09:00Z")
HOUR = timedelta(hours=1)
WEEK = Booking(window_id="2026-W49/m1", machine="m1", window=Window(OPENS, OPENS + 2 * HOUR), kind=BookingKind.WEEK)
REQUEST = WindowRequest(machine="m1", request_id="r1", estimated_minutes=60)


def taken(*requests: WindowRequest, booking: Booking = WEEK, hours: float = -24) -> Booking | None:
    return taking(booking, requests, Policy(), OPENS + timedelta(hours=hours))


def test_requests_that_fit_are_met_at_the_weeks_time_behind_those_that_were_there() -> None:
    first = replace(REQUEST, request_id="r0", estimated_minutes=20)
    assert taken(REQUEST, booking=replace(WEEK, requests=(first,))) == replace(WEEK, requests=(first, REQUEST))


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"estimated_minutes": 91}, True),  # 96 minutes of work, a quarter more: two hours
        ({"estimated_minutes": 92}, False),
        ({"not_before": OPENS}, True),
        ({"not_before": OPENS + timedelta(minutes=1)}, False),
        ({"deadline": OPENS + 2 * HOUR}, True),
        ({"deadline": OPENS + 2 * HOUR - timedelta(minutes=1)}, False),
    ],
)
def test_request_fits_to_the_minute(changes: dict[str, object], fits: bool) -> None:
    assert (taken(replace(REQUEST, **changes)) is not None) is fits  # type: ignore[arg-type]


def test_window_that_has_opened_meets_what_the_rest_of_it_is_long_enough_for() -> None:
    assert taken(REQUEST, hours=0.5) is not None
    assert taken(REQUEST, hours=1) is None
    assert taken(replace(REQUEST, not_before=OPENS + 0.5 * HOUR), hours=0.5) is not None
