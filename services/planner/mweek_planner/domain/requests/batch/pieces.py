"""Makes the pieces of the board from a batch that was answered in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mweek_planner.domain.machine import STEP_MINUTES
from mweek_planner.domain.requests.batch.answers import Told, occupancy_of, refusal_minutes
from mweek_planner.domain.requests.batch.board import Piece, Start
from mweek_planner.domain.requests.batch.room import Room, SharedRoom, SingleRoom
from mweek_planner.domain.requests.booking import Booking, Grant
from mweek_planner.domain.requests.case import Case
from mweek_planner.domain.requests.occupancy import Occupancy
from mweek_planner.domain.requests.rule import closed_steps
from mweek_planner.domain.requests.steps import Steps, between, first_of, less, starts_of_runs, step_at
from mweek_planner.domain.requests.tally import Tally, marks_of

Place = tuple[str, str]
"""What has a limit of windows that are open at once: its kind and its name."""


@dataclass(frozen=True, slots=True)
class Party:
    """Requests of one machine that share a window, or one that has none; in the order in which they were asked.

    `booking` is their window after all were answered in order, None without.
    """

    cases: tuple[Case, ...]
    booking: Booking | None

    @property
    def is_movable(self) -> bool:
        """Whether the window lies where it might lie if it were new: some share one that opens sooner than they may."""
        if self.booking is None:
            return True
        opens, closes = step_at(self.booking.window.opens_at), step_at(self.booking.window.closes_at)
        return all(case.earliest <= opens and closes <= case.end for case in self.cases)


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parties that can be moved, each with its piece, and how many steps they are moved about in.

    Parties that are left out keep what they were told in order.
    """

    parties: tuple[Party, ...]
    pieces: tuple[Piece, ...]
    starts: tuple[Start, ...]
    unmoved: tuple[Booking, ...]
    first: int
    """The step that is the board's first."""
    horizon: int


def pieces_of(cases: Sequence[Case], told: Sequence[Told], announced: Sequence[Booking]) -> Pieces:
    """Return the pieces of a batch, with the windows that it was told in order."""
    parties = _parties(cases, told)
    unmoved = tuple(party.booking for party in parties if party.booking is not None and not party.is_movable)
    fixed = occupancy_of(cases, announced)
    for booking in unmoved:
        fixed.add(booking)
    movable = [party for party in parties if party.is_movable]
    rooms = _rooms(movable, (*announced, *unmoved), fixed.first)
    found = [(party, _piece(party, fixed, rooms)) for party in movable]
    # A request that had no window if it were alone gets none.
    kept = [(party, piece) for party, piece in found if piece.alone is not None]
    return Pieces(
        parties=tuple(party for party, _ in kept),
        pieces=tuple(piece for _, piece in kept),
        starts=tuple(_start(party, fixed.first) for party, _ in kept),
        unmoved=unmoved,
        first=fixed.first,
        horizon=max((case.end for case in cases), default=fixed.first) - fixed.first,
    )


def _parties(cases: Sequence[Case], told: Sequence[Told]) -> list[Party]:
    """Return who shares a window with whom; the last one who joined knows how long the window is."""
    last: dict[tuple[str, str], Booking] = {}
    members: defaultdict[tuple[str, str], list[Case]] = defaultdict(list)
    for case, outcome in zip(cases, told, strict=True):
        machine = case.request.machine
        if isinstance(outcome, Grant):
            window = machine, outcome.booking.window_id
            last[window] = outcome.booking
        else:
            window = machine, case.request.request_id
        members[window].append(case)
    return [Party(tuple(some), last.get(window)) for window, some in members.items()]


def _rooms(parties: Sequence[Party], fixed: Iterable[Booking], first: int) -> Mapping[Place, Room]:
    """Return the rooms that can ever be full, with what never moves counted where several windows may be open."""
    limits: dict[Place, int] = {}
    users: Counter[Place] = Counter()
    for party in parties:
        for place, limit in _limits(party.cases[0]):
            limits[place] = limit
            users[place] += 1
    tallies: defaultdict[Place, Tally] = defaultdict(Tally)
    for booking in fixed:
        for place in _places(booking):
            if place in limits:
                tallies[place].add(marks_of(booking.window, first))
                users[place] += 1
    return {
        # What never moves and is alone in a room is closed to the piece already.
        place: SingleRoom() if limit == 1 else SharedRoom(tallies[place], limit)
        for place, limit in limits.items()
        if users[place] > limit
    }


def _limits(case: Case) -> list[tuple[Place, int]]:
    customer, capacity = case.customer, case.policy.capacity
    limits: list[tuple[Place, int]] = [(("machine", case.request.machine), 1)]
    if case.redundancy_group is not None:
        limits.append((("group", case.redundancy_group), 1))
    if customer is not None and customer.max_parallel is not None:
        limits.append((("customer", customer.name), customer.max_parallel))
    if capacity is not None:
        limits.append((("location", ""), capacity))
    return limits


def _places(booking: Booking) -> list[Place]:
    places = [("location", ""), ("machine", booking.machine)]
    if booking.customer is not None:
        places.append(("customer", booking.customer))
    if booking.redundancy_group is not None:
        places.append(("group", booking.redundancy_group))
    return places


def _piece(party: Party, fixed: Occupancy, rooms: Mapping[Place, Room]) -> Piece:
    cases, case = party.cases, party.cases[0]
    steps = case.policy.steps(sum(each.request.estimated_minutes for each in cases))
    first = fixed.first
    free = between(max(each.earliest for each in cases) - first, min(each.end for each in cases) - first)
    for _, closed in closed_steps(case, fixed):
        free = less(free, closed)
    starts: Steps = starts_of_runs(free, steps)
    return Piece(
        steps=steps,
        open=free,
        starts=starts,
        rooms=tuple(rooms[place] for place, _ in _limits(case) if place in rooms),
        neighbourhood=_neighbourhood(case),
        requests=len(cases),
        earliest=sum(each.earliest - first for each in cases),
        refusal=sum(map(refusal_minutes, cases)) // STEP_MINUTES,
        alone=first_of(starts) if starts else None,
    )


def _start(party: Party, first: int) -> Start:
    return None if party.booking is None else step_at(party.booking.window.opens_at) - first


def _neighbourhood(case: Case) -> str:
    """Return whose windows this one contends with most."""
    if case.customer is not None:
        return f"customer {case.customer.name}"
    return f"group {case.redundancy_group}" if case.redundancy_group else f"machine {case.request.machine}"
