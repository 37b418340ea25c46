"""Random customers, bookings and requests: the planner and the judge, who looks at every minute, say the same."""

from __future__ import annotations

from hypothesis import given, settings
from mweek_planner.domain.requests import Grant, Refusal, answer, earliest_window

from tests.support import window_oracle as judge
from tests.support.window_oracle import Situation
from tests.support.window_situations import planner_case, situations, times_of

EXAMPLES = 300 if settings().derandomize else 3_000
"""Hundreds of the same ones in every run, thousands of new ones with `HYPOTHESIS_PROFILE=explore`."""


@settings(max_examples=EXAMPLES)
@given(situations(own_windows=False))
def test_granted_window_is_the_earliest_or_the_refusal_is_right_and_so_is_its_alternative(situation: Situation) -> None:
    found = earliest_window(*planner_case(situation))
    if isinstance(found, Refusal):
        alternative = judge.earliest_without_deadline(situation) if situation.wish.deadline else None
        assert judge.earliest(situation) == found.code
        assert (None if found.alternative is None else times_of(found.alternative)) == alternative
    else:
        assert judge.earliest(situation) == times_of(found)


@settings(max_examples=EXAMPLES)
@given(situations())
def test_request_shares_the_window_that_the_judge_says_and_no_other(situation: Situation) -> None:
    case, occupancy = planner_case(situation)
    told = answer(case, occupancy, window_id="new")
    expected, shared = judge.answer(situation)
    if isinstance(told, Grant):
        assert times_of(told.booking.window) == expected
        assert (None if told.previous is None else times_of(told.previous.window)) == (
            None if shared is None else (shared.opens_at, shared.closes_at)
        )
    else:
        assert told.code == expected
        assert (None if told.alternative is None else times_of(told.alternative)) == judge.alternative(situation)
