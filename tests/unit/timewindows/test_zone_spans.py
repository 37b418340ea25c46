"""The table of a zone's offsets: it agrees with `zoneinfo`, and its probing misses no change of any zone."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_timewindows.zone import EPOCH, PROBE, SECOND, check_zone, microseconds, spans

ZONES = sorted(zone for zone in available_timezones() if "/" in zone)
instants = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds


@given(st.sampled_from(ZONES), instants, st.timedeltas(timedelta(seconds=1), timedelta(days=700)))
def test_spans_have_no_gaps_and_the_offsets_of_zoneinfo(zone: str, from_at: datetime, length: timedelta) -> None:
    starts, ends = microseconds(from_at), microseconds(from_at + length)
    table = list(spans(zone, starts, ends))
    assert (table[0].starts, table[-1].ends) == (starts, ends)
    assert all(before.ends == after.starts for before, after in pairwise(table))
    for span in table:
        for instant in (span.starts, (span.starts + span.ends) // 2, span.ends - 1):
            there = (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))
            assert there.utcoffset() == timedelta(microseconds=span.offset)


def test_change_of_the_clocks_is_found_to_the_second() -> None:
    year = [microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (2026, 2027)]
    changes = {span.starts for span in spans("Europe/Berlin", *year)} - {year[0]}
    spring, autumn = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert {microseconds(spring), microseconds(autumn)} <= changes


def test_seconds_of_an_offset_are_kept() -> None:
    """Monrovia was 44 minutes and 30 seconds behind until 1972."""
    starts = microseconds(datetime(1971, 6, 1, tzinfo=UTC))
    assert [span.offset for span in spans("Africa/Monrovia", starts, starts + 1)] == [-(44 * 60 + 30) * SECOND]


def test_nothing_is_asked_nothing_is_found() -> None:
    assert list(spans("UTC", 5, 5)) == list(spans("UTC", 5, 4)) == []


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Etc/GMT+12"])
def test_known_zone_passes(zone: str) -> None:
    check_zone(zone)


def test_no_zone_changes_its_offset_twice_between_two_probes() -> None:
    """What `PROBE` relies on. A newer zone database that breaks it must be noticed here, not by a customer."""
    closest = min(
        (later - earlier, zone)
        for zone in ZONES
        for earlier, later in pairwise(_changes(zone))
        if later >= 0  # since 1970
    )
    assert closest[0] * SECOND > 3 * PROBE, closest


@cache
def _changes(zone: str) -> tuple[int, ...]:
    """Return the seconds since 1970 at which the offset changes, from the zone's file (RFC 9636, version 2 data)."""
    data = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()
    is_ut, is_std, leap, times, types, letters = struct.unpack(">20x6l", data[:44])
    second_header = 44 + times * 5 + types * 6 + letters + leap * 8 + is_std + is_ut
    *_, times, types, _ = struct.unpack(">20x6l", data[second_header : second_header + 44])
    start = second_header + 44
    instants = struct.unpack(f">{times}q", data[start : start + times * 8])
    kinds = data[start + times * 8 : start + times * 9]
    table = data[start + times * 9 : start + times * 9 + types * 6]
    offsets = [struct.unpack(">l", table[kind * 6 : kind * 6 + 4])[0] for kind in kinds]
    return tuple(instants[i] for i in range(1, times) if offsets[i] != offsets[i - 1])
