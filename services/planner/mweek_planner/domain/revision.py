"""The next revision of a week: which windows of the parent stay, which must move, and which are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.draft import GONE, Draft, Moved
from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.phase_set import has
from mweek_planner.domain.plan import Assignment, Phase, Plan
from mweek_planner.domain.welcome import Cause, blackout_in


def phases_of_week(pattern: Pattern, monday: datetime, parent: Plan | None, now: datetime) -> tuple[Phase, ...]:
    """Return the phases of a pattern in a week that begins at `monday`, in order.

    A phase that has opened with windows in it cannot be moved any more: it stays as the parent has it.
    """
    opened = {phase.name: phase for phase in _opened_with_windows(parent, now)}
    return tuple(
        opened.get(phase.name) or Phase(phase.name, monday + phase.opens, monday + phase.opens + phase.lasts)
        for phase in pattern.phases
    )


def phases_of_the_past(phases: Iterable[Phase], parent: Plan | None, now: datetime) -> tuple[Phase, ...]:
    """Return the phases that have opened with windows in them and that the pattern has no more."""
    names = {phase.name for phase in phases}
    return tuple(phase for phase in _opened_with_windows(parent, now) if phase.name not in names)


def keep_windows(draft: Draft, parent: Plan) -> tuple[Assignment, ...]:
    """Put the windows of the parent that may stay into the draft, and take note of those that must move.

    Returns the windows that have opened of machines that are not in service any more: they stand as they are.
    """
    census = draft.terms.census
    numbers = {census.name(machine): machine for machine in range(len(census))}
    standing = [(numbers[a.machine], a) for a in parent.assignments if a.machine in numbers]
    now = draft.terms.house.now
    gone = tuple(a for a in parent.assignments if a.machine not in numbers and a.opens_at <= now)
    staying: dict[int, Assignment] = {}
    groups: defaultdict[int, list[Assignment]] = defaultdict(list)
    for machine, assignment in sorted(standing, key=lambda item: (item[1].opens_at > now, item[0])):
        peers = groups[draft.peers.group(machine)] if draft.peers.group(machine) != NO_GROUP else []
        moved = _must_move(draft, machine, assignment, parent=parent, peers=peers)
        if moved is None:
            staying[machine] = assignment
            peers.append(assignment)
        else:
            draft.moved[machine] = moved
    _keep(draft, staying)
    return gone


def _keep(draft: Draft, staying: Mapping[int, Assignment]) -> None:
    """Let those with the fewest lines to count for choose first, so that no line is used up by one that had others."""
    phase_numbers = {phase.name: number for number, phase in enumerate(draft.terms.house.phases)}
    placed = [(phase_numbers.get(a.phase, GONE), machine) for machine, a in staying.items()]
    for phase, machine in sorted(placed, key=lambda item: (len(draft.terms.lines_for(item[1], item[0])), item[1])):
        draft.keep(machine, phase, staying[machine])


def _must_move(
    draft: Draft, machine: int, window: Assignment, *, parent: Plan, peers: Sequence[Assignment]
) -> Moved | None:
    """Return why a window cannot stay as it is, None where it can."""
    if window.opens_at <= draft.terms.house.now:
        return None
    if not _still_takes(draft, machine, window, parent.phases):
        return Moved(window, None)
    owner = draft.terms.census.owner(machine)
    if owner and draft.terms.house.asks_blackouts and blackout_in(owner, window.opens_at, window.closes_at):
        return Moved(window, Cause.BLACKOUT)
    needed = timedelta(minutes=draft.terms.census.needed_minutes(machine))
    if needed > window.closes_at - window.opens_at:
        return Moved(window, Cause.TOO_LONG)
    if any(peer.opens_at < window.closes_at and window.opens_at < peer.closes_at for peer in peers):
        return Moved(window, Cause.REDUNDANCY)
    return None


def _still_takes(draft: Draft, machine: int, window: Assignment, before: Sequence[Phase]) -> bool:
    """Tell whether the window's phase is still there, at the same time, and still takes the machine."""
    for number, phase in enumerate(draft.terms.house.phases):
        if phase.name == window.phase:
            named = has(draft.terms.options(machine).named, number) or number == draft.terms.remainder
            return named and phase in before
    return False


def _opened_with_windows(parent: Plan | None, now: datetime) -> tuple[Phase, ...]:
    if parent is None:
        return ()
    used = {assignment.phase for assignment in parent.assignments if assignment.opens_at <= now}
    return tuple(phase for phase in parent.phases if phase.name in used)
