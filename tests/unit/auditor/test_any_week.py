"""Properties over random fleets and patterns: what follows the rules passes, what does not never passes silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.census import Census
from mweek_auditor.domain.fleet import Fleet
from mweek_auditor.domain.pattern import Pattern
from mweek_auditor.domain.plan import Case, Plan

from tests.support import audit_cases as cases
from tests.support.plans import moved, parent_of, plan_by_hand, with_window

SELECTS = (
    {"role": "customer"},
    {"role": "customer", "environment": "test"},
    {"role": "customer", "environment": "production"},
    {"role": "customer", "environment": "production", "tested": False},
    {"role": "storage"},
    {"environment": "production"},
    {"kind": "virtual"},
    {},
)
BOUNDED = ("count 1", "count 3", "share 10%", "share 33.33%", "at_most 25%", "sample 12%", "sample 50%")
weeks = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Up to six phases with random entries; the last or the last but one is the declared remainder."""
    phases = []
    shares: dict[str, float] = {}
    for day in range(draw(st.integers(2, 6))):
        entries = []
        for _ in range(draw(st.integers(0, 3))):
            select = draw(st.sampled_from(SELECTS))
            quota = draw(st.sampled_from(("all", "remainder", *BOUNDED)))
            if quota.startswith("share"):
                shares[str(select)] = shares.get(str(select), 0) + float(quota[6:-1])
            if not quota.startswith("share") or shares[str(select)] <= 100:
                entries.append(cases.entry(quota, **select))
        phases.append(cases.phase(f"day-{day}", day, *entries, hours=draw(st.sampled_from((1, 3, 5)))))
    return cases.pattern(*phases, remainder=draw(st.sampled_from((len(phases) - 1, len(phases) - 2))))


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """Up to 40 machines of three customers and the operator: peers, blackouts, some machines out of service."""
    owners = [
        cases.customer(
            name,
            notice_hours=draw(st.sampled_from((0, 12, 72))),
            blackouts=tuple(
                cases.blackout(cases.at(day, 12), cases.at(day + 1, 12))
                for day in draw(st.sets(st.integers(0, 5), max_size=2))
            ),
        )
        for name in ("acme", "globex", "initech")
    ]
    members = [
        cases.machine(
            f"m{number:02d}",
            role=draw(st.sampled_from(("customer", "customer", "storage", "router"))),
            environment=draw(st.sampled_from(("production", "production", "test"))),
            kind=draw(st.sampled_from(("virtual", "physical"))),
            customer=draw(st.sampled_from(("acme", "globex", "initech", None))),
            redundancy_group=draw(st.sampled_from((None, None, None, "g1", "g2", "g3"))),
            downtime_minutes=draw(st.sampled_from((0, 15, 20, 60))),
            in_service=draw(st.sampled_from((True, True, True, True, False))),
        )
        for number in range(draw(st.integers(1, 40)))
    ]
    return cases.fleet(*owners, *members)


def _found(case: Case) -> list[str]:
    """Return what the audit says beside the machines that the plan itself declares to be without a window."""
    return [finding.text for finding in audit(case) if finding.code != "unplaced"]


@weeks
@given(fleets(), patterns())
def test_a_plan_by_the_rules_passes(records: Fleet, shape: Pattern) -> None:
    plan = plan_by_hand(records, shape, planned_at=cases.WEEK_BEFORE)
    assert _found(cases.case_of(plan, shape, records)) == []


@weeks
@given(fleets(), patterns(), fleets(), st.integers(-12, 120))
def test_a_revision_by_the_rules_passes(records: Fleet, shape: Pattern, later: Fleet, hours: int) -> None:
    assume(later.in_service)
    first = plan_by_hand(records, shape, planned_at=cases.WEEK_BEFORE)
    planned_at = cases.MONDAY + timedelta(hours=hours)
    second = plan_by_hand(later, shape, parent=first, planned_at=planned_at)
    assert _found(cases.case_of(second, shape, later, parent_of(first), now=planned_at)) == []


@weeks
@given(fleets(), patterns(), st.data())
def test_no_spoiled_plan_passes(records: Fleet, shape: Pattern, data: st.DataObject) -> None:
    plan = plan_by_hand(records, shape, planned_at=cases.WEEK_BEFORE)
    assume(plan.windows)
    window = data.draw(st.sampled_from(plan.windows), label="window")
    others = [(index, phase) for index, phase in enumerate(shape.phases) if phase.name != window.phase]
    index, other = data.draw(st.sampled_from(others), label="other phase")
    machine, later = records.by_name[window.machine], timedelta(hours=6)
    dropped = with_window(plan, machine.name, None)
    spoiled: dict[str, tuple[Plan, Fleet]] = {
        "dropped": (dropped, records),
        "duplicated": (replace(plan, windows=(*plan.windows, replace(window, phase=other.name))), records),
        "shifted": (
            with_window(
                plan,
                machine.name,
                replace(window, opens_at=window.opens_at + later, closes_at=window.closes_at + later),
            ),
            records,
        ),
        "given away": (with_window(dropped, "ghost", replace(window, machine="ghost")), records),
        "retired": (plan, cases.with_machine(records, replace(machine, in_service=False))),
    }
    # Elsewhere a moved machine may be as good: which of several like machines an entry takes is the planner's choice.
    census = Census(records, shape)
    if not census.selecting(machine) & census.in_phase[index] and index != shape.remainder:
        spoiled["moved"] = (moved(plan, machine.name, other), records)
    # A plan that leaves machines out fails anyhow: only what is found beside that counts.
    passed = [name for name, (changed, fleet) in spoiled.items() if not _found(cases.case_of(changed, shape, fleet))]
    assert passed == []


@weeks
@given(fleets(), patterns(), st.randoms(use_true_random=False))
def test_the_order_of_windows_and_records_does_not_matter(records: Fleet, shape: Pattern, random: object) -> None:
    plan = plan_by_hand(records, shape, planned_at=cases.WEEK_BEFORE)
    assume(plan.windows)
    spoiled = with_window(plan, plan.windows[0].machine, None)
    members, windows = list(records.machines), list(spoiled.windows)
    random.shuffle(members)  # type: ignore[attr-defined]
    random.shuffle(windows)  # type: ignore[attr-defined]
    shuffled = replace(records, machines=tuple(members))
    once = audit(cases.case_of(spoiled, shape, records))
    assert audit(cases.case_of(replace(spoiled, windows=tuple(windows)), shape, shuffled)) == once
