"""The choice of a `sample`: what shows most comes first, and only then whose machine it is."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from mweek_planner.domain.selection import Selection

Rank = tuple[int, ...]


def sample(selection: Selection, candidates: Sequence[int]) -> None:
    """Take candidates, given in turn, until the target is reached or none is left that may be taken.

    Each is the one with the greatest gain; among equals of the owner that is furthest below its share; then in turn.
    """
    _take_what_is_new(selection, candidates)
    _take_by_share(selection, candidates)


def _take_what_is_new(selection: Selection, candidates: Sequence[int]) -> None:
    variety, owner_of = selection.variety, selection.owner_of
    gains = variety.gains(candidates)

    def alike(machine: int) -> tuple[int, int]:
        return variety.shape_of[machine], owner_of[machine]

    def rank(machine: int) -> Rank | None:
        gain = variety.gain(variety.shape_of[machine])
        return (-gain, -_below_share(selection, owner_of[machine])) if gain else None

    _take_best(selection, [m for m in candidates if variety.shape_of[m] in gains], alike=alike, rank=rank)


def _take_by_share(selection: Selection, candidates: Sequence[int]) -> None:
    owner_of = selection.owner_of

    def rank(machine: int) -> Rank:
        return (-_below_share(selection, owner_of[machine]),)

    _take_best(selection, candidates, alike=owner_of.__getitem__, rank=rank)


def _below_share(selection: Selection, owner: int) -> int:
    """Return how far an owner is below its share, in machines times the size of the population."""
    return selection.target * selection.weights[owner] - selection.taken[owner] * selection.population


def _take_best(
    selection: Selection,
    candidates: Sequence[int],
    *,
    alike: Callable[[int], Hashable],
    rank: Callable[[int], Rank | None],
) -> None:
    """Take, one after the other, the candidate of the least rank, among equals the first in turn.

    Ranks only get worse, and those of machines that are alike together. So a heap with an old rank of the first of each
    sort does, when it is looked at again before it is taken.

    Args:
        alike: what machines of equal rank have in common.
        rank: of a machine as things stand; None when it, and all that are alike, are not wanted any more.
    """
    queues: defaultdict[Hashable, list[int]] = defaultdict(list)
    for machine in reversed(candidates):
        queues[alike(machine)].append(machine)
    heap = [(known, queue[-1]) for queue in queues.values() if (known := rank(queue[-1])) is not None]
    heapq.heapify(heap)
    while heap and selection.left > 0:
        queue = queues[alike(heap[0][1])]
        while queue and not selection.may_take(queue[-1]):
            queue.pop()
        current = rank(queue[-1]) if queue else None
        if current is None:
            heapq.heappop(heap)
        elif (current, queue[-1]) == heap[0]:
            selection.take(queue.pop())
        else:
            heapq.heapreplace(heap, (current, queue[-1]))
