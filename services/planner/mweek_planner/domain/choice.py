"""The representative choice within a bounded entry: customers by largest remainder, then variety, then turn."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Sequence

from mweek_planner.domain.apportionment import Claim, Seats, apportion
from mweek_planner.domain.selection import Selection


def elect(
    selection: Selection,
    candidates: Sequence[int],
    *,
    owners: Collection[int] | None = None,
    at_most: int | None = None,
) -> None:
    """Take candidates, given in turn, until the target is reached or none is left that may be taken.

    Args:
        owners: who owns the candidates and shares the seats; None for all of the population.
        at_most: how many to take; None for as many as the target has room for.
    """
    wanted = selection.left if at_most is None else min(selection.left, at_most)
    goal = len(selection.chosen) + wanted
    while len(selection.chosen) < goal:
        candidates = selection.still_there(candidates)
        if not candidates:
            return
        # A group with members of several customers counts for each of them but gives only one: then there is more to
        # give than was given, and the seats are cut again.
        before = len(selection.chosen)
        seats = _seats(selection, candidates, owners, goal - before)
        _take_what_is_new(selection, candidates, seats)
        _take_in_turn(candidates, seats)
        if len(selection.chosen) == before:
            return


class _SeatsLeft:
    """Seats not yet filled; the spare ones go to the tied owners who come first. `open` marks owners with a seat."""

    def __init__(self, seats: Seats[int], selection: Selection) -> None:
        taken = selection.taken
        self.owner_of = selection.owner_of
        self._selection = selection
        self._sure = {owner: more for owner, count in seats.sure.items() if (more := count - taken[owner])}
        self._tied = set(seats.tied)
        self._spare = seats.spare
        # Bytes, for each candidate is looked up: a set of many thousand owners does not fit the processor's caches.
        self.open = bytearray(selection.owners)
        self._mark_open()
        self.left = sum(self._sure.values()) + seats.spare

    def may_take(self, machine: int) -> bool:
        return bool(self.open[self.owner_of[machine]]) and self._selection.may_take(machine)

    def take(self, machine: int) -> None:
        owner = self.owner_of[machine]
        if owner in self._sure:
            self._sure[owner] -= 1
            if self._sure[owner] == 0:
                del self._sure[owner]
        else:
            self._spare -= 1
            self._tied.remove(owner)
            if self._spare == 0:
                self.open[:] = bytes(len(self.open))
                self._mark_open()
        if owner not in self._sure and not (self._spare and owner in self._tied):
            self.open[owner] = 0
        self._selection.take(machine)
        self.left -= 1

    def _mark_open(self) -> None:
        for owner in self._sure:
            self.open[owner] = 1
        for owner in self._tied if self._spare else ():
            self.open[owner] = 1


def _seats(selection: Selection, candidates: Sequence[int], owners: Collection[int] | None, wanted: int) -> _SeatsLeft:
    capacities, taken = selection.capacities(candidates), selection.taken
    if len(capacities) == 1:
        # Whatever the shares are, nobody else can have more than it has: not worth going through all owners.
        [(owner, most)] = capacities.items()
        return _SeatsLeft(Seats({owner: taken[owner] + min(wanted, most)}), selection)
    claims = {
        owner: Claim(weight, there := taken[owner], there + capacities[owner])
        for owner, weight in selection.weights.items()
        if owners is None or owner in owners
    }
    filled = sum([claim.least for claim in claims.values()])
    return _SeatsLeft(apportion(filled + wanted, claims), selection)


def _take_what_is_new(selection: Selection, candidates: Sequence[int], seats: _SeatsLeft) -> None:
    """Take, one after the other, the machine that shows most for the first time, as long as there is one.

    What is known of a shape only gets worse: its gain falls, its first machine drops out. So a heap with old knowledge
    does, when the first of it is looked at again before it is taken.
    """
    variety = selection.variety
    gains = variety.gains(candidates)
    if not gains:
        return
    queues: defaultdict[int, deque[int]] = defaultdict(deque)
    for machine in candidates:
        shape = variety.shape_of[machine]
        if shape in gains:
            queues[shape].append(machine)
    heap = [(-gains[shape], queue[0], shape) for shape, queue in queues.items()]
    heapq.heapify(heap)
    while heap and heap[0][0] and seats.left:
        known = heapq.heappop(heap)
        shape = known[2]
        queue = queues[shape]
        while queue and not seats.may_take(queue[0]):
            queue.popleft()
        if queue:
            current = (-variety.gain(shape), queue[0], shape)
            if current == known:
                seats.take(queue.popleft())
            else:
                heapq.heappush(heap, current)


def _take_in_turn(candidates: Sequence[int], seats: _SeatsLeft) -> None:
    owner_of, has_seat = seats.owner_of, seats.open
    if seats.left == 0:
        return
    for machine in candidates:
        # Asked here already: most candidates are of owners without a seat, and a call for each would cost the most.
        if has_seat[owner_of[machine]] and seats.may_take(machine):
            seats.take(machine)
            if seats.left == 0:
                return
