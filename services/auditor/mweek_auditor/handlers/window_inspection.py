"""Gives verdicts on the requested windows of a location: says what has changed, and says it once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mweek_contracts.events import ADHOC, AuditOccasion
from mweek_messaging import Voice
from sqlmodel import Session

from mweek_auditor.domain.finding import Finding
from mweek_auditor.domain.report import Report
from mweek_auditor.domain.windows.audit import audit_windows
from mweek_auditor.domain.windows.case import WindowCase
from mweek_auditor.domain.windows.telling import Telling
from mweek_auditor.handlers.window_files import case_of_windows
from mweek_auditor.storage.reports import store_report
from mweek_auditor.storage.window_watch import WindowWatch, load_watch, note_heard, store_watch
from mweek_auditor.translation.revision import FINDINGS_PER_MESSAGE
from mweek_auditor.translation.verdict import verdict_event

_LONGEST_SILENCE = timedelta(minutes=10)
"""Where windows come and go without a pause, somebody is always still to be told: then it is said in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowInspector:
    """Who looks at requested windows.

    In the service's clock: `settle` is how long after news to wait for more, `patience` how long the planner may take
    to act on changed records, `notice_patience` how long customers may take to be told.
    """

    voice: Voice
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    take_lock: Callable[[Session, str], None]
    settle: timedelta
    patience: timedelta
    notice_patience: timedelta

    def lock(self, session: Session, location: str) -> None:
        """Keep other instances from the windows of a location until this transaction ends; after any week's lock."""
        self.take_lock(session, f"audit/{location}/{ADHOC}")

    def note_heard(self, session: Session, location: str) -> int:
        """Take note that something was heard, to be looked at soon; returns its number among all of the location."""
        self.lock(session, location)
        now = self.now()
        return note_heard(session, location, now=now, due_at=now + self.settle)

    def look_if_due(self, session: Session, location: str) -> None:
        """Judge the windows of a location, if that is due by now, and say what is new."""
        watch, now = load_watch(session, location), self.now()
        if not watch.is_due(now):
            return
        occasion = AuditOccasion.WINDOWS_CHANGED
        if _is_due(watch.inventory_due_at, now) and not _is_due(watch.due_at, now):
            occasion = AuditOccasion.INVENTORY_CHANGED
        watch = replace(watch, due_at=None, inventory_due_at=None, next_look_at=None)
        case = case_of_windows(session, location, now=now, patience=self.patience, notice_patience=self.notice_patience)
        if case is not None:
            watch = self._judged(session, watch, case, occasion)
        else:
            watch = self._nothing_left(session, watch, occasion)
        store_watch(session, watch)

    def _nothing_left(self, session: Session, watch: WindowWatch, occasion: AuditOccasion) -> WindowWatch:
        """Say that all is well where it was not: what was wrong is over."""
        if watch.said:
            self._say(session, _Looked(watch.location), occasion, ())
        return replace(watch, said="", unsaid_since=None)

    def _judged(self, session: Session, watch: WindowWatch, case: WindowCase, occasion: AuditOccasion) -> WindowWatch:
        """Say the verdict, unless it was said before or somebody is still to be told; returns what is left to do."""
        telling = Telling(case)
        findings = audit_windows(case, telling)
        digest, is_awaited = _digest(findings), telling.next_due_at is not None
        if digest != watch.said or self._is_to_be_confirmed(watch, findings, is_awaited=is_awaited):
            self._say(session, _Looked.at(case, telling), occasion, findings)
            watch = replace(watch, said=digest, unsaid_since=None)
        elif findings:
            watch = replace(watch, unsaid_since=None)
        looks = (telling.next_due_at, case.next_settled_at)
        return replace(watch, next_look_at=min((at for at in looks if at is not None), default=None))

    def _is_to_be_confirmed(self, watch: WindowWatch, findings: Sequence[Finding], *, is_awaited: bool) -> bool:
        """Return whether to say of something new that all is well: everybody was told of it, or it is a while ago."""
        if findings or watch.unsaid_since is None:
            return False
        return not is_awaited or watch.unsaid_since + _LONGEST_SILENCE <= self.now()

    def _say(self, session: Session, looked: _Looked, occasion: AuditOccasion, findings: Sequence[Finding]) -> None:
        report = Report(
            audit_id=self.new_id(),
            location=looked.location,
            week=ADHOC,
            plan_id="",
            revision=0,
            preview=False,
            occasion=occasion,
            audited_at=self.now(),
            machines=looked.machines,
            windows=looked.windows,
            phases=0,
            unplaced=0,
            customers_told=looked.customers_told,
            findings_total=len(findings),
            findings=tuple(findings[:FINDINGS_PER_MESSAGE]),
        )
        store_report(session, report)
        self.voice.say(session, verdict_event(self.voice.envelope(None), report))


@dataclass(frozen=True, slots=True)
class _Looked:
    """How much was looked at."""

    location: str
    machines: int = 0
    windows: int = 0
    customers_told: int = 0

    @classmethod
    def at(cls, case: WindowCase, telling: Telling) -> _Looked:
        standing = sum(window.stands for window in case.requested)
        return cls(case.location, case.machines_in_service, standing, telling.customers_told)


def _is_due(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at <= now


def _digest(findings: Sequence[Finding]) -> str:
    """Return a text that stands for just these findings; empty where there are none."""
    if not findings:
        return ""
    return hashlib.sha256(repr([(one.code.value, one.machine, one.text) for one in findings]).encode()).hexdigest()
