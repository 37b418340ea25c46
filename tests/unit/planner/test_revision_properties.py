"""What holds when any week is planned again: nobody is moved who need not be, and nothing that has opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from mweek_contracts.reasons import PlacementCode
from mweek_planner.domain.cancellation import cancel
from mweek_planner.domain.diff import PlanDiff, diff
from mweek_planner.domain.machine import Fleet, Machine
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.plan import Plan
from mweek_planner.domain.planning import PlanningInput, plan

from tests.support.second_opinion import findings
from tests.support.weeks import EARLY_ENOUGH, HOUR, MONDAY, blackouts, machines, patterns, weeks

a_time_in_the_week = st.integers(-24, 6 * 24).map(lambda hours: MONDAY + hours * HOUR)
added = st.lists(st.integers(50, 59), max_size=3, unique=True).flatmap(
    lambda numbers: st.tuples(*(machines(f"m{number}") for number in numbers))
)


def planned(asked: PlanningInput) -> Planned:
    outcome = plan(asked)
    assert isinstance(outcome, Planned), outcome
    return outcome


def again(asked: PlanningInput, before: Plan, fleet: Fleet, *, now: datetime = EARLY_ENOUGH) -> PlanningInput:
    return replace(asked, parent=before, fleet=fleet, now=now)


def revised(asked: PlanningInput, fleet: Fleet, *, now: datetime = EARLY_ENOUGH) -> PlanDiff:
    before = planned(asked).plan
    outcome = plan(again(asked, before, fleet, now=now))
    return diff(before, outcome.plan if isinstance(outcome, Planned) else before)


def peers_who_made_room(changes: PlanDiff) -> frozenset[str]:
    """Return the machines whose window was cut for a peer that had none."""
    return frozenset(
        one.assignment.machine
        for one in changes.assigned
        if one.previous is not None
        and one.assignment.reason is PlacementCode.REDUNDANCY
        and one.assignment.phase == one.previous.phase
    )


def group_of(fleet: Fleet, name: str) -> str | None:
    return next((machine.redundancy_group for machine in fleet.machines if machine.name == name), None)


def customers_with_tests(fleet: Fleet) -> set[str | None]:
    tests = (one for one in fleet.machines if one.in_service and one.environment == "test")
    return {one.customer for one in tests if one.customer}


def with_machines(fleet: Fleet, extra: tuple[Machine, ...]) -> Fleet:
    return replace(fleet, machines=(*fleet.machines, *extra))


@given(weeks(), a_time_in_the_week)
def test_planning_an_unchanged_fleet_again_changes_nothing(asked: PlanningInput, now: datetime) -> None:
    before = planned(asked).plan

    after = plan(again(asked, before, asked.fleet, now=now))

    if isinstance(after, Planned):
        assert diff(before, after.plan).empty
        assert {one.machine for one in after.plan.unplaced} == {one.machine for one in before.unplaced}
    else:
        assert after.code == "week-over"


@given(weeks(), a_time_in_the_week, st.data())
def test_taking_machines_away_moves_nobody(asked: PlanningInput, now: datetime, data: st.DataObject) -> None:
    """A customer that loses its last test machine is untested from then on: other entries select its machines."""
    names = [machine.name for machine in asked.fleet.machines]
    gone = data.draw(st.sets(st.sampled_from(names)))
    left = replace(asked.fleet, machines=tuple(one for one in asked.fleet.machines if one.name not in gone))

    changes = revised(asked, left, now=now)

    selected_anew = customers_with_tests(asked.fleet) - customers_with_tests(left)
    moved = [one.assignment.customer for one in changes.assigned if one.previous is not None]
    assert set(moved) <= selected_anew
    lost = [one.assignment for one in changes.withdrawn if one.assignment.machine not in gone]
    assert {one.customer for one in lost} <= selected_anew
    assert all(one.assignment.opens_at > now for one in changes.withdrawn)


@given(weeks(), added)
def test_new_machines_move_nobody_but_peers_who_make_room(asked: PlanningInput, extra: tuple[Machine, ...]) -> None:
    """A customer that gets its first test machine is tested from then on: other entries select its machines."""
    fleet = with_machines(asked.fleet, extra)

    changes = revised(asked, fleet)

    groups = {machine.redundancy_group for machine in extra} - {None}
    selected_anew = customers_with_tests(fleet) - customers_with_tests(asked.fleet)
    for one in changes.assigned:
        if one.previous is not None and one.assignment.customer not in selected_anew:
            assert one.assignment.reason == "redundancy"
            assert group_of(fleet, one.assignment.machine) in groups
            assert one.assignment.phase == one.previous.phase
    assert {one.assignment.customer for one in changes.withdrawn} <= selected_anew


@given(weeks(), blackouts, a_time_in_the_week)
def test_a_new_blackout_moves_only_windows_in_it_and_peers_who_make_room(
    asked: PlanningInput, blackout: object, now: datetime
) -> None:
    acme, *others = asked.fleet.customers
    with_blackout = replace(acme, blackouts=(*acme.blackouts, blackout))
    fleet = replace(asked.fleet, customers=(with_blackout, *others))

    changes = revised(asked, fleet, now=now)

    def lay_in_it(window: object) -> bool:
        return window.customer == "acme" and blackout.overlaps(window.opens_at, window.closes_at)

    moved = [one for one in changes.assigned if one.previous is not None and not lay_in_it(one.previous)]
    assert all(one.assignment.reason == "redundancy" for one in moved)
    assert all(one.assignment.phase == one.previous.phase for one in moved if one.previous)
    assert all(lay_in_it(one.assignment) for one in changes.withdrawn)


@given(weeks(), patterns(remainder=True), added, a_time_in_the_week)
def test_a_window_that_has_opened_stays_whatever_happens(
    asked: PlanningInput, other: object, extra: tuple[Machine, ...], now: datetime
) -> None:
    before = planned(asked).plan
    retired = tuple(replace(machine, in_service=False) for machine in asked.fleet.machines[::2])
    fleet = with_machines(replace(asked.fleet, machines=(*retired, *asked.fleet.machines[1::3])), extra)

    after = plan(replace(again(asked, before, fleet, now=now), pattern=other))

    if isinstance(after, Planned):
        kept = after.plan.by_machine()
        for one in before.assignments:
            assert one.opens_at > now or kept[one.machine].same_window(one)


@given(weeks(), added, a_time_in_the_week)
def test_what_a_revision_gives_or_moves_comes_in_time_for_everybody(
    asked: PlanningInput, extra: tuple[Machine, ...], now: datetime
) -> None:
    notice = {customer.name: customer.notice for customer in asked.fleet.customers}

    changes = revised(asked, with_machines(asked.fleet, extra), now=now)

    for one in changes.assigned:
        assert one.assignment.opens_at > now
        assert one.assignment.opens_at >= now + notice.get(one.assignment.customer or "", timedelta(0))


@given(weeks(), added, blackouts, a_time_in_the_week)
def test_the_auditor_finds_nothing_wrong_with_any_revision(
    asked: PlanningInput, extra: tuple[Machine, ...], blackout: object, now: datetime
) -> None:
    acme, *others = asked.fleet.customers
    customers = (replace(acme, blackouts=(*acme.blackouts, blackout)), *others)
    changed = replace(with_machines(asked.fleet, extra), customers=customers)
    before = planned(asked).plan
    question = again(asked, before, replace(changed, machines=changed.machines[1:]), now=now)

    outcome = plan(question)

    if isinstance(outcome, Planned):
        made_room = peers_who_made_room(diff(before, outcome.plan))
        found = [one for one in findings(question, outcome) if one.machine not in made_room]
        assert found == []


@given(weeks(), a_time_in_the_week)
def test_a_cancelled_week_keeps_what_has_opened_and_can_be_planned_again(asked: PlanningInput, now: datetime) -> None:
    before = planned(asked).plan

    cancelled = cancel(before, now=now)

    if isinstance(cancelled, Refused):
        assert all(one.opens_at <= now for one in before.assignments)
        return
    assert all(one.opens_at <= now for one in cancelled.assignments)
    again_early = plan(replace(asked, parent=cancelled, now=EARLY_ENOUGH))
    assert isinstance(again_early, Planned)
    assert again_early.plan.revision == 3
    if not cancelled.assignments:
        assert diff(before, again_early.plan).empty
