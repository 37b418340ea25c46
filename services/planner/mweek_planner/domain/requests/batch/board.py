"""The board on which the windows of a batch are moved about: integers only, so that a move costs microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mweek_planner.domain.requests.batch.room import Room
from mweek_planner.domain.requests.steps import Steps, first_of, less, starts_of_runs

Start = int | None
"""The step in which a window opens, counted from the board's first; None: there is no window."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A window to be, for one request or for several of one machine.

    `open` are the steps that neither the requests close, nor the customer's wishes, nor any window that is not moved;
    `starts` those in which the window could then open, `alone` the first of them. `earliest` is the sum of the steps
    from which on each of the requests waits.
    """

    steps: int
    open: Steps
    starts: Steps
    rooms: tuple[Room, ...]
    neighbourhood: str
    requests: int
    earliest: int
    refusal: int
    alone: Start

    def cost(self, start: Start) -> int:
        """Return the steps that its requests wait; the weight of refusing them where it has no window."""
        return self.refusal if start is None else self.requests * start - self.earliest


class Board:
    """Pieces by their number, and where each stands. What stands keeps every rule: `put` trusts, `put_earliest` looks.

    `missing` are the pieces that have no window.
    """

    def __init__(self, pieces: Sequence[Piece], starts: Sequence[Start]) -> None:
        """Put the pieces where they stand at first."""
        self.pieces = pieces
        self.starts: list[Start] = [None] * len(pieces)
        self.missing: dict[int, None] = {}
        for number, start in enumerate(starts):
            self.put(number, start)

    def cost_of(self, number: int) -> int:
        """Return what a piece costs where it stands."""
        return self.pieces[number].cost(self.starts[number])

    def put(self, number: int, start: Start) -> None:
        """Put a piece that does not stand anywhere."""
        self.starts[number] = start
        if start is None:
            self.missing[number] = None
            return
        self.missing.pop(number, None)
        piece = self.pieces[number]
        steps = ((1 << piece.steps) - 1) << start
        for room in piece.rooms:
            room.take(steps)

    def put_earliest(self, number: int) -> None:
        """Put a piece that does not stand anywhere where it opens earliest; nowhere if there is no room."""
        piece = self.pieces[number]
        free = piece.open
        for room in piece.rooms:
            free = less(free, room.full)
        starts = starts_of_runs(free, piece.steps)
        self.put(number, first_of(starts) if starts else None)

    def take(self, number: int) -> Start:
        """Take a piece away, and return where it stood; it has to be put again."""
        start = self.starts[number]
        if start is not None:
            piece = self.pieces[number]
            steps = ((1 << piece.steps) - 1) << start
            for room in piece.rooms:
                room.give_back(steps)
        return start

    def move(self, starts: Sequence[Start], numbers: Sequence[int] | None = None) -> None:
        """Let pieces, all by default, stand where a list of all says."""
        some = range(len(self.pieces)) if numbers is None else numbers
        moved = [number for number in some if self.starts[number] != starts[number]]
        for number in moved:
            self.take(number)
        for number in moved:
            self.put(number, starts[number])
