"""Chooses which windows are taken off the board together, and in which order they come back."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Final

from mweek_planner.domain.requests.batch.board import Board
from mweek_planner.domain.requests.steps import first_of

FEWEST: Final = 2
MOST: Final = 20
"""How many windows are taken away at once; fewer find little, more cost more than they find."""
LOOKED_AT: Final = 120
"""Of the windows of a large customer so many are looked at, or choosing would cost more than moving."""

MAKE_ROOM, NEAR, SAME_TIME = 0.3, 0.7, 0.85
"""How often each way to choose is taken, cumulated; the rest are any windows. Near ones find most, making room is what
brings a window to requests that had none, and the others loosen what stands still."""
FOR_THE_MISSING: Final = 0.3
SHORT_FIRST, EARLY_FIRST = 0.5, 0.7
"""How often each order is taken, cumulated; the rest is any order."""
BLUR_STEPS: Final = 600
"""Two days: so much later may one come that could open earlier."""
LOOK_BACK_STEPS: Final = 2_000
"""A week: what stands in the way of a window rarely lies further before it."""


class Neighbourhood:
    """What to take from a board, by chance; the same dice choose the same."""

    def __init__(self, board: Board, dice: Random, *, steps: int) -> None:
        """Know a board of so many steps, which has pieces."""
        self._board, self._dice, self._steps = board, dice, steps
        self._near: defaultdict[str, list[int]] = defaultdict(list)
        for number, piece in enumerate(board.pieces):
            self._near[piece.neighbourhood].append(number)

    def choose(self) -> list[int]:
        """Return different pieces in the order in which to put them back."""
        chance = self._dice.random
        some = FEWEST + int(chance() * (MOST - FEWEST))
        way = chance()
        if way < MAKE_ROOM:
            first, *others = self._to_make_room(some)
            return [first, *self._in_some_order(others)]
        one = self._one_that_waits()
        if way < NEAR:
            chosen = self._nearest(self._near[self._board.pieces[one].neighbourhood], self._place_of(one), some)
        elif way < SAME_TIME:
            at = self._place_of(one) - int(chance() * chance() * LOOK_BACK_STEPS)
            chosen = self._nearest([self._any() for _ in range(some * 5)], at, some)
        else:
            chosen = [self._any() for _ in range(some)]
        return self._in_some_order(list(dict.fromkeys((one, *chosen))))

    def _to_make_room(self, some: int) -> list[int]:
        """Return a piece that shall open sooner, or at all, and then its neighbours that stand where it would."""
        board, chance = self._board, self._dice.random
        one = self._one_that_waits()
        if board.missing and chance() < FOR_THE_MISSING:
            one = list(board.missing)[int(chance() * len(board.missing))]
        piece, start = board.pieces[one], board.starts[one]
        alone = piece.alone or 0
        target = int(chance() * self._steps) if start is None else alone + int(chance() * chance() * (start - alone))
        later = piece.starts >> target
        opens = target + first_of(later) if later else alone
        near = self._near[piece.neighbourhood]
        in_the_way = [other for other in near if self._stands_in(other, opens, opens + piece.steps)]
        more = self._nearest(near, opens, some // 2) if some > len(in_the_way) else []
        return list(dict.fromkeys((one, *in_the_way, *more)))

    def _stands_in(self, number: int, first: int, end: int) -> bool:
        start = self._board.starts[number]
        return start is not None and start < end and first < start + self._board.pieces[number].steps

    def _nearest(self, numbers: list[int], at: int, some: int) -> list[int]:
        """Return about the nearest of these to a step."""
        chance = self._dice.random
        if len(numbers) > LOOKED_AT:
            numbers = [numbers[int(chance() * len(numbers))] for _ in range(LOOKED_AT)]
        if len(numbers) <= some:
            return numbers
        place_of = self._place_of
        return sorted(numbers, key=lambda number: abs(place_of(number) - at) * (0.3 + chance()))[:some]

    def _in_some_order(self, numbers: list[int]) -> list[int]:
        pieces, chance = self._board.pieces, self._dice.random
        order = chance()
        if order < SHORT_FIRST:
            return sorted(numbers, key=lambda number: pieces[number].steps / pieces[number].requests * (0.5 + chance()))
        if order < EARLY_FIRST:
            return sorted(numbers, key=lambda number: (pieces[number].alone or 0) + chance() * BLUR_STEPS)
        self._dice.shuffle(numbers)
        return numbers

    def _place_of(self, number: int) -> int:
        start = self._board.starts[number]
        return self._steps if start is None else start

    def _one_that_waits(self) -> int:
        """Return the one of two pieces that waits longer."""
        return max(self._any(), self._any(), key=self._board.cost_of)

    def _any(self) -> int:
        return int(self._dice.random() * len(self._board.pieces))
