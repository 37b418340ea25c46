"""The clock of a process: the system's, one that starts elsewhere, one that runs faster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_timewindows.clock import Clock

from tests.support.ids import at

REAL_START = at("2026-03-01T10:00Z")


@dataclass
class RealTime:
    """The machine's clocks, which a test moves."""

    now: datetime = REAL_START
    seconds: float = 5000.0

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds

    def clock(self, text: str) -> Clock:
        return Clock.parse(text, real_now=lambda: self.now, monotonic=lambda: self.seconds)


def test_empty_setting_is_the_system_s_time() -> None:
    real = RealTime()
    clock = real.clock("")
    real.passes(90)
    assert clock.now() == at("2026-03-01T10:01:30Z")
    assert clock.real_seconds(timedelta(minutes=1)) == 60.0


def test_system_s_time_is_told_in_utc_whatever_zone_it_comes_in() -> None:
    real = RealTime(now=datetime(2026, 3, 1, 11, tzinfo=timezone(timedelta(hours=1))))
    assert real.clock("").now().isoformat() == "2026-03-01T10:00:00+00:00"


def test_instant_stands_at_the_start_and_runs_on() -> None:
    real = RealTime()
    clock = real.clock("2026-11-23T08:00Z")
    assert clock.now() == at("2026-11-23T08:00Z")
    real.passes(90)
    assert clock.now() == at("2026-11-23T08:01:30Z")


def test_rate_makes_a_second_an_hour() -> None:
    real = RealTime()
    clock = real.clock("2026-11-23T08:00Z,x3600")
    real.passes(168)
    assert clock.now() == at("2026-11-30T08:00Z")
    assert clock.real_seconds(timedelta(hours=1)) == 1.0


def test_span_that_is_over_lasts_no_time() -> None:
    assert RealTime().clock("2026-11-23T08:00Z,x3600").real_seconds(timedelta(seconds=-5)) == 0.0


def test_real_time_stays_what_it_is_under_a_fast_clock() -> None:
    real = RealTime()
    clock = real.clock("2026-11-23T08:00Z,x3600")
    real.passes(1)
    assert clock.real_now() == at("2026-03-01T10:00:01Z")


def test_system_clock_that_is_set_back_does_not_touch_a_clock_of_its_own() -> None:
    real = RealTime()
    clock = real.clock("2026-11-23T08:00Z")
    real.now -= timedelta(hours=3)
    assert clock.now() == at("2026-11-23T08:00Z")


def test_processes_that_are_told_when_the_clock_started_agree() -> None:
    real = RealTime()
    setting = "2026-11-23T08:00Z,x3600,from=2026-03-01T09:59:58Z"
    early = real.clock(setting)
    real.passes(0.5)
    late = real.clock(setting)
    assert early.now() == late.now() == at("2026-11-23T10:30Z")


def test_offset_is_converted_to_utc() -> None:
    assert RealTime().clock("2026-11-23T09:00+01:00").now() == at("2026-11-23T08:00Z")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("tomorrow", "is not a clock"),
        ("2026-11-23T08:00Z,fast", "is not a clock"),
        ("2026-11-23T08:00Z,x", "is not a clock"),
        ("2026-11-23T08:00Z,x-5", "is not a clock"),
        ("2026-11-23T08:00Z,x1.5", "is not a clock"),
        ("x3600", "is not a clock"),
        ("2026-11-23T08:00", "has no zone; end it with Z for UTC"),
        ("2026-11-23T08:00Z,from=2026-03-01T10:00", "has no zone"),
        ("2026-11-23T08:00Z,x0", "the rate goes from x1 to x1000000"),
        ("2026-11-23T08:00Z,x9999999", "the rate goes from x1 to x1000000"),
    ],
)
def test_setting_that_is_no_clock_is_refused_with_what_it_may_look_like(setting: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="MWEEK_CLOCK") as refused:
        RealTime().clock(setting)
    assert sentence in str(refused.value)


@given(
    rate=st.integers(1, 1_000_000),
    steps=st.lists(st.floats(0, 3600, allow_nan=False, allow_infinity=False), min_size=1, max_size=20),
)
def test_clock_never_goes_back_and_runs_at_its_rate(rate: int, steps: list[float]) -> None:
    real = RealTime()
    clock = real.clock(f"2026-11-23T08:00Z,x{rate}")
    seen = [clock.now()]
    for step in steps:
        real.passes(step)
        seen.append(clock.now())
    assert seen == sorted(seen)
    passed = (seen[-1] - seen[0]).total_seconds() / rate
    assert passed == pytest.approx(sum(steps), abs=1e-3)
