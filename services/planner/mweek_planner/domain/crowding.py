"""Foresight for customers: who would have to give more than its ceiling later, because of its redundancy groups.

A group with as many members left as there are phases for them gives one to each. Where that is more of a customer's
groups than its ceiling in a later entry, an earlier one takes a machine of some of them, up to the ceiling there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mweek_planner.domain.draft import Draft
from mweek_planner.domain.line import Line
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import after, has
from mweek_planner.domain.selection import Owner, Selection


@dataclass(slots=True)
class _Demand:
    """Groups of a customer that all give a machine to a later line; of some, `now` has those that can go earlier."""

    groups: int = 0
    now: list[list[int]] = field(default_factory=list)


def crowded(
    draft: Draft, line: Line, *, candidates: Sequence[int], selection: Selection
) -> Iterator[tuple[list[int], int]]:
    """Yield (machines, how many of them to take): of one customer, those of groups that are too many for a later line.

    Args:
        candidates: machines that the line may take, in turn.
        selection: what it has chosen already; looked at again before each answer.
    """
    coming = [other for other in draft.terms.lines[line.number + 1 :] if _goes_by_share(other)]
    if not coming or not _goes_by_share(line):
        return
    demands = _demands(draft, line, coming, candidates, selection)
    most_later = {number: _most_later(draft, draft.terms.lines[number]) for number in {line for _, line in demands}}
    for (owner, number), demand in demands.items():
        too_many = demand.groups - most_later[number][owner]
        groups = [machines for machines in demand.now if selection.may_take(machines[0])] if too_many > 0 else []
        count = min(too_many - (len(demand.now) - len(groups)), _most_now(selection, owner)) if groups else 0
        if count > 0:
            yield sorted(machine for machines in groups for machine in machines), count


def _goes_by_share(line: Line) -> bool:
    """Return whether an entry owes each customer its share before anything else."""
    return bool(line.target) and line.entry.quota.kind is not QuotaKind.SAMPLE and not line.entry.prefer_untested


def _demands(
    draft: Draft, line: Line, coming: Sequence[Line], candidates: Sequence[int], selection: Selection
) -> Mapping[tuple[Owner, int], _Demand]:
    """Return what groups demand of the lines to come, for customers of whom a group can be taken now."""
    reached: defaultdict[int, list[int]] = defaultdict(list)
    for machine in candidates:
        if draft.peers.members(machine) and selection.may_take(machine):
            reached[draft.peers.group(machine)].append(machine)
    owners = {selection.owner(machines[0]) for machines in reached.values()}
    chosen = set(selection.chosen)
    demands: defaultdict[tuple[Owner, int], _Demand] = defaultdict(_Demand)
    for group, members in enumerate(draft.terms.census.groups if reached else ()):
        left = [machine for machine in members if draft.phase_of[machine] is None and machine not in chosen]
        if not left or selection.owner(left[0]) not in owners:
            continue
        for other in _bound_for(draft, line, coming, left):
            demand = demands[selection.owner(left[0]), other.number]
            demand.groups += 1
            if group in reached:
                demand.now.append(reached[group])
    return demands


def _bound_for(draft: Draft, line: Line, coming: Sequence[Line], left: Sequence[int]) -> list[Line]:
    """Return the lines that each get a member of a group, all of one customer, when this line takes none of it."""
    options, selected, phases = draft.terms.options, draft.terms.selected, 0
    for machine in left:
        phases |= after(options[machine].takes, line.phase)
    phases &= ~draft.peers.phases(left[0])
    owners = {draft.terms.census.machines[machine].customer for machine in left}
    if len(left) < phases.bit_count() or len(owners) > 1:
        return []
    return [
        other
        for other in coming
        if has(phases, other.phase)
        and any(other.number in selected[machine] and options[machine].welcome(other.phase) for machine in left)
    ]


def _most_later(draft: Draft, line: Line) -> Counter[Owner]:
    """Return how many more machines of each customer a later line takes without going above its ceiling."""
    machines = draft.terms.census.machines
    weights = Counter(machines[machine].customer for machine in line.members)
    kept = Counter(machines[machine].customer for machine in draft.taken[line.number])
    target, size = line.target or 0, len(line.members)
    return Counter({owner: -(-target * weight // size) - kept[owner] for owner, weight in weights.items()})


def _most_now(selection: Selection, owner: Owner) -> int:
    """Return how many more machines of a customer can be taken within its ceiling and without cost to a floor."""
    floors = {other: selection.target * weight // selection.population for other, weight in selection.weights.items()}
    owed = sum(max(0, floor - selection.taken[other]) for other, floor in floors.items() if other != owner)
    ceiling = -(-selection.target * selection.weights[owner] // selection.population)
    return min(ceiling - selection.taken[owner], selection.left - owed)
