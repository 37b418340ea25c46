"""Looks for a better order of a batch: takes some windows away, puts them back in another order, keeps what is better.

A large neighbourhood search with simulated annealing: at first what is a little worse is kept too, so that it does not
stand still at the first order in which no small change helps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from random import Random
from typing import Final

from mweek_planner.domain.requests.batch.board import Board
from mweek_planner.domain.requests.batch.neighbourhood import Neighbourhood

WARMTH_STEPS: Final = 400.0
"""Half of the windows of a customer are a day or a week apart: what costs a day more is kept, at first, every other
time."""

Progress = Callable[[int], float]
"""Says after so many rounds how much of the time to look has passed: 0 at the beginning, 1 and more when it is over."""


def improve(board: Board, dice: Random, *, steps: int, progress: Progress) -> int:
    """Move the pieces of a board to where they cost least of all that was seen; returns the rounds that this took.

    What stands there at the end costs no more than what stood there at first, and puts no fewer pieces.

    Args:
        steps: how many steps the board has.
        progress: says when to end; asked before each round.
    """
    if not board.pieces:
        return 0
    best = _Best(board)
    _put_short_ones_first(board)
    best.take_note(board, _cost(board))
    board.move(best.starts)
    cost, rounds, neighbourhood = best.cost, 0, Neighbourhood(board, dice, steps=steps)
    while (passed := progress(rounds)) < 1:
        rounds += 1
        chosen = neighbourhood.choose()
        before = list(board.starts)
        change = _put_back(board, chosen)
        if change <= 0 or dice.random() < exp(-change / _warmth(passed)):
            cost += change
            best.take_note(board, cost)
        else:
            board.move(before, chosen)
    board.move(best.starts)
    return rounds


class _Best:
    """The best that was seen: as few pieces without a window as at first, or fewer, and then the least cost."""

    def __init__(self, board: Board) -> None:
        self.cost, self.starts = _cost(board), list(board.starts)
        self._missing = len(board.missing)

    def take_note(self, board: Board, cost: int) -> None:
        if cost < self.cost and len(board.missing) <= self._missing:
            self.cost, self.starts = cost, list(board.starts)


def _put_back(board: Board, numbers: Sequence[int]) -> int:
    """Take pieces away and put them back, each where it opens earliest; return by how much they cost more."""
    before = sum(map(board.cost_of, numbers))
    for number in numbers:
        board.take(number)
    for number in numbers:
        board.put_earliest(number)
    return sum(map(board.cost_of, numbers)) - before


def _put_short_ones_first(board: Board) -> None:
    pieces = board.pieces
    order = sorted(range(len(pieces)), key=lambda n: (pieces[n].steps / pieces[n].requests, pieces[n].alone or 0, n))
    _put_back(board, order)


def _cost(board: Board) -> int:
    return sum(map(board.cost_of, range(len(board.pieces))))


def _warmth(passed: float) -> float:
    return WARMTH_STEPS * (1 - passed) ** 2 + 1e-2
