"""Answers a batch so that all wait as little as can be found, and no longer than if each were answered as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from mweek_timewindows import Window

from mweek_planner.domain.requests.batch.answers import Answers, Told, answers, occupancy_of, tell
from mweek_planner.domain.requests.batch.board import Board
from mweek_planner.domain.requests.batch.pieces import Pieces, pieces_of
from mweek_planner.domain.requests.batch.search import Progress, improve
from mweek_planner.domain.requests.booking import Booking, Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.joining import granted, new_booking
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.steps import begins_at


@dataclass(frozen=True, slots=True)
class Optimised:
    """What requests would be told one after the other, and together; `rounds` is how often a change was tried.

    In order each is told of its window as it is then, which a later one may make longer; together all know it whole.
    """

    in_order: Answers
    together: Answers
    rounds: int


def optimised(
    cases: Sequence[Case], *, announced: Sequence[Booking] = (), dice: Random, progress: Progress
) -> Optimised:
    """Return the answers to requests that nobody has been told yet.

    Which requests of a machine share a window is what answering them in order says, and stays; windows are moved as a
    whole. The same dice and the same number of rounds give the same answers.

    Args:
        cases: what is asked of one location, all at one instant and under one policy; each request id is there once.
        announced: windows that customers were told of; they stay where they are, and no request is added to them.
        progress: says how much of the time to look has passed.
    """
    if not cases:
        nothing = answers((), ())
        return Optimised(nothing, nothing, 0)
    in_order = answers(cases, tell(cases, occupancy_of(cases, announced)))
    pieces = pieces_of(cases, in_order.told, announced)
    board = Board(pieces.pieces, pieces.starts)
    rounds = improve(board, dice, steps=pieces.horizon, progress=progress)
    return Optimised(in_order, answers(cases, _told(cases, pieces, board, announced)), rounds)


def _told(cases: Sequence[Case], pieces: Pieces, board: Board, announced: Sequence[Booking]) -> list[Told]:
    """Return what each request is told when its window lies where it stands on the board.

    Who has none asks once more when all others have theirs, and is told what is true then.
    """
    occupancy = occupancy_of(cases, announced)
    for booking in (*pieces.unmoved, *_bookings(pieces, board)):
        occupancy.add(booking)
    without = [case for case in cases if _booking_of(case, occupancy) is None]
    refused = dict(zip((case.request.request_id for case in without), tell(without, occupancy), strict=True))
    bookings = (_booking_of(case, occupancy) for case in cases)
    return [
        refused[case.request.request_id] if booking is None else _grant(case, booking)
        for case, booking in zip(cases, bookings, strict=True)
    ]


def _bookings(pieces: Pieces, board: Board) -> Iterator[Booking]:
    for party, piece, start in zip(pieces.parties, pieces.pieces, board.starts, strict=True):
        if start is not None:
            opens = pieces.first + start
            window = Window(begins_at(opens), begins_at(opens + piece.steps))
            case = party.cases[0]
            booking = new_booking(case, window, case.request.request_id)
            yield replace(booking, requests=tuple(each.request for each in party.cases))


def _booking_of(case: Case, occupancy: Occupancy) -> Booking | None:
    mine = occupancy.bookings_of(case.request.machine)
    return next((booking for booking in mine if case.request in booking.requests), None)


def _grant(case: Case, booking: Booking) -> Grant:
    sooner = booking.requests[: booking.requests.index(case.request)]
    return granted(case, booking, replace(booking, requests=sooner) if sooner else None)
