"""Planning a week: one pure function from everything it may know to a plan, or to a refusal.

The rules stand in docs/planning.md. Same input, same plan, byte for byte; the order of the input says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mweek_contracts.reasons import PlacementCode
from mweek_contracts.weeks import week_after, week_of, week_starts_at

from mweek_planner.domain import refusal
from mweek_planner.domain.acceptance import outside_acceptable
from mweek_planner.domain.assignments import Assignments
from mweek_planner.domain.census import take_census
from mweek_planner.domain.customer import Customer
from mweek_planner.domain.draft import Draft
from mweek_planner.domain.explanation import Explanation
from mweek_planner.domain.filling import fill
from mweek_planner.domain.machine import Fleet
from mweek_planner.domain.outcome import Planned, Refused
from mweek_planner.domain.pattern import Pattern
from mweek_planner.domain.plan import NO_OVERRIDES, Overrides, Plan
from mweek_planner.domain.remainder import let_peers_share, place_remainder, uncovered, without_window
from mweek_planner.domain.report import Compromise, Report
from mweek_planner.domain.revision import keep_windows, phases_of_the_past, phases_of_week
from mweek_planner.domain.shortfall import compromises_of
from mweek_planner.domain.terms import Terms, terms_of
from mweek_planner.domain.welcome import House
from mweek_planner.domain.window import windows


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningInput:
    """All that planning may know.

    `week` is an ISO week such as `2026-W49`. `parent` is the current revision of the week, cancelled or not; None
    where there is none. `history` says how often a machine was early in past weeks (absent: never).
    """

    location: str
    week: str
    now: datetime
    fleet: Fleet
    pattern: Pattern
    parent: Plan | None = None
    history: Mapping[str, int] = field(default_factory=dict)
    overrides: Overrides = NO_OVERRIDES

    @property
    def afresh(self) -> bool:
        """Whether nobody has been told of a window of this week that stands."""
        return self.parent is None or self.parent.cancelled

    @property
    def refuses_short_notice(self) -> bool:
        """Whether the whole week is refused when a window comes too soon, instead of moving that window."""
        return self.afresh and self.overrides.notice is None

    @property
    def effective_overrides(self) -> Overrides:
        """The overrides of this revision: that of blackouts is inherited, or the windows that it allowed would move."""
        if self.parent is None or self.parent.cancelled or self.overrides.blackouts is not None:
            return self.overrides
        return replace(self.overrides, blackouts=self.parent.overrides.blackouts)


def plan(asked: PlanningInput) -> Planned | Refused:
    """Return the next revision of a week with its report, or why there is none.

    Raises:
        ValueError: the week is no ISO week.
    """
    monday = week_starts_at(asked.week)
    if all(monday + phase.opens <= asked.now for phase in asked.pattern.phases):
        return refusal.week_over(asked.location, asked.week)
    if _is_too_far(asked.week, asked.now):
        return refusal.week_too_far(asked.location, asked.week)
    planned = _plan(asked)
    if isinstance(planned, Planned) and asked.refuses_short_notice:
        too_soon = _too_soon(planned.plan, asked)
        if too_soon:
            return refusal.notice_too_short(asked.week, too_soon, _earliest_week(asked))
    return planned


def _plan(asked: PlanningInput) -> Planned | Refused:
    terms = _terms(asked)
    draft = Draft(terms)
    gone = keep_windows(draft, asked.parent) if asked.parent else ()
    compromises = _fill_week(draft)
    uncovered_machines = sorted(map(terms.census.name, uncovered(draft)))
    if uncovered_machines and (asked.afresh or asked.parent is None or asked.parent.pattern != asked.pattern):
        return refusal.not_covered(asked.pattern.name, uncovered_machines)
    assignments = windows(draft, asked.parent, gone)
    report = Report(compromises, outside_acceptable(assignments, terms.census))
    return Planned(_revision(asked, draft, assignments), report)


def _terms(asked: PlanningInput) -> Terms:
    house = House(
        phases=phases_of_week(asked.pattern, week_starts_at(asked.week), asked.parent, asked.now),
        now=asked.now,
        asks_opened=not asked.refuses_short_notice,
        asks_notice=not asked.afresh and asked.overrides.notice is None,
        asks_blackouts=asked.effective_overrides.blackouts is None,
    )
    census = take_census(asked.fleet, location=asked.location, week=asked.week, history=asked.history)
    return terms_of(asked.pattern, census, house)


def _fill_week(draft: Draft) -> tuple[Compromise, ...]:
    """Place every machine that can be placed; return where a quota gave way."""
    compromises: list[Compromise] = []
    for phase in range(len(draft.terms.house.phases)):
        draft.show_kept(phase)
        for line in draft.terms.lines_of_phase(phase):
            fill(draft, line)
            compromises += compromises_of(draft, line)
    if draft.terms.remainder is not None:
        place_remainder(draft, draft.terms.remainder)
    let_peers_share(draft)
    return tuple(compromises)


def _revision(asked: PlanningInput, draft: Draft, assignments: Assignments) -> Plan:
    explanation = Explanation(draft, asked.parent)
    unplaced = (explanation.unplaced(machine) for machine in without_window(draft))
    phases = draft.terms.house.phases
    past = phases_of_the_past(phases, asked.parent, asked.now)
    return Plan(
        location=asked.location,
        week=asked.week,
        revision=asked.parent.revision + 1 if asked.parent else 1,
        parent_revision=asked.parent.revision if asked.parent else None,
        pattern=asked.pattern,
        planned_at=asked.now,
        phases=tuple(sorted((*past, *phases), key=lambda phase: phase.opens_at)),
        assignments=assignments,
        unplaced=tuple(sorted(unplaced, key=lambda u: u.machine)),
        overrides=asked.effective_overrides,
    )


def _too_soon(plan: Plan, asked: PlanningInput) -> tuple[str, ...]:
    """Return the machines whose window is new and opens before now and the notice of their customer, sorted.

    The operator's own machines need no notice, but their windows must not have opened.
    """
    columns = Assignments.of(plan.assignments)
    opens_at = [None if there.reason is PlacementCode.KEPT else there.opens_at for there in columns.placements]
    customers = {customer.name: customer for customer in asked.fleet.customers}
    longest = max(customer.notice for customer in (*asked.fleet.customers, Customer(name="")))
    if all(opening is None or opening >= asked.now + longest for opening in opens_at):
        return ()
    told_by: dict[str | None, datetime] = {None: asked.now}
    for owner in set(columns.customer):
        if owner is not None:
            told_by[owner] = asked.now + (customers.get(owner) or Customer(name=owner)).notice
    return tuple(
        sorted(
            machine
            for machine, customer, number in zip(columns.machine, columns.customer, columns.placement, strict=True)
            if (opening := opens_at[number]) is not None and opening < told_by[customer]
        )
    )


def _earliest_week(asked: PlanningInput) -> str | None:
    """Return the first later week in which no window would come too soon, None when there is none within a year."""
    for weeks in range(1, refusal.MOST_WEEKS_AHEAD + 1):
        later = replace(asked, week=week_after(asked.week, weeks), parent=None)
        if _is_too_far(later.week, asked.now):
            return None
        planned = _plan(later)
        if isinstance(planned, Planned) and not _too_soon(planned.plan, later):
            return later.week
    return None


def _is_too_far(week: str, now: datetime) -> bool:
    return week_starts_at(week) - week_starts_at(week_of(now)) > timedelta(weeks=refusal.MOST_WEEKS_AHEAD)
