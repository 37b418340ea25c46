"""Windows are half-open: what touches does not overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_timewindows import Window, merged, without

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)


def hours(opens: float, closes: float) -> Window:
    """Build a window of Monday from two hours."""
    return Window(MONDAY + timedelta(hours=opens), MONDAY + timedelta(hours=closes))


def test_opening_instant_belongs_to_the_window_and_closing_instant_does_not() -> None:
    window = hours(9, 13)
    assert window.contains(window.opens_at)
    assert window.contains(window.closes_at - timedelta(microseconds=1))
    assert not window.contains(window.closes_at)
    assert not window.contains(window.opens_at - timedelta(microseconds=1))


def test_windows_that_touch_do_not_overlap() -> None:
    assert not hours(9, 13).overlaps(hours(13, 17))
    assert hours(9, 13).touches(hours(13, 17))
    assert hours(13, 17).touches(hours(9, 13))
    assert hours(9, 13).intersection(hours(13, 17)) is None


def test_windows_that_share_time_overlap_in_their_intersection() -> None:
    assert hours(9, 13).overlaps(hours(12, 17))
    assert not hours(9, 13).touches(hours(12, 17))
    assert hours(9, 13).intersection(hours(12, 17)) == hours(12, 13)
    assert hours(9, 13).intersection(hours(10, 11)) == hours(10, 11)


def test_window_covers_itself_and_what_lies_within() -> None:
    assert hours(9, 13).covers(hours(9, 13))
    assert hours(9, 13).covers(hours(9, 10))
    assert not hours(9, 13).covers(hours(12, 14))


def test_length_is_the_time_that_really_passes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Window(datetime(2026, 3, 28, 22, tzinfo=berlin), datetime(2026, 3, 29, 5, tzinfo=berlin))
    assert night.length == timedelta(hours=6)


def test_ends_are_kept_in_utc_whatever_zone_they_came_in() -> None:
    east = timezone(timedelta(hours=5, minutes=45))
    window = Window(datetime(2026, 11, 30, 5, 45, tzinfo=east), datetime(2026, 11, 30, 6, 45, tzinfo=east))
    assert window == hours(0, 1)
    assert window.opens_at.tzinfo is UTC
    assert str(window) == "2026-11-30T00:00Z to 2026-11-30T01:00Z"


@pytest.mark.parametrize("closes", [9.0, 8.0])
def test_window_without_length_is_refused(closes: float) -> None:
    with pytest.raises(ValueError, match="is not after opens_at"):
        hours(9, closes)


def test_naive_end_is_refused_by_name() -> None:
    naive = datetime(2026, 11, 30)  # noqa: DTZ001  what is tested
    with pytest.raises(ValueError, match="opens_at 2026-11-30T00:00:00 is naive"):
        Window(naive, MONDAY)
    with pytest.raises(ValueError, match="closes_at 2026-11-30T00:00:00 is naive"):
        Window(MONDAY, naive)


def test_end_before_the_year_one_in_utc_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        Window(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), MONDAY)


def test_merging_joins_what_overlaps_or_touches_and_sorts() -> None:
    assert merged([hours(13, 17), hours(20, 21), hours(9, 13), hours(10, 11)]) == (hours(9, 17), hours(20, 21))
    assert merged([]) == ()


def test_time_taken_out_leaves_the_pieces_around_it() -> None:
    assert without([hours(9, 17)], [hours(12, 13)]) == (hours(9, 12), hours(13, 17))
    assert without([hours(9, 12), hours(11, 17)], [hours(8, 10), hours(16, 20)]) == (hours(10, 16),)
    assert without([hours(9, 17)], [hours(9, 17)]) == ()
    assert without([hours(9, 17)], [hours(17, 18)]) == (hours(9, 17),)


some_windows = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: hours(pair[0], pair[0] + pair[1])), max_size=8
)


@given(some_windows)
def test_merging_changes_no_instant_and_leaves_gaps_between(windows: list[Window]) -> None:
    union = merged(windows)
    for half_hour in range(2 * 54):
        instant = MONDAY + timedelta(minutes=30 * half_hour)
        assert any(w.contains(instant) for w in union) == any(w.contains(instant) for w in windows)
    assert all(before.closes_at < after.opens_at for before, after in pairwise(union))


@given(some_windows, some_windows)
def test_what_is_left_is_what_is_not_taken(windows: list[Window], taken: list[Window]) -> None:
    left = without(windows, taken)
    for half_hour in range(2 * 54):
        instant = MONDAY + timedelta(minutes=30 * half_hour)
        expected = any(w.contains(instant) for w in windows) and not any(w.contains(instant) for w in taken)
        assert any(w.contains(instant) for w in left) == expected
    assert left == merged(left)


@given(some_windows.filter(lambda windows: len(windows) >= 2))
def test_intersection_is_what_both_contain(windows: list[Window]) -> None:
    one, other = windows[:2]
    shared = one.intersection(other)
    assert shared == other.intersection(one)
    assert (shared is not None) == one.overlaps(other) == other.overlaps(one)
    if shared is not None:
        assert one.covers(shared)
        assert other.covers(shared)
        assert shared.length <= min(one.length, other.length)
