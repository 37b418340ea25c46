"""Foresight for redundancy groups: who must go now because later bounded entries will have no room for all who need it.

A group with more members left than later phases that take what is left *needs* places in bounded entries, one a phase,
or members will share a phase. An entry takes at least those that no division of the later places can serve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.flow import SINK, SOURCE, Flow
from mweek_planner.domain.line import Line
from mweek_planner.domain.phase_set import PhaseSet, after, has, phase_set
from mweek_planner.domain.redundancy import those_who_wait


@dataclass(frozen=True, slots=True)
class _Need:
    """What makes groups alike: how many bounded places they need, and the lines that may give them, this one first."""

    places: int
    lines: tuple[int, ...]


def hurried(
    draft: Draft, line: Line, *, candidates: Sequence[int], chosen: Sequence[int], room: int
) -> Iterator[tuple[list[int], int]]:
    """Yield (machines, how many of them to take): of groups that are alike, those for whom there is no room later.

    Args:
        candidates: machines that the line may take, in turn; at most one of each group.
        chosen: machines that it has chosen already.
        room: how many more it takes.
    """
    later = [other for other in draft.terms.lines[line.number + 1 :] if _room(draft, other) > 0]
    if not later:
        return
    needs = _needs_by_group(draft, line, later, candidates=candidates, chosen=chosen)
    flow = _flow(draft, Counter(needs.values()), later)
    flow.increase()
    flow.add(line.number, SINK, room)
    flow.increase()
    for need in dict.fromkeys(needs.values()):
        count = flow.along((need, line.phase), line.number)
        if count:
            yield [m for m in candidates if needs.get(draft.peers.group(m)) == need], count


def _needs_by_group(
    draft: Draft, line: Line, later: Sequence[Line], *, candidates: Sequence[int], chosen: Sequence[int]
) -> dict[int, _Need]:
    """Return what each group needs that needs any bounded place; peers of those chosen have this phase no more."""
    reached = {draft.peers.group(machine) for machine in candidates}
    served = {draft.peers.group(machine): machine for machine in chosen}
    needs, result = _Needs(draft, line, later), {}
    for group, members in enumerate(draft.terms.census.groups):
        left = [m for m in members if draft.phase_of[m] is None and m != served.get(group)]
        if left:
            taken = draft.peers.phases(left[0]) | (phase_set((line.phase,)) if group in served else 0)
            need = needs.of(left, taken, here=group in reached and group not in served)
            if need.places and need.lines:
                result[group] = need
    return result


def _room(draft: Draft, line: Line) -> int:
    return 0 if line.target is None else line.target - len(draft.taken[line.number])


def _flow(draft: Draft, needs: Counter[_Need], later: Sequence[Line]) -> Flow:
    """Return the places that groups need and the places that there are later; this line's are not open yet."""
    flow = Flow()
    for need, groups in needs.items():
        flow.add(SOURCE, need, groups * need.places)
        for phase in dict.fromkeys(draft.terms.lines[number].phase for number in need.lines):
            flow.add(need, (need, phase), groups)
        for number in need.lines:
            flow.add((need, draft.terms.lines[number].phase), number, groups)
    for other in later:
        flow.add(other.number, SINK, _room(draft, other))
    return flow


class _Needs:
    """Works out what groups need, once for those that are alike."""

    def __init__(self, draft: Draft, line: Line, later: Sequence[Line]) -> None:
        self._draft = draft
        self._line = line
        self._later = later
        self._known: dict[Hashable, _Need] = {}

    def of(self, left: Sequence[int], taken: PhaseSet, *, here: bool) -> _Need:
        """Return what the members of a group need that have no window yet, given the phases that peers are in."""
        terms = self._draft.terms
        kinds = frozenset((terms.selected[m], id(terms.options[m])) for m in left)
        key = (kinds, len(left), taken, here)
        if key not in self._known:
            self._known[key] = self._work_out(left, taken, here=here)
        return self._known[key]

    def _work_out(self, left: Sequence[int], taken: PhaseSet, *, here: bool) -> _Need:
        options, selected = self._draft.terms.options, self._draft.terms.selected
        unbounded = {m: after(options[m].unbounded_takes, self._line.phase) & ~taken for m in left}
        places = len(left) - len(those_who_wait(unbounded, already={}, at_most=len(left)))
        lines = tuple(
            line.number
            for line in self._later
            if not has(taken, line.phase)
            and any(line.number in selected[m] and options[m].welcome(line.phase) for m in left)
        )
        return _Need(places, (self._line.number, *lines) if here else lines)
