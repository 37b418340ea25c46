"""Seats for customers: each gets the floor or the ceiling of its share, by largest remainder, within bounds.

Largest remainder keeps the quota rule, which divisor methods may break; its paradoxes concern a house that grows, and
a week is cut once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Party = TypeVar("Party")


class Claim(NamedTuple):
    """What a party may claim: seats in proportion to its weight, at least `least`, at most `most`."""

    weight: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Seats(Generic[Party]):
    """The outcome: `sure` seats, and `spare` more: one each for some of those `tied`, whose remainders are equal."""

    sure: Mapping[Party, int]
    tied: frozenset[Party] = frozenset()
    spare: int = 0


def apportion(seats: int, claims: Mapping[Party, Claim]) -> Seats[Party]:
    """Return who gets how many of so many seats; all are given unless the parties may not have that many.

    A party that cannot reach its floor leaves the rest to the others, and one that must have more than its ceiling
    takes it from the others, by the same rule over what is left.
    """
    settled: dict[Party, int] = {}
    contending = dict(claims)
    left = min(seats, sum([claim.most for claim in claims.values()]))
    while contending:
        bounds = _bounds(left, contending)
        if sum([bound.low for bound in bounds.values()]) > left:
            done = {party: bound.low for party, bound in bounds.items() if bound.low > bound.floor}
        elif sum([bound.high for bound in bounds.values()]) < left:
            done = {party: bound.high for party, bound in bounds.items() if bound.high < bound.ceiling}
        else:
            return _by_remainder(left, bounds, settled)
        settled |= done
        left -= sum(done.values())
        for party in done:
            del contending[party]
    return Seats(settled)


class _Bounds(NamedTuple):
    """Floor and ceiling of a party's share, the remainder between them, and what its claim makes of them."""

    floor: int
    ceiling: int
    remainder: int
    low: int
    high: int


def _bounds(seats: int, claims: Mapping[Party, Claim]) -> dict[Party, _Bounds]:
    total = sum([claim.weight for claim in claims.values()])
    bounds = {}
    for party, (weight, least, most) in claims.items():
        floor, remainder = divmod(seats * weight, total)
        ceiling = floor + 1 if remainder else floor
        # max() and min() in the plain: calls would take most of the time of a house of many thousand parties.
        low = floor if floor < most else most
        low = low if low > least else least
        high = ceiling if ceiling > least else least
        bounds[party] = _Bounds(floor, ceiling, remainder, low, high if high < most else most)
    return bounds


def _by_remainder(seats: int, bounds: Mapping[Party, _Bounds], settled: Mapping[Party, int]) -> Seats[Party]:
    sure = dict(settled) | {party: bound.low for party, bound in bounds.items()}
    spare = seats - sum([bound.low for bound in bounds.values()])
    if spare == 0:
        return Seats(sure)
    hopeful = [(bound.remainder, party) for party, bound in bounds.items() if bound.high > bound.low]
    last = sorted([remainder for remainder, _ in hopeful], reverse=True)[spare - 1]
    certain = [party for remainder, party in hopeful if remainder > last]
    tied = [party for remainder, party in hopeful if remainder == last]
    if len(certain) + len(tied) == spare:
        certain, tied = certain + tied, []
    for party in certain:
        sure[party] += 1
    return Seats(sure, frozenset(tied), spare - len(certain))
