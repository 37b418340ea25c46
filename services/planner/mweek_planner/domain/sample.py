"""The choice of a `sample`: what shows most comes first, and only then whose machine it is."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Sequence

from mweek_planner.domain.selection import Owner, Selection
from mweek_planner.domain.variety import Shape


def sample(selection: Selection, candidates: Sequence[int]) -> None:
    """Take candidates, given in turn, until the target is reached or none is left that may be taken.

    Each is the one with the greatest gain; among equals of the customer that is furthest below its share; then in turn.
    """
    _take_what_is_new(selection, candidates)
    _take_by_share(selection, candidates)


class _Queue:
    """Candidates of one customer, in turn."""

    def __init__(self) -> None:
        self._machines: deque[int] = deque()

    def add(self, machine: int) -> None:
        self._machines.append(machine)

    def first(self, selection: Selection) -> int | None:
        """Return the first that may still be taken, None when there is none left."""
        while self._machines and not selection.may_take(self._machines[0]):
            self._machines.popleft()
        return self._machines[0] if self._machines else None


def _below_share(selection: Selection, owner: Owner) -> int:
    """Return how far a customer is below its share, in machines times the size of the population."""
    return selection.target * selection.weights[owner] - selection.taken[owner] * selection.population


def _take_what_is_new(selection: Selection, candidates: Sequence[int]) -> None:
    shapes: defaultdict[Shape, defaultdict[Owner, _Queue]] = defaultdict(lambda: defaultdict(_Queue))
    for machine in candidates:
        shape = selection.variety.shape_of[machine]
        if selection.variety.gain(shape):
            shapes[shape][selection.owner(machine)].add(machine)
    gains = {shape: selection.variety.gain(shape) for shape in shapes}
    while gains and selection.left > 0:
        greatest = max(gains.values())
        queues = [queue for shape, gain in gains.items() if gain == greatest for queue in shapes[shape].values()]
        first = [head for queue in queues if (head := queue.first(selection)) is not None]
        if first:
            selection.take(min(first, key=lambda m: (-_below_share(selection, selection.owner(m)), m)))
        gains = {
            shape: gain
            for shape, old in gains.items()
            if (first or old != greatest) and (gain := selection.variety.gain(shape))
        }


def _take_by_share(selection: Selection, candidates: Sequence[int]) -> None:
    queues: defaultdict[Owner, _Queue] = defaultdict(_Queue)
    for machine in candidates:
        queues[selection.owner(machine)].add(machine)
    heap = [entry for owner, queue in queues.items() for entry in _ranked(selection, owner, queue)]
    heapq.heapify(heap)
    while heap and selection.left > 0:
        known = heapq.heappop(heap)
        owner = selection.owner(known[1])
        current = _ranked(selection, owner, queues[owner])
        if current == (known,):
            selection.take(known[1])
            current = _ranked(selection, owner, queues[owner])
        for entry in current:
            heapq.heappush(heap, entry)


def _ranked(selection: Selection, owner: Owner, queue: _Queue) -> tuple[tuple[int, int], ...]:
    """Return the place of a customer's first machine in the heap, or nothing when it has none left."""
    machine = queue.first(selection)
    return () if machine is None else ((-_below_share(selection, owner), machine),)
