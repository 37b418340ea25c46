"""Gives verdicts: puts a case together, judges it, keeps the report and says it on the bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mweek_contracts.events import AuditOccasion, WeekCancelledV1, WeekScheduledV1
from mweek_messaging import Voice
from sqlmodel import Session

from mweek_auditor.domain.audit import audit
from mweek_auditor.domain.cancellation import Cancellation, audit_cancellation
from mweek_auditor.domain.finding import Finding, in_order
from mweek_auditor.domain.fleet import Fleet
from mweek_auditor.domain.plan import Case, Told
from mweek_auditor.domain.report import Report
from mweek_auditor.domain.schedule import next_look, occasion_at
from mweek_auditor.domain.told import Terms, awaited, not_told
from mweek_auditor.handlers.case_files import case_of_preview, case_of_standing, fleet_now, parts_of_plan
from mweek_auditor.storage.notices import anyone_waits, await_contacts, awaited_contacts, customers_told, notices_of
from mweek_auditor.storage.reports import store_report
from mweek_auditor.storage.weeks import StandingPlan, load_windows, standing_plan, store_plan
from mweek_auditor.translation.revision import FINDINGS_PER_MESSAGE, override_reason, phases_of
from mweek_auditor.translation.verdict import closing_of, verdict_event


@dataclass(frozen=True, slots=True)
class Inspector:
    """Who looks. `grace` is how long, in the service's clock, customers may take to be told of a revision."""

    voice: Voice
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    take_lock: Callable[[Session, str], None]
    grace: timedelta

    def lock(self, session: Session, location: str, week: str) -> None:
        """Keep other instances from looking at the same week until this transaction ends."""
        self.take_lock(session, f"audit/{location}/{week}")

    def inspect_revision(self, session: Session, plan: StandingPlan) -> None:
        """Judge a revision that was just heard of: wrong at once, or right as soon as everybody was told."""
        scheduled = WeekScheduledV1.model_validate_json(plan.closing)
        case = case_of_standing(session, plan, now=self.now())
        notice_overridden = override_reason(scheduled, "notice")
        self._expect_notices(session, plan, case.plan.told, case.fleet, notice_overridden=notice_overridden)
        findings = audit(case)
        if findings:
            self._say(session, plan, AuditOccasion.REVISION, _Looked.at(case), findings)
        else:
            self._wait_for_notices(session, plan)

    def inspect_cancellation(self, session: Session, plan: StandingPlan) -> None:
        """Judge a cancellation that was just heard of, in the same way."""
        told = tuple(told for part in parts_of_plan(session, plan.plan_id) for told in part.told)
        fleet = fleet_now(session, plan.location)
        self._expect_notices(session, plan, told, fleet, notice_overridden="the week is cancelled")
        findings = self._cancellation_findings(session, plan)
        if findings:
            self._say(session, plan, AuditOccasion.REVISION, self._looked_at_cancellation(session, plan), findings)
        else:
            self._wait_for_notices(session, plan)

    def verdict_on_preview(self, session: Session, preview: WeekScheduledV1) -> None:
        """Judge a preview; nobody is told of one, so nothing is waited for."""
        standing = standing_plan(session, preview.location, preview.week)
        case = case_of_preview(session, preview, standing, now=self.now())
        plan = StandingPlan(
            location=preview.location,
            week=preview.week,
            plan_id=preview.plan_id,
            revision=preview.revision,
            closing=preview.model_dump_json(),
            heard_at=self.now(),
        )
        self._say(session, plan, AuditOccasion.REVISION, _Looked.at(case, preview=True), audit(case))

    def verdict_on_revision(self, session: Session, plan: StandingPlan) -> None:
        """Say what was held back for the notices: everybody was told, one failed, or the grace time is over."""
        plan = replace(plan, notices_due_at=None)
        store_plan(session, plan)
        self._look(session, plan, AuditOccasion.REVISION)

    def look_if_due(self, session: Session, location: str, week: str) -> None:
        """Look at a week for everything that is due by now."""
        now = self.now()
        plan = standing_plan(session, location, week)
        if plan is None:
            return
        if _is_due(plan.notices_due_at, now):
            self.verdict_on_revision(session, plan)
            plan = replace(plan, notices_due_at=None)
        if _is_due(plan.inventory_due_at, now):
            plan = replace(plan, inventory_due_at=None)
            store_plan(session, plan)
            self._look(session, plan, AuditOccasion.INVENTORY_CHANGED)
        if _is_due(plan.next_look_at, now):
            phases = phases_of(WeekScheduledV1.model_validate_json(plan.closing))
            plan = replace(plan, next_look_at=next_look(phases, after=now))
            store_plan(session, plan)
            self._look(session, plan, occasion_at(phases, now))

    def _look(self, session: Session, plan: StandingPlan, occasion: AuditOccasion) -> None:
        """Judge the plan as it stands, notices included, and say so."""
        if plan.cancelled:
            looked, findings = self._looked_at_cancellation(session, plan), self._cancellation_findings(session, plan)
        else:
            case = case_of_standing(session, plan, now=self.now())
            looked, findings = _Looked.at(case), audit(case)
        findings = in_order((*findings, *self._told_findings(session, plan)))
        self._say(session, plan, occasion, looked, findings)

    def _expect_notices(
        self, session: Session, plan: StandingPlan, told: Sequence[Told], fleet: Fleet, *, notice_overridden: str | None
    ) -> None:
        due_at = plan.heard_at + self.grace
        terms = Terms(revision=plan.revision, due_at=due_at, notice_overridden=notice_overridden)
        await_contacts(session, plan.location, plan.week, awaited(told, fleet, terms), terms)

    def _wait_for_notices(self, session: Session, plan: StandingPlan) -> None:
        if anyone_waits(session, plan.location, plan.week):
            store_plan(session, replace(plan, notices_due_at=plan.heard_at + self.grace))
        else:
            self.verdict_on_revision(session, plan)

    def _told_findings(self, session: Session, plan: StandingPlan) -> list[Finding]:
        notices, now = notices_of(session, plan.location, plan.week), self.now()
        found: list[Finding] = []
        waiting = awaited_contacts(session, plan.location, plan.week)
        for terms in {each.terms: None for each in waiting}:
            contacts = [each.contact for each in waiting if each.terms == terms]
            found += not_told(contacts, notices, terms, now=now)
        return found

    def _cancellation_findings(self, session: Session, plan: StandingPlan) -> tuple[Finding, ...]:
        message = WeekCancelledV1.model_validate_json(plan.closing)
        parts = parts_of_plan(session, plan.plan_id)
        return audit_cancellation(
            Cancellation(
                cancelled_at=message.occurred_at,
                withdrawn=message.withdrawn,
                parts=(message.withdrawn_parts, len(parts)),
                told=tuple(told for part in parts for told in part.told),
                windows=load_windows(session, plan.location, plan.week),
            )
        )

    def _looked_at_cancellation(self, session: Session, plan: StandingPlan) -> _Looked:
        machines = len(fleet_now(session, plan.location).in_service)
        return _Looked(machines, len(load_windows(session, plan.location, plan.week)), phases=0, unplaced=0)

    def _say(
        self,
        session: Session,
        plan: StandingPlan,
        occasion: AuditOccasion,
        looked: _Looked,
        findings: Sequence[Finding],
    ) -> None:
        told = 0 if looked.preview else customers_told(session, plan.location, plan.week)
        report = Report(
            audit_id=self.new_id(),
            location=plan.location,
            week=plan.week,
            plan_id=plan.plan_id,
            revision=plan.revision,
            preview=looked.preview,
            occasion=occasion,
            audited_at=self.now(),
            machines=looked.machines,
            windows=looked.windows,
            phases=looked.phases,
            unplaced=looked.unplaced,
            customers_told=told,
            findings_total=len(findings),
            findings=tuple(findings[:FINDINGS_PER_MESSAGE]),
        )
        store_report(session, report)
        self.voice.say(session, verdict_event(self.voice.envelope(closing_of(plan.closing)), report))


@dataclass(frozen=True, slots=True)
class _Looked:
    """How much was looked at."""

    machines: int
    windows: int
    phases: int
    unplaced: int
    preview: bool = False

    @classmethod
    def at(cls, case: Case, *, preview: bool = False) -> _Looked:
        plan = case.plan
        machines = len(case.fleet.in_service)
        return cls(machines, len(plan.windows), len(plan.phases), len(plan.unplaced), preview)


def _is_due(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at <= now
