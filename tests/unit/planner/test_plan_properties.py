"""What holds of any week, whatever the fleet and the pattern: the rules of docs/planning.md as properties."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import Assignment
from mweek_planner.domain.planning import PlanningInput, plan
from mweek_planner.rendering.plan_json import plan_json

from tests.support.second_opinion import findings
from tests.support.weeks import weeks


def planned(asked: PlanningInput) -> Planned:
    outcome = plan(asked)
    assert isinstance(outcome, Planned), outcome
    return outcome


def overlap(one: Assignment, other: Assignment) -> bool:
    return one.opens_at < other.closes_at and other.opens_at < one.closes_at


@given(weeks())
def test_every_machine_in_service_has_one_window_or_is_reported_without(asked: PlanningInput) -> None:
    result = planned(asked).plan

    named = Counter(one.machine for one in (*result.assignments, *result.unplaced))

    assert named == Counter(machine.name for machine in asked.fleet.machines if machine.in_service)


@given(weeks())
def test_every_window_is_the_phase_or_a_slot_in_it(asked: PlanningInput) -> None:
    result = planned(asked).plan
    phases = {phase.name: phase for phase in result.phases}
    peers = {machine.name: machine.redundancy_group for machine in asked.fleet.machines}

    for one in result.assignments:
        phase = phases[one.phase]
        whole = (one.opens_at, one.closes_at) == (phase.opens_at, phase.closes_at)
        assert phase.opens_at <= one.opens_at < one.closes_at <= phase.closes_at
        assert whole or peers[one.machine] is not None


@given(weeks())
def test_no_window_is_shorter_than_the_machine_needs(asked: PlanningInput) -> None:
    needed = {machine.name: timedelta(minutes=machine.needed_minutes) for machine in asked.fleet.machines}

    for one in planned(asked).plan.assignments:
        assert one.closes_at - one.opens_at >= needed[one.machine]


@given(weeks())
def test_windows_of_redundancy_peers_never_overlap(asked: PlanningInput) -> None:
    groups = {machine.name: machine.redundancy_group for machine in asked.fleet.machines}
    windows = [one for one in planned(asked).plan.assignments if groups[one.machine] is not None]

    for one, other in combinations(windows, 2):
        assert groups[one.machine] != groups[other.machine] or not overlap(one, other)


@given(weeks())
def test_no_window_lies_in_a_blackout(asked: PlanningInput) -> None:
    blackouts = {customer.name: customer.blackouts for customer in asked.fleet.customers}

    for one in planned(asked).plan.assignments:
        assert not any(b.overlaps(one.opens_at, one.closes_at) for b in blackouts.get(one.customer or "", ()))


@given(weeks(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_says_nothing(asked: PlanningInput, random: object) -> None:
    machines, customers = list(asked.fleet.machines), list(asked.fleet.customers)
    random.shuffle(machines)  # type: ignore[attr-defined]
    random.shuffle(customers)  # type: ignore[attr-defined]
    shuffled = replace(asked, fleet=replace(asked.fleet, machines=tuple(machines), customers=tuple(customers)))

    assert planned(shuffled) == planned(asked)


@given(weeks())
def test_planning_twice_gives_the_same_bytes(asked: PlanningInput) -> None:
    once, twice = ("".join(plan_json(planned(asked), pattern_document={})) for _ in range(2))

    assert once == twice


@given(weeks())
def test_the_auditor_finds_nothing_wrong_with_any_plan(asked: PlanningInput) -> None:
    assert findings(asked, planned(asked)) == ()


@given(weeks(remainder=False))
def test_without_a_remainder_a_week_is_refused_naming_machines_that_nothing_is_bound_to_take(
    asked: PlanningInput,
) -> None:
    unbounded = [e.selector for p in asked.pattern.phases for e in p.entries if not e.quota.bounded]
    tested = {m.customer for m in asked.fleet.machines if m.in_service and m.environment == "test"}
    bound = {
        machine.name
        for machine in asked.fleet.machines
        if any(selector.selects(machine, tested=machine.customer in tested) for selector in unbounded)
    }

    outcome = plan(asked)

    if isinstance(outcome, Refused):
        assert outcome.machines == tuple(sorted(set(outcome.machines) - bound))
        assert all(name in outcome.text for name in outcome.machines[:5])
    else:
        assert {one.machine for one in outcome.plan.unplaced} <= bound
