"""Seats for customers: each gets the floor or the ceiling of its share, by largest remainder, within bounds.

Largest remainder keeps the quota rule, which divisor methods may break; its paradoxes concern a house that grows, and
a week is cut once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Party = TypeVar("Party")


@dataclass(frozen=True, slots=True)
class Claim:
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
    left = min(seats, sum(claim.most for claim in claims.values()))
    while contending:
        total = sum(claim.weight for claim in contending.values())
        bounds = {party: _Bounds.of(claim, left, total) for party, claim in contending.items()}
        if sum(bound.low for bound in bounds.values()) > left:
            done = {party: bound.low for party, bound in bounds.items() if bound.low > bound.floor}
        elif sum(bound.high for bound in bounds.values()) < left:
            done = {party: bound.high for party, bound in bounds.items() if bound.high < bound.ceiling}
        else:
            return _by_remainder(left, bounds, settled)
        settled |= done
        left -= sum(done.values())
        contending = {party: claim for party, claim in contending.items() if party not in done}
    return Seats(settled)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Floor and ceiling of a party's share, the remainder between them, and what its claim makes of them."""

    floor: int
    ceiling: int
    remainder: int
    low: int
    high: int

    @classmethod
    def of(cls, claim: Claim, seats: int, total: int) -> _Bounds:
        floor, remainder = divmod(seats * claim.weight, total)
        ceiling = floor + (remainder > 0)
        return cls(
            floor,
            ceiling,
            remainder,
            low=max(claim.least, min(floor, claim.most)),
            high=min(claim.most, max(ceiling, claim.least)),
        )


def _by_remainder(seats: int, bounds: Mapping[Party, _Bounds], settled: Mapping[Party, int]) -> Seats[Party]:
    sure = dict(settled) | {party: bound.low for party, bound in bounds.items()}
    spare = seats - sum(bound.low for bound in bounds.values())
    hopeful = sorted(
        (party for party, bound in bounds.items() if bound.high > bound.low), key=lambda p: -bounds[p].remainder
    )
    if spare == 0:
        return Seats(sure)
    last = bounds[hopeful[spare - 1]].remainder
    certain = [party for party in hopeful if bounds[party].remainder > last]
    tied = [party for party in hopeful if bounds[party].remainder == last]
    if len(certain) + len(tied) == spare:
        certain, tied = certain + tied, []
    for party in certain:
        sure[party] += 1
    return Seats(sure, frozenset(tied), spare - len(certain))
