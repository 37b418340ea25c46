"""The representative choice within a bounded entry: customers by largest remainder, then variety, then turn."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Sequence

from mweek_planner.domain.apportionment import Claim, Seats, apportion
from mweek_planner.domain.selection import Owner, Selection
from mweek_planner.domain.variety import Shape


def elect(
    selection: Selection,
    candidates: Sequence[int],
    *,
    customers: Collection[Owner] | None = None,
    at_most: int | None = None,
) -> None:
    """Take candidates, given in turn, until the target is reached or none is left that may be taken.

    Args:
        customers: who owns the candidates and shares the seats; None for all of the population.
        at_most: how many to take; None for as many as the target has room for.
    """
    wanted = selection.left if at_most is None else min(selection.left, at_most)
    goal = len(selection.chosen) + wanted
    while len(selection.chosen) < goal:
        before = len(selection.chosen)
        seats = _seats(selection, candidates, customers, goal - before)
        _take_what_is_new(selection, candidates, seats)
        _take_in_turn(selection, candidates, seats)
        # A group with members of several customers counts for each of them but gives only one: then there is more to
        # give than was given, and the seats are cut again.
        if len(selection.chosen) == before:
            return


class _SeatsLeft:
    """Seats not yet filled; the spare ones go to the tied customers who come first."""

    def __init__(self, seats: Seats[Owner], selection: Selection) -> None:
        self._selection = selection
        self._sure = {owner: count - selection.taken[owner] for owner, count in seats.sure.items()}
        self._tied = set(seats.tied)
        self._spare = seats.spare
        self.left = sum(self._sure.values()) + seats.spare

    def may_take(self, machine: int) -> bool:
        owner = self._selection.owner(machine)
        has_seat = self._sure.get(owner, 0) > 0 or (self._spare > 0 and owner in self._tied)
        return has_seat and self._selection.may_take(machine)

    def take(self, machine: int) -> None:
        owner = self._selection.owner(machine)
        if self._sure[owner] > 0:
            self._sure[owner] -= 1
        else:
            self._spare -= 1
            self._tied.remove(owner)
        self._selection.take(machine)
        self.left -= 1


def _seats(
    selection: Selection, candidates: Sequence[int], customers: Collection[Owner] | None, wanted: int
) -> _SeatsLeft:
    capacities = selection.capacities(candidates)
    claims = {
        owner: Claim(weight, least=selection.taken[owner], most=selection.taken[owner] + capacities[owner])
        for owner, weight in selection.weights.items()
        if customers is None or owner in customers
    }
    filled = sum(claim.least for claim in claims.values())
    return _SeatsLeft(apportion(filled + wanted, claims), selection)


def _take_what_is_new(selection: Selection, candidates: Sequence[int], seats: _SeatsLeft) -> None:
    """Take, one after the other, the machine that shows most for the first time, as long as there is one.

    What is known of a shape only gets worse: its gain falls, its first machine drops out. So a heap with old knowledge
    does, when the first of it is looked at again before it is taken.
    """
    queues: defaultdict[Shape, deque[int]] = defaultdict(deque)
    for machine in candidates:
        queues[selection.variety.shape_of[machine]].append(machine)
    heap = [(-selection.variety.gain(shape), queue[0], shape) for shape, queue in queues.items()]
    heapq.heapify(heap)
    while heap and heap[0][0]:
        known = heapq.heappop(heap)
        shape = known[2]
        queue = queues[shape]
        while queue and not seats.may_take(queue[0]):
            queue.popleft()
        if queue:
            current = (-selection.variety.gain(shape), queue[0], shape)
            if current == known:
                seats.take(queue.popleft())
            else:
                heapq.heappush(heap, current)


def _take_in_turn(selection: Selection, candidates: Sequence[int], seats: _SeatsLeft) -> None:
    for machine in candidates:
        if seats.left == 0:
            return
        if seats.may_take(machine):
            seats.take(machine)
