"""The missing and the repeated hour, by name: the wall clock is obeyed on every day of every zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mweek_timewindows import WeeklyCalendar, WeeklyWindow, Window

EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def daily(zone: str, start: str, end: str) -> WeeklyCalendar:
    """Build a calendar with one window on every day."""
    return WeeklyCalendar(zone, (WeeklyWindow(EVERY_DAY, start, end),))


def found(calendar: WeeklyCalendar, from_at: str, until_at: str) -> list[str]:
    """Return the occurrences as text, e.g. `29 01:00-02:00` (day of the month and UTC times)."""
    windows = calendar.occurrences(_instant(from_at), _instant(until_at))
    return [f"{w.opens_at:%d %H:%M}-{w.closes_at:%H:%M}" for w in windows]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_berlin_night_is_an_hour_shorter_in_spring() -> None:
    night = daily("Europe/Berlin", "22:00", "05:00")
    assert found(night, "2026-03-28T12:00", "2026-03-29T12:00") == ["28 21:00-03:00"]


def test_berlin_night_is_an_hour_longer_in_autumn() -> None:
    night = daily("Europe/Berlin", "22:00", "05:00")
    assert found(night, "2026-10-24T12:00", "2026-10-25T12:00") == ["24 20:00-04:00"]


def test_window_inside_the_missing_hour_is_gone_that_day() -> None:
    short = daily("Europe/Berlin", "02:15", "02:45")
    assert found(short, "2026-03-28T00:00", "2026-03-31T00:00") == ["28 01:15-01:45", "30 00:15-00:45"]


def test_window_that_starts_in_the_missing_hour_opens_when_the_clocks_have_jumped() -> None:
    early = daily("Europe/Berlin", "02:30", "04:00")
    assert found(early, "2026-03-29T00:00", "2026-03-30T00:00") == ["29 01:00-02:00"]


def test_window_that_ends_in_the_missing_hour_closes_when_the_clocks_jump() -> None:
    early = daily("Europe/Berlin", "01:00", "02:30")
    assert found(early, "2026-03-28T12:00", "2026-03-29T12:00") == ["29 00:00-01:00"]


def test_window_inside_the_repeated_hour_comes_twice() -> None:
    short = daily("Europe/Berlin", "02:30", "02:45")
    assert found(short, "2026-10-25T00:00", "2026-10-26T00:00") == ["25 00:30-00:45", "25 01:30-01:45"]


def test_window_that_is_exactly_the_repeated_hour_is_two_hours_long() -> None:
    hour = daily("Europe/Berlin", "02:00", "03:00")
    assert found(hour, "2026-10-25T00:00", "2026-10-26T00:00") == ["25 00:00-02:00"]


def test_window_that_ends_in_the_repeated_hour_has_a_second_piece() -> None:
    evening = daily("Europe/Berlin", "22:00", "02:30")
    assert found(evening, "2026-10-24T12:00", "2026-10-25T12:00") == ["24 20:00-00:30", "25 01:00-01:30"]


def test_window_that_starts_in_the_repeated_hour_has_a_first_piece() -> None:
    morning = daily("Europe/Berlin", "02:30", "04:00")
    assert found(morning, "2026-10-25T00:00", "2026-10-26T00:00") == ["25 00:30-01:00", "25 01:30-03:00"]


def test_piece_before_the_clocks_go_back_does_not_admit_a_window_over_the_gap() -> None:
    evening = daily("Europe/Berlin", "22:00", "02:30")
    assert evening.admits(Window(_instant("2026-10-24T23:30"), _instant("2026-10-25T00:30")))
    assert not evening.admits(Window(_instant("2026-10-25T00:00"), _instant("2026-10-25T01:15")))


def test_sunday_of_a_saturday_window_is_shortened_by_the_missing_hour() -> None:
    calendar = WeeklyCalendar("Europe/Berlin", (WeeklyWindow(("sat",), "23:00", "04:00"),))
    assert found(calendar, "2026-03-28T12:00", "2026-03-29T12:00") == ["28 22:00-02:00"]


def test_lord_howe_moves_its_clocks_by_half_an_hour() -> None:
    hours = daily("Australia/Lord_Howe", "01:00", "03:00")
    assert found(hours, "2026-04-04T12:00", "2026-04-05T12:00") == ["04 14:00-16:30"]
    assert found(hours, "2026-10-03T12:00", "2026-10-04T12:00") == ["03 14:30-16:00"]


def test_troll_moves_its_clocks_by_two_hours() -> None:
    hours = daily("Antarctica/Troll", "00:00", "04:00")
    assert found(hours, "2026-03-28T12:00", "2026-03-29T12:00") == ["29 00:00-02:00"]
    assert found(hours, "2026-10-24T12:00", "2026-10-25T12:00") == ["24 22:00-04:00"]


def test_chatham_changes_at_a_quarter_to_three() -> None:
    hours = daily("Pacific/Chatham", "02:30", "04:00")
    assert found(hours, "2026-09-26T00:00", "2026-09-27T00:00") == ["26 13:45-14:15"]


def test_casablanca_goes_back_for_ramadan() -> None:
    hours = daily("Africa/Casablanca", "02:00", "04:00")
    assert found(hours, "2026-02-14T12:00", "2026-02-15T12:00") == ["15 01:00-04:00"]
    assert found(hours, "2026-03-21T12:00", "2026-03-22T12:00") == ["22 02:00-03:00"]


def test_tehran_left_out_the_hour_after_midnight() -> None:
    hours = daily("Asia/Tehran", "23:30", "01:30")
    assert found(hours, "2022-03-21T12:00", "2022-03-22T12:00") == ["21 20:00-21:00"]


def test_santiago_lives_the_last_hour_of_saturday_twice() -> None:
    calendar = WeeklyCalendar("America/Santiago", (WeeklyWindow(("sat",), "23:00", "24:00"),))
    assert found(calendar, "2026-04-04T12:00", "2026-04-05T12:00") == ["05 02:00-04:00"]


def test_apia_had_no_friday_so_friday_windows_were_gone() -> None:
    fridays = WeeklyCalendar("Pacific/Apia", (WeeklyWindow(("fri",), "08:00", "20:00"),))
    assert found(fridays, "2011-12-28T00:00", "2012-01-04T00:00") == []


def test_kathmandu_is_five_hours_and_three_quarters_ahead() -> None:
    night = daily("Asia/Kathmandu", "22:00", "05:00")
    assert found(night, "2026-06-01T12:00", "2026-06-02T12:00") == ["01 16:15-23:15"]


def test_a_whole_year_of_whole_days_has_no_seams_at_any_change() -> None:
    always = daily("Europe/Berlin", "00:00", "24:00")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert always.occurrences(start, start + timedelta(days=365)) == (Window(start, start + timedelta(days=365)),)
