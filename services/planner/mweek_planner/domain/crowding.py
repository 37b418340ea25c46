"""Foresight for customers: who would have to give more than its ceiling later, because of its redundancy groups.

A group with as many members left as there are phases for them gives one to each. Where that is more of a customer's
groups than its ceiling in a later entry, an earlier one takes a machine of some of them, up to the ceiling there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mweek_planner.domain.census import NO_GROUP
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.floors import Floors
from mweek_planner.domain.line import Line
from mweek_planner.domain.pattern import QuotaKind
from mweek_planner.domain.phase_set import after, has
from mweek_planner.domain.selection import Selection


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
    coming = [other for other in draft.terms.lines if other.phase > line.phase and _goes_by_share(other)]
    if not coming or not _goes_by_share(line):
        return
    demands = _demands(draft, line, coming, candidates, selection)
    if not demands:
        return
    most_later = {number: _most_later(draft, draft.terms.lines[number]) for number in {number for _, number in demands}}
    floors = Floors(selection)
    for (owner, number), demand in demands.items():
        too_many = demand.groups - most_later[number][owner]
        groups = [machines for machines in demand.now if selection.may_take(machines[0])] if too_many > 0 else []
        count = min(too_many - (len(demand.now) - len(groups)), floors.most_now(owner)) if groups else 0
        if count > 0:
            yield sorted(machine for machines in groups for machine in machines), count
            floors.look_again(owner)


def _goes_by_share(line: Line) -> bool:
    """Return whether an entry owes each customer its share before anything else."""
    return bool(line.target) and line.entry.quota.kind is not QuotaKind.SAMPLE and not line.entry.prefer_untested


def _demands(
    draft: Draft, line: Line, coming: Sequence[Line], candidates: Sequence[int], selection: Selection
) -> Mapping[tuple[int, int], _Demand]:
    """Return what groups demand of the lines to come, by owner and line, for owners of whom a group can go now."""
    group_of, owner_of = draft.terms.census.group_of, draft.terms.census.owner_of
    reached: defaultdict[int, list[int]] = defaultdict(list)
    for machine in candidates:
        if (group := group_of[machine]) != NO_GROUP and selection.may_take(machine):
            reached[group].append(machine)
    owners = {owner_of[machines[0]] for machines in reached.values()}
    served = {
        group_of[machine]: draft.group_state_with(machine, line.phase)
        for machine in selection.chosen
        if group_of[machine] != NO_GROUP
    }
    chosen, bound_for = set(selection.chosen), dict[int, list[Line]]()
    demands: defaultdict[tuple[int, int], _Demand] = defaultdict(_Demand)
    for group, state in enumerate(draft.group_states() if reached else ()):
        state = served.get(group, state)
        if state not in bound_for:
            bound_for[state] = _bound_for(draft, line, coming, state)
        for other in bound_for[state]:
            whose = {owner_of[machine] for machine in draft.members_left(group) if machine not in chosen}
            if len(whose) == 1 and (owner := next(iter(whose))) in owners:
                demand = demands[owner, other.number]
                demand.groups += 1
                if group in reached:
                    demand.now.append(reached[group])
    return demands


def _bound_for(draft: Draft, line: Line, coming: Sequence[Line], state: int) -> list[Line]:
    """Return the lines that each get a member of a group when this line takes none of it."""
    left, taken = draft.group_state(state)
    kinds = [draft.terms.kinds[kind] for kind in set(left)]
    phases = 0
    for kind in kinds:
        phases |= after(kind.options.takes, line.phase) & ~taken
    if len(left) < phases.bit_count():
        return []
    return [
        other
        for other in coming
        if has(phases, other.phase)
        and any(other.number in kind.selected and kind.options.welcome(other.phase) for kind in kinds)
    ]


def _most_later(draft: Draft, line: Line) -> Counter[int]:
    """Return how many more machines of each customer a later line takes without going above its ceiling."""
    kept = Counter(map(draft.terms.census.owner_of.__getitem__, draft.taken[line.number]))
    target, size = line.target or 0, len(line.population)
    weights = line.population.weights
    return Counter({owner: -(-target * weight // size) - kept[owner] for owner, weight in weights.items()})
