"""Weeks, times and numbers: what they take, what they refuse, and what they say then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.fields import ClockTime, Count, DowntimeMinutes, NoticeHours, PositiveCount, UtcDatetime, Week

from tests.support.field_reading import read, reader, refusal


class TestWeek:
    @pytest.mark.parametrize(
        "week", ["2026-W01", "2026-W49", "2026-W53", "2020-W53", "2027-W52", "9999-W52", "0001-W01"]
    )
    def test_weeks_that_the_year_has_are_taken(self, week: str) -> None:
        assert read(Week, week) == week

    @pytest.mark.parametrize("week", ["2027-W53", "2025-W53", "2026-W00", "2026-W54", "2026-W99", "0000-W01"])
    def test_weeks_that_the_year_does_not_have_are_refused(self, week: str) -> None:
        assert refusal(Week, week) == f"the year {int(week[:4])} has no ISO week {int(week[6:])}"

    @pytest.mark.parametrize(
        "week",
        ["", "2026-49", "2026W49", "2026-w49", "26-W49", "2026-W4", "2026-W049", " 2026-W49", "2026-W49\n", "٢٠٢٦-W٤٩"],
    )
    def test_what_is_written_otherwise_is_refused(self, week: str) -> None:
        assert refusal(Week, week).endswith("is not an ISO week such as 2026-W49")


class TestTime:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("2026-11-30T09:00Z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30T09:00:00Z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30 10:00+01:00", datetime(2026, 11, 30, 9, tzinfo=UTC)),
            ("2026-11-30T14:45:00.123456+05:45", datetime(2026, 11, 30, 9, 0, 0, 123456, tzinfo=UTC)),
            ("2026-11-30t09:00:00z", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        ],
    )
    def test_any_offset_is_taken_and_kept_in_utc(self, written: str, kept: datetime) -> None:
        found = read(UtcDatetime, written)
        assert found == kept
        assert found.tzinfo is UTC

    @pytest.mark.parametrize(
        "value", [1_795_942_800, "1795942800", 1.5, True, None, "2026", "2026-11-30", "", "now", []]
    )
    def test_numbers_and_dates_are_no_times(self, value: object) -> None:
        assert refusal(UtcDatetime, value)

    @pytest.mark.parametrize(
        "value",
        [
            *(
                "2026-11-30T09:00",
                "2026-11-30T24:00Z",
                "2026-11-30T23:59:60Z",
                "2026-02-29T00:00Z",
                "2026-13-01T00:00Z",
            ),
            *("0000-01-01T00:00Z", "10000-01-01T00:00Z", "2026-11-30T09:00Z\n", "2026-11-30T09:00 Europe/Berlin"),
        ],
    )
    def test_naive_and_impossible_times_are_refused(self, value: str) -> None:
        assert refusal(UtcDatetime, value)

    @pytest.mark.parametrize("value", ["0001-01-01T00:00+01:00", "9999-12-31T23:59:59-01:00"])
    def test_times_that_utc_does_not_reach_are_refused(self, value: str) -> None:
        assert refusal(UtcDatetime, value) == "lies outside the years 1 to 9999 in UTC"

    @given(
        st.datetimes(
            datetime(2, 1, 1),  # noqa: DTZ001  bounds are naive
            datetime(9998, 1, 1),  # noqa: DTZ001
            timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
        )
    )
    def test_every_instant_comes_back_from_json_as_the_same_instant_in_utc(self, instant: datetime) -> None:
        adapter = reader(UtcDatetime)
        text = adapter.dump_json(adapter.validate_python(instant)).decode()
        assert text.endswith('Z"')
        assert adapter.validate_json(text) == instant


class TestClockTime:
    @pytest.mark.parametrize("clock", ["00:00", "09:05", "19:59", "23:59", "24:00"])
    def test_times_of_day_are_taken(self, clock: str) -> None:
        assert read(ClockTime, clock) == clock

    @pytest.mark.parametrize(
        "clock", ["9:00", "24:01", "25:00", "12:60", "12:00:00", "", "12:00\n", "٠٩:٠٠", "noon", "-1:00"]
    )
    def test_what_is_no_time_of_day_is_refused(self, clock: str) -> None:
        assert refusal(ClockTime, clock).startswith("String should match pattern")

    def test_a_number_is_refused_as_yaml_makes_one_of_22_00(self) -> None:
        assert refusal(ClockTime, 1320) == "Input should be a valid string"


class TestNumbers:
    @pytest.mark.parametrize(
        ("kind", "lowest", "highest"),
        [(Count, 0, 2**31 - 1), (PositiveCount, 1, 2**31 - 1), (DowntimeMinutes, 0, 10_080), (NoticeHours, 0, 1_440)],
    )
    def test_bounds_belong_to_the_range_and_nothing_beyond(self, kind: Any, lowest: int, highest: int) -> None:
        assert (read(kind, lowest), read(kind, highest)) == (lowest, highest)
        assert "greater than or equal" in refusal(kind, lowest - 1)
        assert "less than or equal" in refusal(kind, highest + 1)
        assert "less than or equal" in refusal(kind, 10**30)

    @pytest.mark.parametrize("value", ["1", 1.5, 1.0, None, [1]])
    def test_what_is_no_integer_is_refused(self, value: object) -> None:
        assert refusal(Count, value)

    def test_a_truth_value_is_no_number(self) -> None:
        assert refusal(Count, True) == "is a truth value where a number is expected"
