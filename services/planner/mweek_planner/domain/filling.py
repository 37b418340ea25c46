"""Filling a phase, entry by entry: bounded ones choose, unbounded ones take what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.choice import elect
from mweek_planner.domain.congestion import hurried
from mweek_planner.domain.crowding import crowded
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.group_state import GroupState
from mweek_planner.domain.line import Line
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import PhaseSet, after, has, phase_set
from mweek_planner.domain.redundancy import pressed, those_who_wait
from mweek_planner.domain.sample import sample
from mweek_planner.domain.selection import Selection
from mweek_planner.domain.terms import Kind


def fill(draft: Draft, line: Line) -> None:
    """Place the machines that a line takes."""
    if line.target is None:
        _take_all(draft, line)
    elif line.target > len(draft.taken[line.number]):
        _take_some(draft, line, line.target)


def _take_some(draft: Draft, line: Line, target: int) -> None:
    census, group_of, phases_of_group = draft.terms.census, draft.terms.census.group_of, draft.peers.phases_of_group
    selection = Selection(
        census, draft.variety, target=target, population=line.population, kept=draft.taken[line.number]
    )
    candidates = [
        machine
        for machine in _waiting(draft, line)
        if (group := group_of[machine]) < 0 or not has(phases_of_group[group], line.phase)
    ]
    elect(selection, _without_later(draft, line, candidates))
    elect(selection, _pressed(draft, line, candidates))
    for machines, count in hurried(draft, line, candidates=candidates, chosen=selection.chosen, room=selection.left):
        elect(selection, machines, at_most=count)
    for machines, count in crowded(draft, line, candidates=candidates, selection=selection):
        elect(selection, machines, at_most=count)
    _choose(selection, line, candidates, untested=_untested(draft, line))
    draft.place_apart(selection.chosen, line.phase, line)


def _choose(selection: Selection, line: Line, candidates: Sequence[int], *, untested: AbstractSet[int]) -> None:
    """Choose among those who need not go now: where the entry prefers the untested, first of them alone."""
    for owners in (untested, selection.weights.keys() - untested):
        theirs = [m for m in candidates if selection.owner_of[m] in owners] if untested else candidates
        if not owners:
            continue
        if line.entry.quota.kind is QuotaKind.SAMPLE:
            sample(selection, theirs)
        else:
            elect(selection, theirs, owners=owners)


def _untested(draft: Draft, line: Line) -> set[int]:
    """Return the customers without tests among the owners of a line's machines, where the line prefers them."""
    owners, tested = draft.terms.census.owners, draft.terms.census.tested
    if not line.entry.prefer_untested:
        return set()
    return {n for n in line.population.weights if owners[n] is not None and owners[n] not in tested}


def _take_all(draft: Draft, line: Line) -> None:
    group_of = draft.terms.census.group_of
    waiting = _waiting(draft, line)
    draft.place_singles([machine for machine in waiting if group_of[machine] < 0], line.phase, line)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for machine in waiting:
        if (group := group_of[machine]) >= 0:
            groups[group].append(machine)
    for group, machines in groups.items():
        if len(machines) == 1 and not has(draft.peers.phases_of_group[group], line.phase) and not draft.turned_by_peers:
            draft.place(machines[0], line.phase, line)
        else:
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
    return {m: after(draft.terms.options(m).unbounded_takes, phase) & ~draft.peers.phases(m) for m in machines}


def _waiting(draft: Draft, line: Line) -> list[int]:
    """Return the machines of the line that have no window yet and are welcome in its phase, in turn."""
    welcome, kind_of, phase_of = draft.terms.welcome(line.phase), draft.terms.kind_of, draft.phase_of
    return [m for m in line.population.members if phase_of[m] is None and welcome[kind_of[m]]]


def _without_later(draft: Draft, line: Line, candidates: Sequence[int]) -> Sequence[int]:
    """Return the candidates that no later phase would take."""
    now_or_never = {n for n, kind in enumerate(draft.terms.kinds) if not _later(draft, kind, line.phase)}
    kind_of = draft.terms.kind_of
    return [machine for machine in candidates if kind_of[machine] in now_or_never] if now_or_never else ()


def _later(draft: Draft, kind: Kind, phase: int) -> PhaseSet:
    """Return where machines may go when this phase does not take them; the declared remainder always comes last."""
    remainder, options = draft.terms.remainder, kind.options
    return after(options.takes, phase) | (phase_set((remainder,)) if options.remainder and remainder is not None else 0)


def _pressed(draft: Draft, line: Line, candidates: Sequence[int]) -> Sequence[int]:
    """Return those candidates of redundancy groups that have no more phases left than members."""
    group_of = draft.terms.census.group_of
    groups = set(map(group_of.__getitem__, candidates)) - {NO_GROUP}
    states = draft.group_states() if groups else []
    known: dict[int, list[int]] = {}
    result: set[int] = set()
    for group in groups:
        state = states[group]
        if state not in known:
            known[state] = _pressed_places(draft, draft.group_state(state), line.phase)
        if known[state]:
            left = draft.members_left(group)
            result.update([left[place] for place in known[state]])
    return [machine for machine in candidates if machine in result] if result else ()


def _pressed_places(draft: Draft, state: GroupState, phase: int) -> list[int]:
    """Return which of the members without a window, counted in turn, are pressed."""
    return sorted(pressed(dict(enumerate(_options_of_group(draft, state, phase))), phase))


def _options_of_group(draft: Draft, state: GroupState, phase: int) -> list[PhaseSet]:
    """Return for each member without a window the phases from this one on that no peer is in and that can take it."""
    kinds, free, here = draft.terms.kinds, ~state.phases, phase_set((phase,))
    return [(_later(draft, kinds[n], phase) | (kinds[n].options.takes & here)) & free for n in state.left]
