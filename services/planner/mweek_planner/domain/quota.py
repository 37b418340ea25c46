"""How many machines an entry takes: integers only, so that 29 % of 100 are 29."""

from __future__ import annotations

from collections.abc import Sequence

from mweek_planner.domain.pattern import BASIS_POINTS, Entry, QuotaKind
from mweek_planner.domain.selector import Selector


def targets(entries: Sequence[Entry], populations: Sequence[int]) -> tuple[int | None, ...]:
    """Return the target of each entry of a week, None where it is unbounded.

    Shares of one selector are cut from its population by cumulative ceiling, so that they add up exactly and the first
    is never empty: 7 machines at 5 %, 20 %, 30 % and the rest give 1, 1, 2 and 3.

    Args:
        entries: all entries, in the order of the pattern.
        populations: for each, how many machines its selector matches.
    """
    shared: dict[Selector, int] = {}
    result: list[int | None] = []
    for entry, population in zip(entries, populations, strict=True):
        if entry.quota.kind is QuotaKind.SHARE:
            before = shared.get(entry.selector, 0)
            after = shared[entry.selector] = before + entry.quota.amount
            result.append(share_up(population, after) - share_up(population, before))
        else:
            result.append(_target(entry, population))
    return tuple(result)


def share_up(population: int, basis_points: int) -> int:
    """Return the share, rounded up."""
    return -(-population * basis_points // BASIS_POINTS)


def share_down(population: int, basis_points: int) -> int:
    """Return the share, rounded down."""
    return population * basis_points // BASIS_POINTS


def percent(basis_points: int) -> str:
    """Return a share as people write it: `30%`, `12.5%`."""
    whole, hundredths = divmod(basis_points, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") + "%" if hundredths else f"{whole}%"


def _target(entry: Entry, population: int) -> int | None:
    match entry.quota.kind:
        case QuotaKind.COUNT:
            return min(entry.quota.amount, population)
        case QuotaKind.AT_MOST:
            return share_down(population, entry.quota.amount)
        case QuotaKind.SAMPLE:
            return share_up(population, entry.quota.amount)
        case _:
            return None
