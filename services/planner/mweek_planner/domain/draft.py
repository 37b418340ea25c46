"""The week on the drawing board: which machine has which phase so far. The one thing in the domain that changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.group_state import GroupState, GroupStates
from mweek_planner.domain.line import Line
from mweek_planner.domain.peers import Peers
from mweek_planner.domain.phase_set import phase_set
from mweek_planner.domain.plan import Assignment
from mweek_planner.domain.terms import Terms
from mweek_planner.domain.variety import Variety
from mweek_planner.domain.welcome import Cause

GONE: Final = -1
"""Where a kept window lies when the pattern has its phase no more."""


class Moved(NamedTuple):
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
        self.variety = Variety(terms.census)
        self.phase_of: list[int | None] = [None] * len(terms.census)
        self.line_of: list[int | None] = [None] * len(terms.census)
        self.taken: list[list[int]] = [[] for _ in terms.lines]
        self.kept: dict[int, Assignment] = {}
        self.moved: dict[int, Moved] = {}
        self.turned_by_peers: dict[int, int] = {}
        self._without_line: list[int] = []
        self._kept_in: defaultdict[int, list[int]] = defaultdict(list)
        self._group_states = GroupStates(terms.census.groups, terms.kind_of)

    def place(self, machine: int, phase: int, line: Line | None) -> None:
        """Give a machine its phase; its window in it is cut when the week is filled."""
        self._put(machine, phase, line)
        self.peers.join(machine, phase)
        self.variety.see(machine)

    def place_singles(self, machines: Sequence[int], phase: int, line: Line | None) -> None:
        """Give machines without peers their phase, all at once."""
        phase_of, line_of = self.phase_of, self.line_of
        for machine in machines:
            phase_of[machine] = phase
        if line is not None:
            for machine in machines:
                line_of[machine] = line.number
            self.taken[line.number] += machines
        else:
            self._without_line += machines
        self.variety.see_all(machines)

    def place_apart(self, machines: Sequence[int], phase: int, line: Line) -> None:
        """Give machines their phase of which no two are peers, and none has a peer there, all at once."""
        self.place_singles(machines, phase, line)
        groups = self.peers.join_apart(machines, phase)
        self._group_states.change(groups)
        if self.turned_by_peers:
            for machine in machines:
                self._no_longer_turned(machine, phase)

    def without_line(self) -> list[list[int]]:
        """Return the machines that were placed by no line, those of each phase together; without those kept."""
        by_phase: defaultdict[int | None, list[int]] = defaultdict(list)
        for machine in self._without_line:
            if machine not in self.kept:
                by_phase[self.phase_of[machine]].append(machine)
        return list(by_phase.values())

    def group_states(self) -> list[int]:
        """Return the number of the state of each redundancy group; it is not to be changed."""
        return self._group_states.current(self.phase_of, self.peers.phases_of_group)

    def group_state(self, number: int) -> GroupState:
        """Return the state of a number."""
        return self._group_states.state(number)

    def group_state_with(self, machine: int, phase: int) -> int:
        """Return the number of the state that a machine's group will have when it is placed in a phase."""
        left = tuple(
            [self.terms.kind_of[m] for m in self.peers.members(machine) if self.phase_of[m] is None and m != machine]
        )
        return self._group_states.number(GroupState(left, self.peers.phases(machine) | phase_set((phase,))))

    def members_left(self, group: int) -> list[int]:
        """Return the members of a redundancy group that have no window, in turn."""
        return [machine for machine in self.terms.census.groups[group] if self.phase_of[machine] is None]

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
        movable = [m for m in self.peers.standing(machine, phase) if self.terms.options(m).welcome(phase)]
        moving = self.peers.make_room(machine, phase, movable)
        if moving:
            self._put(machine, phase, line)
            for member in moving:
                self.moved[member] = Moved(self.kept.pop(member), Cause.REDUNDANCY)
        return bool(moving)

    def _put(self, machine: int, phase: int, line: Line | None) -> None:
        self.phase_of[machine] = phase
        self._no_longer_turned(machine, phase)
        if line is not None:
            self.line_of[machine] = line.number
            self.taken[line.number].append(machine)
        else:
            self._without_line.append(machine)
        group = self.peers.group(machine)
        if group != NO_GROUP:
            self._group_states.change((group,))

    def _no_longer_turned(self, machine: int, phase: int) -> None:
        if self.turned_by_peers.get(machine) == phase:
            del self.turned_by_peers[machine]

    def _line_for_kept(self, machine: int, phase: int) -> Line | None:
        lines = self.terms.lines_for(machine, phase)
        room = (line for line in lines if line.target is None or len(self.taken[line.number]) < line.target)
        return next(room, lines[0] if lines else None)
