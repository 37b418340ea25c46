"""What customers were promised: no window in a blackout, none sooner than their notice hours, none too short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mweek_contracts.events import FindingCode

from mweek_auditor.domain.evidence import Evidence
from mweek_auditor.domain.finding import Finding, clock, span
from mweek_auditor.domain.fleet import Machine
from mweek_auditor.domain.plan import Window


class Consent:
    """Each window against the wishes of the machine's customer, and against what the machine needs."""

    def __init__(self, evidence: Evidence) -> None:
        """Take what is known of the fleet and of the plan."""
        self._case = evidence.case
        self._layout = evidence.layout

    def findings(self) -> Iterator[Finding]:
        """Yield blackout, too-short, notice-hours and already-open."""
        for name, window in self._layout.window.items():
            if self._case.is_settled(window):
                continue
            records = self._case.records_for(window)
            machine = records.in_service.get(name)
            if machine is None or (name in self._case.doubtful and records is self._case.planned_from):
                continue
            yield from self._blackout(machine, window)
            yield from self._too_short(machine, window)
            yield from self._too_soon(name, window)

    def _blackout(self, machine: Machine, window: Window) -> Iterator[Finding]:
        customer = self._case.records_for(window).customer_of(machine)
        if customer is None or self._case.plan.blackouts_overridden:
            return
        for blackout in customer.blackouts:
            if blackout.overlaps(window.opens_at, window.closes_at):
                text = (
                    f"{machine.name} has {span(window.opens_at, window.closes_at)}; {customer.name} has a blackout "
                    f"from {clock(blackout.starts_at)} to {clock(blackout.ends_at)} ({blackout.reason})."
                )
                yield Finding(FindingCode.BLACKOUT, machine.name, text)
                return

    def _too_short(self, machine: Machine, window: Window) -> Iterator[Finding]:
        if window.closes_at - window.opens_at < timedelta(minutes=machine.need_minutes):
            minutes = (window.closes_at - window.opens_at) // timedelta(minutes=1)
            text = (
                f"{machine.name} needs {machine.need_minutes} minutes for a downtime of {machine.downtime_minutes}; "
                f"its window has {minutes}."
            )
            yield Finding(FindingCode.TOO_SHORT, machine.name, text)

    def _too_soon(self, name: str, window: Window) -> Iterator[Finding]:
        """Yield notice-hours or already-open for a window that this revision gave; kept ones were told in time."""
        plan, found = self._case.plan, self._case.frame.phase_named(window.phase)
        machine = self._case.planned_from.in_service.get(name)
        if plan.planned_at is None or machine is None or found is None or name in self._case.kept:
            return
        customer, (_, phase) = self._case.planned_from.customer_of(machine), found
        hours = customer.notice_hours if customer and not plan.notice_overridden else 0
        if customer and hours and window.opens_at < plan.planned_at + timedelta(hours=hours):
            text = (
                f"{name} has a window that opens {clock(window.opens_at)}; {customer.name} wants "
                f"{hours} hours of notice, and the plan was made {clock(plan.planned_at)}."
            )
            yield Finding(FindingCode.NOTICE_HOURS, name, text)
        elif phase.opens_at <= plan.planned_at:
            text = (
                f"{name} was given a window in {phase.name}, which had opened {clock(phase.opens_at)}, "
                f"before the plan was made {clock(plan.planned_at)}."
            )
            yield Finding(FindingCode.ALREADY_OPEN, name, text)
