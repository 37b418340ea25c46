"""How many windows are open at once: counted in a tree as they are added, and by looking at every minute."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from mweek_auditor.domain.windows.limits import most_at_once
from mweek_auditor.domain.windows.tally import Tally
from mweek_timewindows import Window

from tests.support.window_cases import NOW

MINUTE = timedelta(minutes=1)
times = st.tuples(st.integers(0, 40), st.integers(1, 15)).map(
    lambda drawn: Window(NOW + drawn[0] * MINUTE, NOW + (drawn[0] + drawn[1]) * MINUTE)
)


@given(st.lists(times, min_size=1, max_size=25))
def test_the_most_windows_in_a_time_and_where_are_those_that_each_minute_shows(drawn: list[Window]) -> None:
    tally = Tally(drawn)
    for number, time in enumerate(drawn):
        minutes = [time.opens_at + minute * MINUTE for minute in range(time.length // MINUTE)]
        counts = [sum(other.contains(at) for other in drawn[:number]) for at in minutes]
        most, at = tally.most(time)
        assert most == max(counts)
        assert sum(other.contains(at) for other in drawn[:number]) == most
        tally.add(time)


@given(st.lists(times, max_size=25))
def test_the_busiest_instant_is_that_of_the_busiest_minute(drawn: list[Window]) -> None:
    counts = [sum(one.contains(NOW + minute * MINUTE) for one in drawn) for minute in range(56)]
    assert most_at_once(iter(drawn)) == max(counts)
