"""Filling a phase, entry by entry: bounded ones choose, unbounded ones take what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.choice import elect
from mweek_planner.domain.congestion import hurried
from mweek_planner.domain.crowding import crowded
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.line import Line
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import PhaseSet, after, phase_set
from mweek_planner.domain.redundancy import pressed, those_who_wait
from mweek_planner.domain.sample import sample
from mweek_planner.domain.selection import Selection


def fill(draft: Draft, line: Line) -> None:
    """Place the machines that a line takes."""
    if line.target is None:
        _take_all(draft, line)
    else:
        _take_some(draft, line, line.target)


def _take_some(draft: Draft, line: Line, target: int) -> None:
    census = draft.terms.census
    selection = Selection(census, draft.variety, target=target, population=line.members, kept=draft.taken[line.number])
    candidates = [m for m in _waiting(draft, line) if not draft.peers.is_present(m, line.phase)]
    elect(selection, [m for m in candidates if not _later(draft, m, line.phase)])
    elect(selection, _pressed(draft, line, candidates))
    for machines, count in hurried(draft, line, candidates=candidates, chosen=selection.chosen, room=selection.left):
        elect(selection, machines, at_most=count)
    for machines, count in crowded(draft, line, candidates=candidates, selection=selection):
        elect(selection, machines, at_most=count)
    _choose(selection, line, candidates, tested=census.tested)
    for machine in selection.chosen:
        draft.place(machine, line.phase, line)


def _choose(selection: Selection, line: Line, candidates: Sequence[int], *, tested: frozenset[str]) -> None:
    """Choose among those who need not go now: where the entry prefers the untested, first of them alone."""
    customers = set(selection.weights)
    untested = {c for c in customers if c is not None and c not in tested} if line.entry.prefer_untested else set()
    for owners in (untested, customers - untested):
        theirs = [machine for machine in candidates if selection.owner(machine) in owners]
        if line.entry.quota.kind is QuotaKind.SAMPLE:
            sample(selection, theirs)
        else:
            elect(selection, theirs, customers=owners)


def _take_all(draft: Draft, line: Line) -> None:
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for machine in _waiting(draft, line):
        group = draft.peers.group(machine)
        if group == NO_GROUP:
            draft.place(machine, line.phase, line)
        else:
            groups[group].append(machine)
    for machines in groups.values():
        _take_group(draft, line, machines)


def _take_group(draft: Draft, line: Line, machines: Sequence[int]) -> None:
    """Place some of a group's machines: one waits for each later phase that would take it, the rest share this one."""
    peers, one_stays = draft.peers, 0 if draft.peers.is_present(machines[0], line.phase) else 1
    before = [m for m in peers.members(machines[0]) if m not in machines and draft.waits(m)]
    waiting = those_who_wait(
        _later_without_peers(draft, machines, line.phase),
        already=_later_without_peers(draft, before, line.phase),
        at_most=len(machines) - one_stays,
    )
    staying = [machine for machine in machines if machine not in waiting]
    joining = peers.room(staying, line.phase) if staying else ()
    for machine in machines:
        if machine in joining:
            draft.place(machine, line.phase, line)
        else:
            draft.turned_by_peers[machine] = line.phase


def _later_without_peers(draft: Draft, machines: Sequence[int], phase: int) -> dict[int, PhaseSet]:
    """Return for each machine of a group the later phases that take what is left and in which no peer has a window."""
    return {m: after(draft.terms.options[m].unbounded_takes, phase) & ~draft.peers.phases(m) for m in machines}


def _waiting(draft: Draft, line: Line) -> list[int]:
    """Return the machines of the line that have no window yet and are welcome in its phase, in turn."""
    options, phase_of, phase = draft.terms.options, draft.phase_of, line.phase
    return [m for m in line.members if phase_of[m] is None and options[m].welcome(phase)]


def _later(draft: Draft, machine: int, phase: int) -> PhaseSet:
    """Return where a machine may go when this phase does not take it; the declared remainder always comes last."""
    options = draft.terms.options[machine]
    remainder = phase_set((draft.terms.remainder,)) if options.remainder and draft.terms.remainder is not None else 0
    return after(options.takes, phase) | remainder


def _pressed(draft: Draft, line: Line, candidates: Sequence[int]) -> list[int]:
    """Return those candidates of redundancy groups that have no more phases left than members."""
    asked: set[int] = set()
    result: set[int] = set()
    for machine in candidates:
        group = draft.peers.group(machine)
        if group != NO_GROUP and group not in asked:
            asked.add(group)
            result |= pressed(_options_of_group(draft, machine, line.phase), line.phase)
    return [machine for machine in candidates if machine in result]


def _options_of_group(draft: Draft, machine: int, phase: int) -> dict[int, PhaseSet]:
    """Return for each member without a window the phases from this one on that no peer is in and that can take it."""
    free, here = ~draft.peers.phases(machine), phase_set((phase,))
    return {
        member: (_later(draft, member, phase) | (draft.terms.options[member].takes & here)) & free
        for member in draft.peers.members(machine)
        if draft.phase_of[member] is None
    }
