"""Windows on the days on which clocks change: a missing hour is gone, a repeated one counts twice."""

from __future__ import annotations

from mweek_planner.domain.requests import Occupancy, Policy, Refusal, WindowRefusalCode, earliest_window
from mweek_timewindows import Window

from tests.support.window_requests import case, customer, request, span


def earliest(zone: str, start: str, end: str, *, now: str, minutes: int) -> Window | Refusal:
    """Return the earliest window of a customer that accepts these local times."""
    asked = case(request(minutes), customer=customer(start, end, zone=zone), now=now)
    return earliest_window(asked, Occupancy(asked.now))


def test_berlin_missing_hour_is_skipped_to_the_next_day() -> None:
    """On 29 March 2026 there is no 02:15."""
    found = earliest("Europe/Berlin", "02:00", "03:00", now="2026-03-28T12:00Z", minutes=20)
    assert found == span("2026-03-30T00:00Z", "2026-03-30T00:35Z")


def test_berlin_window_across_the_missing_hour_is_an_hour_shorter() -> None:
    """01:00 to 04:00 local lasts two hours that night: too short for 100 + 5 minutes and a quarter."""
    found = earliest("Europe/Berlin", "01:00", "04:00", now="2026-03-28T12:00Z", minutes=100)
    assert found == span("2026-03-29T23:00Z", "2026-03-30T01:15Z")


def test_berlin_repeated_hour_counts_twice() -> None:
    """02:00 to 03:00 local lasts two hours on 25 October 2026, and an hour on all other nights."""
    found = earliest("Europe/Berlin", "02:00", "03:00", now="2026-10-20T12:00Z", minutes=80)
    assert found == span("2026-10-25T00:00Z", "2026-10-25T01:50Z")


def test_berlin_quarter_of_the_repeated_hour_is_two_windows_and_not_one() -> None:
    found = earliest("Europe/Berlin", "02:30", "03:00", now="2026-10-25T00:31Z", minutes=10)
    assert found == span("2026-10-25T00:35Z", "2026-10-25T00:55Z")
    found = earliest("Europe/Berlin", "02:30", "03:00", now="2026-10-25T00:41Z", minutes=10)
    assert found == span("2026-10-25T01:30Z", "2026-10-25T01:50Z")


def test_zone_that_never_changes_has_the_same_hour_every_day() -> None:
    """Kathmandu is 5 hours 45 minutes ahead all year."""
    for day in ("2026-03-28", "2026-10-24"):
        found = earliest("Asia/Kathmandu", "22:00", "23:00", now=f"{day}T12:00Z", minutes=20)
        assert found == span(f"{day}T16:15Z", f"{day}T16:50Z")


def test_lord_howe_leaves_out_half_an_hour() -> None:
    """On 4 October 2026 at 02:00 it is 02:30: 01:30 to 03:00 lasts an hour, too short for 50 + 5 minutes + 25 %."""
    found = earliest("Australia/Lord_Howe", "01:30", "03:00", now="2026-10-03T12:00Z", minutes=50)
    assert found == span("2026-10-04T14:30Z", "2026-10-04T15:40Z")
    found = earliest("Australia/Lord_Howe", "01:30", "03:00", now="2026-10-03T12:00Z", minutes=40)
    assert found == span("2026-10-03T15:00Z", "2026-10-03T16:00Z")


def test_lord_howe_repeats_half_an_hour() -> None:
    """On 5 April 2026 at 02:00 it is 01:30 again: 01:30 to 02:00 lasts an hour."""
    found = earliest("Australia/Lord_Howe", "01:30", "02:00", now="2026-04-01T12:00Z", minutes=40)
    assert found == span("2026-04-04T14:30Z", "2026-04-04T15:30Z")


def test_santiago_leaves_out_the_first_hour_of_a_day() -> None:
    """On 6 September 2026 there is no 00:00 to 01:00; the window of the night before ends where that hour begins."""
    found = earliest("America/Santiago", "00:00", "01:00", now="2026-09-05T12:00Z", minutes=20)
    assert found == span("2026-09-07T03:00Z", "2026-09-07T03:35Z")


def test_santiago_repeats_the_last_hour_of_a_day() -> None:
    """On 5 April 2026 at 00:00 it is 23:00 of 4 April again: that hour lasts two, in one piece."""
    found = earliest("America/Santiago", "23:00", "24:00", now="2026-04-03T12:00Z", minutes=80)
    assert found == span("2026-04-05T02:00Z", "2026-04-05T03:50Z")


def test_windows_of_two_days_that_touch_are_one() -> None:
    found = earliest("Europe/Berlin", "00:00", "24:00", now="2026-11-23T22:30Z", minutes=120)
    assert found == span("2026-11-23T22:30Z", "2026-11-24T01:10Z")


def test_missing_hour_leaves_nothing_in_a_short_horizon() -> None:
    asked = case(
        request(20),
        customer=customer("02:00", "03:00", zone="Europe/Berlin"),
        policy=Policy(horizon_days=1),
        now="2026-03-28T12:00Z",
    )
    refused = earliest_window(asked, Occupancy(asked.now))
    assert isinstance(refused, Refusal)
    assert refused.code is WindowRefusalCode.NO_ACCEPTABLE_TIME
