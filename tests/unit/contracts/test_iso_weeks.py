"""Weeks of ISO 8601, where they differ from what one expects at the turn of the year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.weeks import parse_week, week_after, week_of, week_starts_at


@pytest.mark.parametrize(
    ("week", "monday"),
    [
        ("2026-W01", datetime(2025, 12, 29, tzinfo=UTC)),
        ("2026-W49", datetime(2026, 11, 30, tzinfo=UTC)),
        ("2026-W53", datetime(2026, 12, 28, tzinfo=UTC)),
        ("2027-W01", datetime(2027, 1, 4, tzinfo=UTC)),
        ("2024-W01", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_week_starts_on_its_monday_in_utc(week: str, monday: datetime) -> None:
    assert week_starts_at(week) == monday
    assert week_of(monday) == week
    assert week_of(monday - timedelta(microseconds=1)) == week_after(week, -1)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (datetime(2027, 1, 1, tzinfo=UTC), "2026-W53"),
        (datetime(2027, 1, 3, 23, 59, tzinfo=UTC), "2026-W53"),
        (datetime(2024, 12, 30, tzinfo=UTC), "2025-W01"),
        (datetime(2022, 1, 1, tzinfo=UTC), "2021-W52"),
    ],
)
def test_days_around_new_year_belong_to_the_week_of_their_thursday(day: datetime, week: str) -> None:
    assert week_of(day) == week


def test_week_of_an_instant_is_its_week_in_utc() -> None:
    monday_in_the_east = datetime(2026, 11, 30, 1, tzinfo=timezone(timedelta(hours=2)))
    assert week_of(monday_in_the_east) == "2026-W48"


def test_weeks_are_counted_over_the_end_of_a_long_year() -> None:
    assert week_after("2026-W52") == "2026-W53"
    assert week_after("2026-W53") == "2027-W01"
    assert week_after("2027-W52") == "2028-W01"
    assert week_after("2026-W49", 0) == "2026-W49"


def test_week_is_taken_apart() -> None:
    assert parse_week("2026-W53") == (2026, 53)
    with pytest.raises(ValueError, match="the year 2027 has no ISO week 53"):
        parse_week("2027-W53")
    with pytest.raises(ValueError, match="'2026-49' is not an ISO week such as 2026-W49"):
        parse_week("2026-49")


@given(st.datetimes(datetime(1, 2, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds
def test_every_instant_lies_in_its_week(instant: datetime) -> None:
    starts_at = week_starts_at(week_of(instant))
    assert starts_at <= instant < starts_at + timedelta(days=7)
    assert starts_at.isoweekday() == 1


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), st.integers(-500, 500))  # noqa: DTZ001
def test_going_there_and_back_is_staying(instant: datetime, weeks: int) -> None:
    week = week_of(instant)
    assert week_after(week_after(week, weeks), -weeks) == week
