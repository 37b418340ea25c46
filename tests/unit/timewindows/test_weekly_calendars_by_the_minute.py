"""Every minute of a calendar, judged by its wall clock: the zones whose clocks behave worst, and random calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mweek_timewindows import WEEKDAYS, WeeklyCalendar, WeeklyWindow, Window, merged

from tests.support.minutes import WeeklyTimes, acceptable_runs, days_around_changes

EVERY_DAY = WEEKDAYS
YEARS = {
    "UTC": 2026,
    "Europe/Berlin": 2026,
    "America/New_York": 2026,
    "America/Santiago": 2026,  # changes at midnight
    "America/St_Johns": 2010,  # changed at one minute past midnight
    "Africa/Casablanca": 2026,  # Ramadan
    "Africa/Cairo": 2014,  # four changes in a year
    "Antarctica/Troll": 2026,  # two hours
    "Asia/Kathmandu": 2026,  # +05:45
    "Asia/Tehran": 2022,  # its last summer time
    "Asia/Gaza": 2026,
    "Australia/Lord_Howe": 2026,  # half an hour
    "Pacific/Apia": 2011,  # left out a day
    "Pacific/Chatham": 2026,  # at a quarter to
}
CALENDARS: dict[str, list[WeeklyTimes]] = {
    "nights": [(EVERY_DAY, "22:00", "05:00")],
    "small hours": [(EVERY_DAY, "02:15", "02:45"), (("sun",), "00:30", "01:15")],
    "saturday over midnight": [(("sat",), "23:00", "01:00")],
    "whole days that touch": [(("fri", "sat", "sun"), "00:00", "24:00"), (("thu",), "18:00", "00:00")],
    "overlapping": [
        (("sat", "sun"), "20:00", "03:00"),
        (("sun",), "01:00", "02:30"),
        (("sun", "mon"), "02:30", "04:00"),
    ],
    "nearly always": [(EVERY_DAY, "05:00", "04:59")],
}


def runs(calendar: WeeklyCalendar, from_at: datetime, until_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return the occurrences as pairs."""
    return [(w.opens_at, w.closes_at) for w in calendar.occurrences(from_at, until_at)]


def built(zone: str, times: list[WeeklyTimes]) -> WeeklyCalendar:
    """Build the calendar that the judge is given as plain tuples."""
    return WeeklyCalendar(zone, tuple(WeeklyWindow(tuple(days), start, end) for days, start, end in times))


@pytest.mark.parametrize("zone", YEARS)
@pytest.mark.parametrize("name", CALENDARS)
def test_every_minute_around_every_change_of_a_year_is_judged_alike(zone: str, name: str) -> None:
    quiet = datetime(YEARS[zone], 7, 1, tzinfo=UTC)
    for from_at, until_at in [*days_around_changes(zone, YEARS[zone], days=2), (quiet, quiet + timedelta(days=2))]:
        expected = acceptable_runs(zone, CALENDARS[name], from_at, until_at)
        assert runs(built(zone, CALENDARS[name]), from_at, until_at) == expected


def test_the_years_have_the_changes_that_they_were_chosen_for() -> None:
    changes = {zone: len(days_around_changes(zone, year, days=0)) for zone, year in YEARS.items()}
    assert changes == dict.fromkeys(YEARS, 2) | {"UTC": 0, "Asia/Kathmandu": 0, "Africa/Cairo": 4, "Pacific/Apia": 3}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe"])
def test_every_minute_of_a_whole_year_is_judged_alike(zone: str) -> None:
    from_at, until_at = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    expected = acceptable_runs(zone, CALENDARS["overlapping"], from_at, until_at)
    assert runs(built(zone, CALENDARS["overlapping"]), from_at, until_at) == expected


quarters = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}")
weekly_times = st.tuples(
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True), quarters, quarters | st.just("24:00")
).filter(lambda times: times[1] != times[2])
calendars = st.lists(weekly_times, max_size=4)
zones = st.sampled_from([zone for zone in YEARS if days_around_changes(zone, YEARS[zone], days=0)])


@settings(max_examples=60, deadline=None)
@given(zones, calendars, st.data())
def test_random_calendar_is_judged_alike_around_a_change(
    zone: str, times: list[WeeklyTimes], data: st.DataObject
) -> None:
    from_at, until_at = data.draw(st.sampled_from(days_around_changes(zone, YEARS[zone], days=1)))
    assert runs(built(zone, times), from_at, until_at) == acceptable_runs(zone, times, from_at, until_at)


instants = st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
spans = st.tuples(instants, st.timedeltas(timedelta(microseconds=1), timedelta(days=40))).map(
    lambda pair: Window(pair[0], pair[0] + pair[1])
)


@given(zones, calendars, spans)
def test_occurrences_are_sorted_apart_and_within_what_was_asked(
    zone: str, times: list[WeeklyTimes], span: Window
) -> None:
    found = built(zone, times).occurrences(span.opens_at, span.closes_at)
    assert all(span.covers(window) for window in found)
    assert all(before.closes_at < after.opens_at for before, after in pairwise(found))


@given(zones, calendars, spans, st.floats(0, 1))
def test_asking_in_two_parts_gives_the_same_time(
    zone: str, times: list[WeeklyTimes], span: Window, part: float
) -> None:
    calendar, middle = built(zone, times), span.opens_at + span.length * part
    parts = (*calendar.occurrences(span.opens_at, middle), *calendar.occurrences(middle, span.closes_at))
    assert merged(parts) == calendar.occurrences(span.opens_at, span.closes_at)


@given(zones, calendars, spans, instants)
def test_an_instant_is_acceptable_exactly_inside_an_occurrence(
    zone: str, times: list[WeeklyTimes], span: Window, instant: datetime
) -> None:
    calendar = built(zone, times)
    around = calendar.occurrences(instant - timedelta(days=2), instant + timedelta(days=2))
    assert calendar.contains(instant) == any(window.contains(instant) for window in around)
    if calendar.admits(span):
        assert calendar.contains(span.opens_at)
        assert calendar.contains(span.closes_at - timedelta(microseconds=1))
    assert all(calendar.admits(window) for window in around)
