"""Each refusal: its code, its sentence and the earliest alternative."""

from __future__ import annotations

from typing import Any

import pytest
from mweek_planner.domain.requests import (
    Case,
    Grant,
    Occupancy,
    Policy,
    Refusal,
    WindowRefusalCode,
    answer,
    earliest_window,
)
from mweek_timewindows import Window

from tests.support.window_requests import NOW, booking, case, customer, request, span

Code = WindowRefusalCode
EARLIEST = "the earliest window without the deadline is"


def refused(asked: Case, *bookings: Any) -> tuple[WindowRefusalCode, str, Window | None]:
    """Return the parts of a refusal."""
    outcome = answer(asked, Occupancy(NOW, bookings), window_id="new")
    assert isinstance(outcome, Refusal)
    return outcome.code, outcome.text, outcome.alternative


def test_deadline_that_has_passed() -> None:
    assert refused(case(request(deadline="2026-11-23T07:00Z"))) == (
        Code.DEADLINE_TOO_SOON,
        f"the deadline 2026-11-23T07:00Z has passed; {EARLIEST} 2026-11-23T08:00Z to 2026-11-23T08:35Z",
        span("2026-11-23T08:00Z", "2026-11-23T08:35Z"),
    )


def test_deadline_before_notice_and_length() -> None:
    asked = case(request(deadline="2026-11-24T08:30Z"), customer=customer(notice_hours=24))
    assert refused(asked) == (
        Code.DEADLINE_TOO_SOON,
        (
            "the deadline 2026-11-24T08:30Z leaves no 35 minutes after the notice of 24 h (2026-11-24T08:00Z); "
            f"{EARLIEST} 2026-11-24T08:00Z to 2026-11-24T08:35Z"
        ),
        span("2026-11-24T08:00Z", "2026-11-24T08:35Z"),
    )


def test_not_before_behind_the_horizon() -> None:
    asked = case(request(not_before="2026-11-25T08:00Z"), policy=Policy(horizon_days=2))
    assert refused(asked) == (
        Code.BEYOND_HORIZON,
        "not-before 2026-11-25T08:00Z leaves no 35 minutes within the 2 days that are planned ahead",
        None,
    )


def test_nothing_acceptable_before_the_deadline() -> None:
    asked = case(request(deadline="2026-11-23T20:00Z"), customer=customer("22:00", "23:00"))
    code, text, alternative = refused(asked)
    assert (code, alternative) == (Code.NO_ACCEPTABLE_TIME, span("2026-11-23T22:00Z", "2026-11-23T22:35Z"))
    assert text.startswith("acme accepts no 35 minutes in a row between 2026-11-23T08:00Z and 2026-11-23T20:00Z; ")


def test_longer_than_any_acceptable_window() -> None:
    assert refused(case(request(90), customer=customer("22:00", "23:00"))) == (
        Code.LONGER_THAN_ANY_ACCEPTABLE_WINDOW,
        "120 minutes are longer than any time that acme accepts in the next 60 days",
        None,
    )


def test_blackout_over_all_that_is_left() -> None:
    owner = customer(blackouts=[("2026-11-23T00:00Z", "2026-11-23T18:00Z")])
    code, text, alternative = refused(case(request(deadline="2026-11-23T18:30Z"), customer=owner))
    assert (code, alternative) == (Code.BLACKOUT, span("2026-11-23T18:00Z", "2026-11-23T18:35Z"))
    assert text.startswith("blackouts of acme leave no 35 minutes between 2026-11-23T08:00Z and 2026-11-23T18:30Z; ")


BUSY = "2026-11-23T00:00Z", "2026-11-23T18:00Z"
CROWDS = {
    Code.OWN_WINDOW: (
        {},
        {"machine": "acme01", "requests": (request(600, deadline="2026-11-23T18:00Z"),)},
        "other windows of acme01 leave",
    ),
    Code.REDUNDANCY: (
        {"redundancy_group": "web"},
        {"redundancy_group": "web", "customer": None},
        "windows of peers in redundancy group web leave",
    ),
    Code.CUSTOMER_LIMIT: (
        {"customer": customer(max_parallel=1)},
        {},
        "acme allows 1 of its machines at once, which leaves",
    ),
    Code.CAPACITY: (
        {"policy": Policy(capacity=1)},
        {"customer": None},
        "the location takes 1 machines at once, which leaves",
    ),
}


@pytest.mark.parametrize("code", CROWDS)
def test_window_of_somebody_else_over_all_that_is_left(code: WindowRefusalCode) -> None:
    asked, booked, sentence = CROWDS[code]
    told = refused(case(request(60, deadline="2026-11-23T18:30Z"), **asked), booking(*BUSY, **booked))
    assert told[0] is code
    assert told[1].startswith(f"{sentence} no 85 minutes between 2026-11-23T08:00Z and 2026-11-23T18:30Z; ")


@pytest.mark.parametrize("code", [Code.REDUNDANCY, Code.CUSTOMER_LIMIT, Code.CAPACITY])
def test_without_the_other_window_there_is_room(code: WindowRefusalCode) -> None:
    asked, _, _ = CROWDS[code]
    outcome = answer(case(request(60, deadline="2026-11-23T18:30Z"), **asked), Occupancy(NOW), window_id="new")
    assert isinstance(outcome, Grant)


def test_asking_again_with_the_end_of_the_alternative_as_deadline_is_granted_just_that() -> None:
    held = booking(*BUSY, machine="acme01", requests=(request(600, deadline="2026-11-23T18:00Z"),))
    occupancy = Occupancy(NOW, [held])
    outcome = answer(case(request(60, deadline="2026-11-23T18:30Z")), occupancy, window_id="new")
    assert isinstance(outcome, Refusal)
    assert outcome.alternative is not None
    later = request(60, deadline=outcome.alternative.closes_at.isoformat())
    again = answer(case(later), occupancy, window_id="new")
    assert isinstance(again, Grant)
    assert again.booking.window == outcome.alternative


def test_machine_of_the_operator_has_any_time_at_once() -> None:
    """Without a customer there is nobody to tell: as in a maintenance week, no notice and no calendar bind."""
    assert earliest_window(case(customer=None), Occupancy(NOW)) == span("2026-11-23T08:00Z", "2026-11-23T08:35Z")


def test_urgent_request_does_without_notice() -> None:
    owner = customer(notice_hours=24)
    assert earliest_window(case(request(urgent=True), customer=owner), Occupancy(NOW)) == span(
        "2026-11-23T08:00Z", "2026-11-23T08:35Z"
    )
