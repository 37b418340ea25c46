"""Bookings come and go, and what is left is what was there; windows off the grid count for each instant they cover."""

from __future__ import annotations

import pytest
from hypothesis import given
from mweek_planner.domain.requests import Occupancy
from mweek_planner.domain.requests.steps import runs

from tests.support.window_oracle import Situation
from tests.support.window_requests import NOW, booking
from tests.support.window_situations import planner_case, situations


def closed(occupancy: Occupancy) -> list[int]:
    """Return everything that can be asked of the bookings of a situation."""
    return [
        *(occupancy.location_has(number) for number in range(1, 14)),
        *(occupancy.customer_has(name, number) for name in ("acme", "globex") for number in range(1, 14)),
        *(occupancy.has_group(name) for name in ("pair", "other")),
        *(occupancy.has_window(name) for name in ("m1", "m2", "m3", "m4")),
    ]


@given(situations())
def test_bookings_that_left_leave_nothing_behind(situation: Situation) -> None:
    _, occupancy = planner_case(situation)
    bookings = [booking for name in ("m1", "m2", "m3", "m4") for booking in occupancy.bookings_of(name)]
    for leaving in bookings[::2]:
        occupancy.remove(leaving)
    assert closed(occupancy) == closed(Occupancy(situation.now, bookings[1::2]))
    for leaving in bookings[1::2]:
        occupancy.replace(leaving, None)
    assert not any(closed(occupancy))


def test_windows_that_share_a_step_but_no_instant_are_not_at_once() -> None:
    occupancy = Occupancy(
        NOW,
        [
            booking("2026-11-23T09:01Z", "2026-11-23T09:17Z", machine="a"),
            booking("2026-11-23T09:17Z", "2026-11-23T09:33Z", machine="b"),
            booking("2026-11-23T09:32Z", "2026-11-23T09:34Z", machine="c"),
        ],
    )
    assert list(runs(occupancy.location_has(1))) == [(12, 19)]
    assert list(runs(occupancy.location_has(2))) == [(18, 19)]


def test_window_shorter_than_a_step_counts_too() -> None:
    occupancy = Occupancy(NOW, [booking("2026-11-23T09:01Z", "2026-11-23T09:04Z")])
    assert list(runs(occupancy.location_has(1))) == [(12, 13)]


def test_what_lies_before_the_occupancy_is_left_out() -> None:
    early = booking("2026-11-22T09:01Z", "2026-11-23T08:07Z")
    occupancy = Occupancy(NOW, [early])
    assert list(runs(occupancy.location_has(1))) == [(0, 2)]
    occupancy.remove(early)
    assert occupancy.location_has(1) == 0


def test_window_is_added_once() -> None:
    occupancy = Occupancy(NOW, [booking("2026-11-23T09:00Z", "2026-11-23T10:00Z")])
    with pytest.raises(ValueError, match=r"acme02 has the window .* already"):
        occupancy.add(booking("2026-11-23T09:00Z", "2026-11-23T10:00Z"))


def test_window_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(KeyError):
        Occupancy(NOW).remove(booking("2026-11-23T09:00Z", "2026-11-23T10:00Z"))
