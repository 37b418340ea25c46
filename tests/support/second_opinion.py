"""What the auditor, which shares no code with the planner, says of a plan: the rules judged a second time."""

from __future__ import annotations

from collections.abc import Iterable

from mweek_auditor.domain import fleet as theirs
from mweek_auditor.domain import pattern as their_pattern
from mweek_auditor.domain import plan as their_plan
from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.finding import Finding
from mweek_contracts.events import FindingCode
from mweek_planner.domain.customer import Customer
from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.outcome import Planned
from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.plan import Plan
from mweek_planner.domain.planning import PlanningInput


def findings(asked: PlanningInput, planned: Planned) -> tuple[Finding, ...]:
    """Return what the auditor finds wrong with a plan, leaving out that machines are unplaced: the plan says so."""
    case = their_plan.Case(
        plan=_plan(planned),
        pattern=_pattern(asked.pattern, planned.plan),
        fleet=_fleet(asked.fleet),
        planned_from=_fleet(asked.fleet),
        now=asked.now,
        parent=their_plan.Parent(_phases(asked.parent), _windows(asked.parent)) if asked.parent else None,
    )
    return tuple(finding for finding in audit(case) if finding.code is not FindingCode.UNPLACED)


def _plan(planned: Planned) -> their_plan.Plan:
    plan = planned.plan
    return their_plan.Plan(
        location=plan.location,
        week=plan.week,
        phases=_phases(plan),
        windows=_windows(plan),
        unplaced=tuple(their_plan.Unplaced(one.machine, one.reason.value) for one in plan.unplaced),
        revision=plan.revision,
        planned_at=plan.planned_at,
        compromises=tuple(
            their_plan.Compromise(
                code=one.code.value, phase=one.phase, entry=one.entry, planned=one.planned, actual=one.actual
            )
            for one in planned.report.compromises
        ),
        blackouts_overridden=plan.overrides.blackouts,
        notice_overridden=plan.overrides.notice,
    )


def _windows(plan: Plan) -> tuple[their_plan.Window, ...]:
    return tuple(
        their_plan.Window(machine=one.machine, phase=one.phase, opens_at=one.opens_at, closes_at=one.closes_at)
        for one in plan.assignments
    )


def _phases(plan: Plan) -> tuple[their_plan.PhaseSummary, ...]:
    return tuple(their_plan.PhaseSummary(phase.name, phase.opens_at, phase.closes_at) for phase in plan.phases)


def _pattern(pattern: Pattern, plan: Plan) -> their_pattern.Pattern:
    by_name = {phase.name: phase for phase in plan.phases}
    names = [phase.name for phase in pattern.phases]
    return their_pattern.Pattern(
        name=pattern.name,
        phases=tuple(
            their_pattern.Phase(
                name=phase.name,
                opens_at=by_name[phase.name].opens_at,
                closes_at=by_name[phase.name].closes_at,
                entries=tuple(
                    their_pattern.Entry(
                        select=their_pattern.Selector(
                            role=entry.selector.roles,
                            environment=entry.selector.environments,
                            kind=entry.selector.kinds,
                            customer=entry.selector.customers,
                            profile=entry.selector.profiles,
                            tested=entry.selector.tested,
                            labels=entry.selector.labels,
                        ),
                        quota=their_pattern.Quota(entry.quota.kind.value.replace("-", "_")),
                        amount=entry.quota.amount,
                    )
                    for entry in phase.entries
                ),
            )
            for phase in pattern.phases
        ),
        remainder=names.index(pattern.remainder) if pattern.remainder is not None else None,
    )


def _fleet(fleet: Fleet) -> theirs.Fleet:
    return theirs.Fleet(
        machines=tuple(
            theirs.Machine(
                name=one.name,
                kind=one.kind,
                role=one.role,
                environment=one.environment,
                customer=one.customer,
                host=one.host,
                redundancy_group=one.redundancy_group,
                profile=one.profile,
                downtime_minutes=one.downtime_minutes,
                in_service=one.in_service,
                labels=one.labels,
            )
            for one in fleet.machines
        ),
        customers=tuple(
            theirs.Customer(
                name=one.name,
                calendar=one.calendar,
                blackouts=tuple(theirs.Blackout(b.starts_at, b.ends_at, b.reason) for b in one.blackouts),
                notice_hours=one.notice_hours,
            )
            for one in _described(fleet)
        ),
    )


def _described(fleet: Fleet) -> Iterable[Customer]:
    """Return a description of every customer: those that nobody described have the defaults."""
    known = {customer.name for customer in fleet.customers}
    owners = {one.customer for one in fleet.machines if one.customer is not None}
    return (*fleet.customers, *(Customer(name=name) for name in sorted(owners - known)))
