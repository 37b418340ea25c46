"""The length formula, and what else a policy says."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mweek_planner.domain.requests import Grant, Occupancy, Policy, answer

from tests.support.window_requests import NOW, case, request

LENGTHS = {0: 20, 10: 20, 11: 20, 12: 25, 15: 25, 20: 35, 25: 40, 60: 85, 235: 300}


@pytest.mark.parametrize("minutes", LENGTHS)
def test_length_is_estimate_and_preparation_at_least_the_minimum_and_a_quarter_rounded_up(minutes: int) -> None:
    assert Policy().length(minutes) == timedelta(minutes=LENGTHS[minutes])


@given(st.integers(0, 10_080), st.integers(0, 300), st.integers(0, 120), st.integers(0, 120))
def test_length_is_the_smallest_multiple_of_five_that_is_enough(
    estimate: int, padding: int, minimum: int, preparation: int
) -> None:
    policy = Policy(padding_percent=padding, minimum_minutes=minimum, preparation_minutes=preparation)
    needed = max(minimum, estimate + preparation) * (100 + padding)
    assert policy.length(estimate) == timedelta(minutes=max(5, ceil(needed / 500) * 5))


def test_latest_start_leaves_time_for_preparation_and_estimate() -> None:
    told = answer(case(request(20)), Occupancy(NOW), window_id="new")
    assert isinstance(told, Grant)
    assert told.not_before == NOW
    assert told.must_end_by == NOW + timedelta(minutes=35)
    assert told.not_after == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("name", "number"), [("capacity", 0), ("padding_percent", -1), ("horizon_days", 0), ("horizon_days", 401)]
)
def test_policy_out_of_bounds_is_refused(name: str, number: int) -> None:
    with pytest.raises(ValueError, match=f"{name} is {number}, not between"):
        Policy(**{name: number})
