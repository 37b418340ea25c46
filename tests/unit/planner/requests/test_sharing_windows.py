"""Requests of one machine in one window: joining, withdrawing, and what a customer is told again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from mweek_planner.domain.requests import (
    Booking,
    BookingKind,
    Case,
    Grant,
    Occupancy,
    Policy,
    answer,
    is_significant,
    withdraw,
)

from tests.support.window_requests import NOW, booking, case, customer, request, span

TONIGHT = "2026-11-23T22:00Z", "2026-11-23T22:35Z"


def mine(opens: str, closes: str, *minutes: int, **fields: object) -> Booking:
    """Return a window of the machine that asks, with a request for each estimate."""
    requests = tuple(request(n, request_id=f"r{place}") for place, n in enumerate(minutes))
    return booking(opens, closes, machine="acme01", **{"requests": requests} | fields)


def granted(asked: Case, *bookings: Booking) -> Grant:
    """Return the grant that a request gets."""
    told = answer(asked, Occupancy(NOW, bookings), window_id="new")
    assert isinstance(told, Grant)
    return told


def test_request_that_fits_shares_the_window_as_it_is() -> None:
    """10 + 5 minutes and 5 more are 25 with a quarter; the window has 35."""
    held = mine(*TONIGHT, 10)
    told = granted(case(request(5)), held)
    assert told.booking == replace(held, requests=(*held.requests, request(5)))
    assert (told.previous, told.joins) == (held, ("r0",))
    assert f"{told.not_after:%H:%M}" == "22:15"


def test_request_that_does_not_fit_makes_the_window_longer() -> None:
    """20 + 10 + 5 minutes and a quarter are 45: preparation and padding count once."""
    told = granted(case(request(10)), mine(*TONIGHT, 20))
    assert told.booking.window == span("2026-11-23T22:00Z", "2026-11-23T22:45Z")
    assert f"{told.not_after:%H:%M}" == "22:10"


CANNOT_GROW = {
    "no longer acceptable": {"customer": customer("20:00", "22:40")},
    "too late for its notice": {"customer": customer(notice_hours=15)},
    "over the deadline": {"request": request(10, deadline="2026-11-23T22:40Z")},
    "not yet wanted": {"request": request(10, not_before="2026-11-23T22:05Z")},
    "location full behind it": {"policy": Policy(capacity=1)},
}


@pytest.mark.parametrize("why", CANNOT_GROW)
def test_window_is_not_made_longer_against_a_rule(why: str) -> None:
    behind = booking("2026-11-23T22:35Z", "2026-11-23T23:00Z")
    told = granted(case(**{"request": request(10)} | CANNOT_GROW[why]), mine(*TONIGHT, 20), behind)
    assert told.previous is None
    assert told.booking.window_id == "new"


def test_deadline_of_an_earlier_request_keeps_the_window_short() -> None:
    held = mine(*TONIGHT, requests=(request(20, request_id="r0", deadline="2026-11-23T22:40Z"),))
    assert granted(case(request(10)), held).previous is None


def test_window_of_a_week_is_used_though_a_new_one_would_be_sooner() -> None:
    week = mine("2026-11-25T17:00Z", "2026-11-25T22:00Z", kind=BookingKind.WEEK)
    told = granted(case(request(60, deadline="2026-11-25T22:00Z")), week)
    assert told.previous == week
    assert told.booking.window == week.window
    assert f"{told.not_after:%H:%M}" == "20:55"


def test_window_of_a_week_that_ends_after_the_deadline_is_not_used() -> None:
    week = mine("2026-11-25T17:00Z", "2026-11-25T22:00Z", kind=BookingKind.WEEK)
    assert granted(case(request(60, deadline="2026-11-25T21:59Z")), week).booking.window == span(
        "2026-11-23T08:00Z", "2026-11-23T09:25Z"
    )


def test_window_of_a_week_is_never_made_longer() -> None:
    week = mine("2026-11-25T17:00Z", "2026-11-25T18:00Z", 20, kind=BookingKind.WEEK)
    assert granted(case(request(60)), week).previous is None


def test_open_window_is_used_while_enough_of_it_is_left() -> None:
    week = mine("2026-11-23T07:00Z", "2026-11-23T08:35Z", kind=BookingKind.WEEK)
    assert granted(case(request(20)), week).previous == week
    assert granted(case(request(24)), week).previous is None


def test_urgent_request_does_not_wait_for_a_later_window() -> None:
    told = granted(case(request(5, urgent=True)), mine(*TONIGHT, 10))
    assert told.booking.window == span("2026-11-23T08:00Z", "2026-11-23T08:20Z")


def test_urgent_request_shares_the_window_where_no_other_is_sooner() -> None:
    held = mine(*TONIGHT, 10)
    assert granted(case(request(5, urgent=True), customer=customer("22:00", "23:00")), held).previous == held


def test_withdrawn_request_leaves_the_others_a_shorter_window() -> None:
    held = mine("2026-11-23T22:00Z", "2026-11-23T22:45Z", 20, 10)
    left = withdraw(held, "r1", Policy())
    assert left == replace(held, window=span(*TONIGHT), requests=held.requests[:1])


def test_last_request_takes_the_window_with_it() -> None:
    assert withdraw(mine(*TONIGHT, 20), "r0", Policy()) is None


def test_window_of_a_week_stays_without_its_requests() -> None:
    week = mine("2026-11-25T17:00Z", "2026-11-25T22:00Z", 20, kind=BookingKind.WEEK)
    assert withdraw(week, "r0", Policy()) == replace(week, requests=())


def test_withdrawing_never_makes_a_window_longer() -> None:
    """The policy may have changed since it was granted."""
    held = mine("2026-11-23T22:00Z", "2026-11-23T22:20Z", 10, 5)
    left = withdraw(held, "r1", Policy(minimum_minutes=60))
    assert left is not None
    assert left.window == held.window


def test_withdrawing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        withdraw(mine(*TONIGHT, 20), "r7", Policy())


BEFORE = mine(*TONIGHT, 20)
REBOOT = (request(20, reboot=True),)
CHANGES = {
    "nothing": (BEFORE, False),
    "shorter": (replace(BEFORE, window=span("2026-11-23T22:00Z", "2026-11-23T22:20Z")), False),
    "opens later, ends as before": (replace(BEFORE, window=span("2026-11-23T22:10Z", "2026-11-23T22:35Z")), False),
    "other words": (replace(BEFORE, requests=(request(15, reason="kernel"),)), False),
    "longer": (replace(BEFORE, window=span("2026-11-23T22:00Z", "2026-11-23T22:40Z")), True),
    "moved": (replace(BEFORE, window=span("2026-11-24T22:00Z", "2026-11-24T22:35Z")), True),
    "moved by ten minutes": (replace(BEFORE, window=span("2026-11-23T22:10Z", "2026-11-23T22:45Z")), True),
    "with a reboot": (replace(BEFORE, requests=REBOOT), True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_is_told_again_only_where_it_matters(what: str) -> None:
    after, is_told = CHANGES[what]
    assert is_significant(BEFORE, after) is is_told


def test_reboot_that_was_told_before_is_not_told_again() -> None:
    assert not is_significant(replace(BEFORE, requests=REBOOT), replace(BEFORE, requests=(*REBOOT, request(5))))
