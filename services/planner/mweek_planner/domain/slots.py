"""Slots: the disjoint parts of a phase that redundancy peers get who have to share it. Minutes from its opening."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from mweek_planner.domain.machine import STEP_MINUTES

Span = tuple[int, int]
"""`[start, end)` in minutes from the opening of the phase."""


def widest_gap(minutes: int, standing: Iterable[Span]) -> Span:
    """Return the longest time of a phase that no standing window takes; the earliest of equals, `(0, 0)` for none."""
    best, free_from = (0, 0), 0
    for start, end in (*sorted(standing), (minutes, minutes)):
        if min(start, minutes) - free_from > best[1] - best[0]:
            best = (free_from, min(start, minutes))
        free_from = max(free_from, end)
    return best


def part_minutes(gap: Span, count: int) -> int:
    """Return how long each of so many parts is at least; a part alone has the whole gap."""
    whole = gap[1] - gap[0]
    return whole if count == 1 else whole // STEP_MINUTES // count * STEP_MINUTES


def cut(gap: Span, count: int) -> tuple[Span, ...]:
    """Return equal parts that fill the gap, on steps of 5 minutes: none is longer than another by more than a step.

    Minutes that make no whole step belong to the last part.
    """
    steps = (gap[1] - gap[0]) // STEP_MINUTES
    edges = [gap[0] + steps * part // count * STEP_MINUTES for part in range(count)] + [gap[1]]
    return tuple(pairwise(edges))


def those_who_fit(
    gap: Span, present: Sequence[int], coming: Sequence[int], needed: Callable[[int], int]
) -> tuple[int, ...]:
    """Return as many of those coming as can share the gap with those present, the first of equals.

    Args:
        present: machines that stay in any case.
        coming: machines in turn.
        needed: minutes that a machine needs.
    """
    wanted = max(map(needed, present), default=0)
    for count in range(len(coming), 0, -1):
        part = part_minutes(gap, len(present) + count)
        fitting = [machine for machine in coming if needed(machine) <= part]
        if wanted <= part and len(fitting) >= count:
            return tuple(fitting[:count])
    return ()
