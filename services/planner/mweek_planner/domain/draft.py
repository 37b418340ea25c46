"""The week on the drawing board: which machine has which phase so far. The one thing in the domain that changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from mweek_planner.domain.census import Census
from mweek_planner.domain.line import Line, Selected
from mweek_planner.domain.peers import Peers
from mweek_planner.domain.plan import Assignment
from mweek_planner.domain.variety import Variety
from mweek_planner.domain.welcome import Cause, House, Options

GONE: Final = -1
"""Where a kept window lies when the pattern has its phase no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a week is planned on, worked out once: nothing of it changes while machines are placed.

    `selected` and `options` are by machine. `remainder` is the number of the declared remainder phase, None without.
    """

    census: Census
    house: House
    lines: tuple[Line, ...]
    selected: tuple[Selected, ...]
    options: tuple[Options, ...]
    remainder: int | None

    def lines_of_phase(self, phase: int) -> tuple[Line, ...]:
        """Return the lines of a phase, in order."""
        return tuple(line for line in self.lines if line.phase == phase)

    def lines_for(self, machine: int, phase: int) -> tuple[Line, ...]:
        """Return the lines of a phase that select a machine, in order."""
        return tuple(self.lines[number] for number in self.selected[machine] if self.lines[number].phase == phase)


@dataclass(frozen=True, slots=True)
class Moved:
    """A window that the parent revision gave and that cannot stay, and why: `cause` None, the pattern changed."""

    previous: Assignment
    cause: Cause | None


class Draft:
    """Where each machine is, by its number in the census.

    `phase_of` has the phase of a machine (None: no window yet) and `line_of` the line that put it there (None: the
    declared remainder); `taken` has the machines of each line. `kept` are windows of the parent that stay as they are,
    `moved` those that cannot. `turned_by_peers` has the last phase that a machine had to leave to its peers.
    """

    def __init__(self, terms: Terms) -> None:
        """Begin with an empty week."""
        self.terms = terms
        self.peers = Peers(terms.census, [phase.minutes for phase in terms.house.phases])
        self.variety = Variety(terms.census.machines)
        self.phase_of: list[int | None] = [None] * len(terms.census.machines)
        self.line_of: list[int | None] = [None] * len(terms.census.machines)
        self.taken: list[list[int]] = [[] for _ in terms.lines]
        self.kept: dict[int, Assignment] = {}
        self.moved: dict[int, Moved] = {}
        self.turned_by_peers: dict[int, int] = {}
        self._kept_in: defaultdict[int, list[int]] = defaultdict(list)

    def place(self, machine: int, phase: int, line: Line | None) -> None:
        """Give a machine its phase; its window in it is cut when the week is filled."""
        self._put(machine, phase, line)
        self.peers.join(machine, phase)
        self.variety.see(machine)

    def waits(self, machine: int) -> bool:
        """Return whether a machine has left a phase to its peers and has no window yet."""
        return machine in self.turned_by_peers and self.phase_of[machine] is None

    def keep(self, machine: int, phase: int, assignment: Assignment) -> None:
        """Let a machine stay where the parent revision has it; it uses up the target of the line that selects it."""
        self.kept[machine] = assignment
        self._put(machine, phase, self._line_for_kept(machine, phase))
        self._kept_in[phase].append(machine)
        for number, there in enumerate(self.terms.house.phases):
            if there.opens_at < assignment.closes_at and assignment.opens_at < there.closes_at:
                self.peers.stand(machine, number, there.span(assignment.opens_at, assignment.closes_at))

    def show_kept(self, phase: int) -> None:
        """Let the kept windows of a phase count as seen, now that the phase is filled."""
        for machine in self._kept_in[phase]:
            self.variety.see(machine)

    def recut(self, machine: int, phase: int, line: Line | None) -> bool:
        """Place a machine by making its peers that stand in the phase share it; return whether that was enough."""
        movable = [m for m in self.peers.standing(machine, phase) if self.terms.options[m].welcome(phase)]
        moving = self.peers.make_room(machine, phase, movable)
        if moving:
            self._put(machine, phase, line)
            for member in moving:
                self.moved[member] = Moved(self.kept.pop(member), Cause.REDUNDANCY)
        return bool(moving)

    def _put(self, machine: int, phase: int, line: Line | None) -> None:
        self.phase_of[machine] = phase
        if self.turned_by_peers.get(machine) == phase:
            del self.turned_by_peers[machine]
        if line is not None:
            self.line_of[machine] = line.number
            self.taken[line.number].append(machine)

    def _line_for_kept(self, machine: int, phase: int) -> Line | None:
        lines = self.terms.lines_for(machine, phase)
        room = (line for line in lines if line.target is None or len(self.taken[line.number]) < line.target)
        return next(room, lines[0] if lines else None)
