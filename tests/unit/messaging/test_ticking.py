"""When a ticker is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_messaging.ticking import next_multiple

from tests.support.ids import at


def test_ticker_of_five_minutes_is_due_at_the_next_full_five_minutes() -> None:
    assert next_multiple(at("2026-11-23T08:02:10Z"), timedelta(minutes=5)) == at("2026-11-23T08:05Z")


def test_instant_that_is_due_now_belongs_to_the_past() -> None:
    assert next_multiple(at("2026-11-23T08:05Z"), timedelta(minutes=5)) == at("2026-11-23T08:10Z")


@pytest.mark.parametrize("every", [timedelta(0), timedelta(seconds=-1)])
def test_interval_of_nothing_is_refused(every: timedelta) -> None:
    with pytest.raises(ValueError, match="must be longer than nothing"):
        next_multiple(at("2026-11-23T08:05Z"), every)


@given(now=st.datetimes(min_value=at("1971-01-01T00:00Z").replace(tzinfo=None)), seconds=st.integers(1, 100_000))
def test_due_instants_of_any_two_processes_are_the_same(now: object, seconds: int) -> None:
    every = timedelta(seconds=seconds)
    present = at(str(now) + "+00:00")
    due_at = next_multiple(present, every)
    assert timedelta(0) < due_at - present <= every
    assert next_multiple(due_at - every / 2, every) == due_at
