"""Synthetic fleets are planned as well as can be: what plans are worth, counted by no code of the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest
from mweek_contracts.documents import built_in_pattern
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.translation import pattern_from

from tests.benchmarks.decision import Decision, decision, worth
from tests.benchmarks.synthetic import LOCATION, synthetic_fleet
from tests.support.weeks import EARLY_ENOUGH, WEEK

FLEETS = [(236, seed) for seed in (1, 2, 7, 8, 14, 18)] + [(600, 1), (600, 2)]
ONE_FEW_MANY = built_in_pattern("one-few-many")
assert ONE_FEW_MANY is not None


def planned(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The phase of each machine."""
    assert ONE_FEW_MANY is not None
    fields = [{name: value or None for name, value in row.items()} for row in rows]
    machines = [Machine(**one | {"downtime_minutes": int(one["downtime_minutes"] or 0)}) for one in fields]  # type: ignore[arg-type]
    outcome = plan(
        PlanningInput(
            location=LOCATION,
            week=WEEK,
            now=EARLY_ENOUGH,
            fleet=Fleet(tuple(machines)),
            pattern=pattern_from(ONE_FEW_MANY),
        )
    )
    assert isinstance(outcome, Planned)
    return {window.machine: window.phase for window in outcome.plan.assignments}


def unavoidable(made: Decision) -> int:
    """How many peers must share a phase in any week: for more members than phases, and for want of room on Tuesday.

    A lower bound that is easy to count: all members of a synthetic group have the same phases to go to, and only groups
    that need every one of them compete for the smallest entry.
    """
    reach: defaultdict[str, list[tuple[int, ...]]] = defaultdict(list)
    for choice in made.choices:
        if choice.group:
            reach[choice.group].append(choice.entries)
    too_many = sum(max(0, len(members) - len(members[0])) for members in reach.values())
    competing: defaultdict[int, int] = defaultdict(int)
    for members in reach.values():
        if len(members) >= len(members[0]):
            for entry in members[0]:
                competing[entry] += 1
    targets = {number: made.entries[number].target for number in competing}
    no_room = (competing[number] - target for number, target in targets.items() if target is not None)
    return too_many + max(0, *no_room, 0)


@pytest.mark.parametrize(("machines", "seed"), FLEETS)
def test_no_more_peers_share_a_phase_than_in_the_best_week_and_all_targets_are_met(machines: int, seed: int) -> None:
    assert ONE_FEW_MANY is not None
    rows = synthetic_fleet(machines, seed=seed).machines
    made = decision(ONE_FEW_MANY, rows)

    result = worth(made, planned(rows))

    assert (result.conflicts, result.missed) == (unavoidable(made), 0)
