"""Foresight for redundancy groups: who must go now because later bounded entries will have no room for all who need it.

A group with more members left than later phases that take what is left *needs* places in bounded entries, one a phase,
or members will share a phase. An entry takes at least those that no division of the later places can serve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.flow import SINK, SOURCE, Flow
from mweek_planner.domain.line import Line
from mweek_planner.domain.phase_set import after, has
from mweek_planner.domain.redundancy import those_who_wait

_Standing = int


class _Need(NamedTuple):
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
    group_of = draft.terms.census.group_of
    later = [other for other in draft.terms.lines[line.number + 1 :] if _room(draft, other) > 0]
    reached = set(map(group_of.__getitem__, candidates)) - {NO_GROUP} if later else set()
    if not reached:
        return
    standing = _standing(draft, line, reached=reached, chosen=chosen)
    counts = Counter(standing)
    needs = {one: _need(draft, line, later, one) for one in counts}
    groups: Counter[_Need] = Counter()
    for one, need in needs.items():
        if need.places and need.lines:
            groups[need] += counts[one]
    flow = _flow(draft, groups, later)
    flow.increase()
    flow.add(line.number, SINK, room)
    flow.increase()
    for need in groups:
        count = flow.along((need, line.phase), line.number)
        if count:
            alike = {one for one, other in needs.items() if other == need}
            yield [m for m in candidates if (group := group_of[m]) >= 0 and standing[group] in alike], count


def _standing(draft: Draft, line: Line, *, reached: Iterable[int], chosen: Iterable[int]) -> list[_Standing]:
    """Return for each group the number of its state, and whether this line reaches it: by turns, even and odd.

    Peers of those chosen have a peer in this phase, and are not reached any more.
    """
    result = [2 * state for state in draft.group_states()]
    for group in reached:
        result[group] += 1
    known: dict[tuple[int, int], int] = {}
    for machine in chosen:
        group = draft.terms.census.group_of[machine]
        if group != NO_GROUP:
            alike = result[group], draft.terms.kind_of[machine]
            if alike not in known:
                known[alike] = 2 * draft.group_state_with(machine, line.phase)
            result[group] = known[alike]
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


def _need(draft: Draft, line: Line, later: Sequence[Line], standing: _Standing) -> _Need:
    """Return what the members of a group need that have no window yet."""
    number, here = divmod(standing, 2)
    state = draft.group_state(number)
    left = [draft.terms.kinds[kind] for kind in state.left]
    unbounded = {n: after(kind.options.unbounded_takes, line.phase) & ~state.phases for n, kind in enumerate(left)}
    places = len(left) - len(those_who_wait(unbounded, already={}, at_most=len(left)))
    lines = tuple(
        other.number
        for other in later
        if not has(state.phases, other.phase)
        and any(other.number in kind.selected and kind.options.welcome(other.phase) for kind in left)
    )
    return _Need(places, (line.number, *lines) if here else lines)
