"""Seats for customers: largest remainder, within bounds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st
from mweek_planner.domain.apportionment import Claim, Seats, apportion


def claims(*weights: int) -> dict[str, Claim]:
    """Return unbounded claims of customers a, b, c, …"""
    return {"abcdefgh"[n]: Claim(weight, least=0, most=weight) for n, weight in enumerate(weights)}


def test_the_largest_remainders_get_the_seats_that_floors_leave() -> None:
    assert dict(apportion(10, claims(56, 33, 11)).sure) == {"a": 6, "b": 3, "c": 1}


def test_equal_remainders_share_the_spare_seats() -> None:
    assert apportion(1, claims(1, 1, 1)) == Seats({"a": 0, "b": 0, "c": 0}, frozenset("abc"), 1)


def test_who_cannot_reach_its_floor_leaves_the_rest_to_the_others() -> None:
    bounded = {"a": Claim(60, least=0, most=2), "b": Claim(20, least=0, most=20), "c": Claim(20, least=0, most=20)}

    assert dict(apportion(10, bounded).sure) == {"a": 2, "b": 4, "c": 4}


def test_who_must_have_more_than_its_ceiling_takes_it_from_the_others() -> None:
    bounded = {"a": Claim(10, least=5, most=10), "b": Claim(90, least=0, most=90)}

    assert dict(apportion(10, bounded).sure) == {"a": 5, "b": 5}


def test_no_more_seats_are_given_than_can_be_taken() -> None:
    assert dict(apportion(10, claims(1, 2)).sure) == {"a": 1, "b": 2}


def test_a_forced_seat_within_the_ceiling_moves_nobody_below_its_floor() -> None:
    bounded = {"a": Claim(1, least=1, most=1), "b": Claim(29, least=0, most=29), "c": Claim(70, least=0, most=70)}

    assert dict(apportion(10, bounded).sure) == {"a": 1, "b": 2, "c": 7}


bounded_claims = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 4), st.integers(0, 8)).map(
        lambda t: Claim(t[0], least=t[1], most=t[1] + t[2])
    ),
    min_size=1,
    max_size=5,
)


@given(st.integers(0, 30), bounded_claims)
def test_all_seats_are_given_and_every_bound_is_kept(seats: int, given_claims: list[Claim]) -> None:
    least, most = sum(claim.least for claim in given_claims), sum(claim.most for claim in given_claims)
    seats = max(seats, least)

    outcome = apportion(seats, dict(enumerate(given_claims)))

    assert sum(outcome.sure.values()) + outcome.spare == min(seats, most)
    assert 0 <= outcome.spare <= len(outcome.tied)
    for party, claim in enumerate(given_claims):
        assert claim.least <= outcome.sure[party]
        assert outcome.sure[party] + (party in outcome.tied and outcome.spare > 0) <= claim.most


@given(st.integers(0, 12), bounded_claims.filter(lambda one: len(one) <= 3))
def test_everybody_is_at_floor_or_ceiling_whenever_the_bounds_let_them(seats: int, given_claims: list[Claim]) -> None:
    total = sum(claim.weight for claim in given_claims)
    shares = [Fraction(seats * claim.weight, total) for claim in given_claims]
    choices = [
        [n for n in {floor(share), ceil(share)} if claim.least <= n <= claim.most]
        for share, claim in zip(shares, given_claims, strict=True)
    ]
    fair = {combination for combination in product(*choices) if sum(combination) == seats}

    outcome = apportion(seats, dict(enumerate(given_claims)))

    if fair and sum(claim.least for claim in given_claims) <= seats:
        for party, share in enumerate(shares):
            assert floor(share) <= outcome.sure[party]
            assert outcome.sure[party] + (party in outcome.tied and outcome.spare > 0) <= ceil(share)
