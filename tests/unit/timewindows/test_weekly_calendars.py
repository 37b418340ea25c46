"""Weekly calendars on ordinary days: midnight, the end of the week, cuts, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from mweek_timewindows import UnknownZoneError, WeeklyCalendar, WeeklyWindow, Window

SATURDAY = datetime(2026, 11, 28, tzinfo=UTC)
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def utc(*windows: tuple[tuple[str, ...], str, str]) -> WeeklyCalendar:
    """Build a calendar in UTC."""
    return WeeklyCalendar("UTC", tuple(WeeklyWindow(*window) for window in windows))


def at(day: int, clock: str) -> datetime:
    """Return an instant so many days after Saturday, 2026-11-28."""
    return SATURDAY + timedelta(days=day, hours=int(clock[:2]), minutes=int(clock[3:]))


def test_window_over_midnight_belongs_to_the_day_it_opens() -> None:
    calendar = utc((("sat",), "23:00", "01:00"))
    assert calendar.contains(at(1, "00:30"))
    assert not calendar.contains(at(0, "00:30"))
    assert calendar.admits(Window(at(0, "23:00"), at(1, "01:00")))
    assert not calendar.admits(Window(at(0, "00:00"), at(0, "01:00")))


def test_window_over_the_end_of_the_week_reaches_into_monday() -> None:
    calendar = utc((("sun",), "22:00", "02:00"))
    assert calendar.occurrences(at(0, "00:00"), at(7, "00:00")) == (Window(at(1, "22:00"), at(2, "02:00")),)


def test_start_is_acceptable_and_end_is_not() -> None:
    calendar = utc((("sat",), "09:00", "10:00"))
    assert calendar.contains(at(0, "09:00"))
    assert not calendar.contains(at(0, "10:00"))
    assert calendar.contains(at(0, "10:00") - timedelta(microseconds=1))


def test_end_at_24_00_is_the_midnight_that_ends_the_day() -> None:
    calendar = utc((("sat",), "22:00", "24:00"))
    assert calendar.occurrences(at(0, "00:00"), at(2, "00:00")) == (Window(at(0, "22:00"), at(1, "00:00")),)


def test_end_at_00_00_means_the_same_as_24_00() -> None:
    span = (at(0, "00:00"), at(7, "00:00"))
    assert utc((("sat",), "22:00", "00:00")).occurrences(*span) == utc((("sat",), "22:00", "24:00")).occurrences(*span)


def test_days_from_00_00_to_24_00_are_one_window() -> None:
    calendar = utc((("sat", "sun"), "00:00", "24:00"))
    assert calendar.occurrences(at(-1, "00:00"), at(5, "00:00")) == (Window(at(0, "00:00"), at(2, "00:00")),)
    assert calendar.admits(Window(at(0, "20:00"), at(1, "04:00")))


def test_occurrences_of_different_windows_that_touch_or_overlap_are_one() -> None:
    calendar = utc((("sat",), "20:00", "02:00"), (("sat",), "19:00", "20:00"), (("sun",), "01:00", "03:00"))
    assert calendar.occurrences(at(0, "00:00"), at(2, "00:00")) == (Window(at(0, "19:00"), at(1, "03:00")),)


def test_long_window_that_contains_the_next_one_is_not_cut_short_by_it() -> None:
    calendar = utc((("sat",), "00:00", "24:00"), (("sat",), "01:00", "02:00"))
    assert calendar.occurrences(at(0, "00:00"), at(1, "00:00")) == (Window(at(0, "00:00"), at(1, "00:00")),)


def test_around_the_clock_has_no_seams() -> None:
    calendar = utc((EVERY_DAY, "12:00", "11:59"), (EVERY_DAY, "11:00", "12:30"))
    assert calendar.occurrences(at(0, "00:00"), at(400, "00:00")) == (Window(at(0, "00:00"), at(400, "00:00")),)


def test_occurrence_is_cut_at_the_ends_of_the_asked_time() -> None:
    calendar = utc((("sat",), "22:00", "05:00"))
    from_at, until_at = at(0, "23:00") + timedelta(seconds=7), at(1, "04:00") + timedelta(microseconds=3)
    assert calendar.occurrences(from_at, until_at) == (Window(from_at, until_at),)


def test_nothing_is_asked_nothing_is_found() -> None:
    calendar = utc((EVERY_DAY, "00:00", "24:00"))
    assert calendar.occurrences(at(1, "00:00"), at(1, "00:00")) == ()
    assert calendar.occurrences(at(1, "00:00"), at(0, "00:00")) == ()


def test_window_partly_outside_is_not_admitted() -> None:
    calendar = utc((("sat",), "22:00", "05:00"))
    assert calendar.admits(Window(at(0, "22:00"), at(1, "05:00")))
    assert not calendar.admits(Window(at(0, "21:59"), at(1, "05:00")))
    assert not calendar.admits(Window(at(0, "22:00"), at(1, "05:01")))


def test_calendar_without_windows_admits_nothing() -> None:
    assert not utc().contains(at(0, "12:00"))
    assert utc().occurrences(at(0, "00:00"), at(30, "00:00")) == ()


def test_weekdays_of_a_str_enum_will_do() -> None:
    class Weekday(StrEnum):
        SAT = "sat"

    assert WeeklyWindow((Weekday.SAT,), "22:00", "05:00") == WeeklyWindow(("sat",), "22:00", "05:00")


@pytest.mark.parametrize(
    ("start", "end", "crosses"), [("22:00", "05:00", True), ("22:00", "24:00", False), ("22:00", "00:00", False)]
)
def test_only_what_reaches_into_the_next_day_crosses_midnight(start: str, end: str, crosses: bool) -> None:
    assert WeeklyWindow(("sat",), start, end).crosses_midnight is crosses


@pytest.mark.parametrize(
    ("days", "start", "end", "sentence"),
    [
        ((), "22:00", "05:00", "must be one or more of mon"),
        (("sat", "sat"), "22:00", "05:00", "each once"),
        (("Saturday",), "22:00", "05:00", "must be one or more of mon"),
        (("sat",), "24:00", "05:00", "start '24:00' is not a local time from 00:00 to 23:59"),
        (("sat",), "9:00", "10:00", "start '9:00' is not a local time"),
        (("sat",), "٠٩:٠٠", "10:00", "is not a local time"),
        (("sat",), "09:00\n", "10:00", "is not a local time"),
        (("sat",), "09:00", "25:00", "end '25:00' is not a local time from 00:00 to 24:00"),
        (("sat",), "09:00", "24:01", "end '24:01' is not a local time"),
        (("sat",), "09:00", "09:00", "write 00:00 to 24:00 for a whole day"),
    ],
)
def test_what_is_no_weekly_window_is_refused_with_the_reason(
    days: tuple[str, ...], start: str, end: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        WeeklyWindow(days, start, end)


@pytest.mark.parametrize("zone", ["Europe", "Europe/Bärlin", "", "../etc/passwd", "/etc/passwd", "a\x00b", "x" * 5000])
def test_unknown_zone_is_refused_with_a_remedy(zone: str) -> None:
    with pytest.raises(UnknownZoneError, match="write one such as 'Europe/Berlin'"):
        WeeklyCalendar(zone, ())


def test_naive_instants_are_refused() -> None:
    naive = datetime(2026, 11, 28)  # noqa: DTZ001  what is tested
    with pytest.raises(ValueError, match="is naive"):
        utc().contains(naive)
    with pytest.raises(ValueError, match="until_at 2026-11-28T00:00:00 is naive"):
        utc().occurrences(SATURDAY, naive)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
def test_calendar_reaches_to_both_ends_of_time(zone: str) -> None:
    calendar = WeeklyCalendar(zone, (WeeklyWindow(EVERY_DAY, "00:00", "24:00"),))
    first = datetime(1, 1, 1, tzinfo=UTC)
    last = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert calendar.occurrences(first, first + timedelta(days=3)) == (Window(first, first + timedelta(days=3)),)
    assert calendar.occurrences(last - timedelta(days=3), last) == (Window(last - timedelta(days=3), last),)
