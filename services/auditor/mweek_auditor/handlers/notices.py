"""Hears what became of notices; with the last one that a revision waits for, its verdict is due."""

from __future__ import annotations

from mweek_contracts.events import NoticeFailedV1, NoticeSentV1, NoticeSkippedV1
from mweek_contracts.events.notice import NoticeEvent
from sqlmodel import Session

from mweek_auditor.domain.told import NoticeState
from mweek_auditor.handlers.inspection import Inspector
from mweek_auditor.handlers.window_inspection import WindowInspector
from mweek_auditor.storage.notices import anyone_waits, store_notice
from mweek_auditor.storage.weeks import awaits_notices, standing_plan
from mweek_auditor.storage.window_notices import store_answers
from mweek_auditor.translation.notices import notice_of
from mweek_auditor.translation.windows import answers_of


class NoticeHandlers:
    """Handlers of what the notifier says. Mails to the operator have no customer, and are nobody's slot."""

    def __init__(self, *, inspector: Inspector, windows: WindowInspector) -> None:
        """Take who gives the verdict on weeks, and who on requested windows."""
        self._inspector = inspector
        self._windows = windows

    def notice_sent(self, session: Session, message: NoticeSentV1) -> None:
        """Remember that a contact was told."""
        self._heard(session, message)

    def notice_skipped(self, session: Session, message: NoticeSkippedV1) -> None:
        """Remember why a contact was not told; it goes on waiting for a later notice."""
        self._heard(session, message)

    def notice_failed(self, session: Session, message: NoticeFailedV1) -> None:
        """Remember that a contact could not be told; the verdict need not wait for the others."""
        self._heard(session, message)

    def _heard(self, session: Session, message: NoticeEvent) -> None:
        if message.windows:
            self._heard_of_windows(session, message)
            return
        notice, week = notice_of(message), message.week
        if notice is None or week is None:  # to the operator
            return
        self._inspector.lock(session, message.location, week)
        answered = store_notice(session, message.location, week, message.notice_id, notice)
        if not answered or not awaits_notices(session, message.location, week):
            return
        failed = notice.state is NoticeState.FAILED
        if failed or not anyone_waits(session, message.location, week):
            plan = standing_plan(session, message.location, week)
            assert plan is not None, "it was there a moment ago, under the same lock"
            self._inspector.verdict_on_revision(session, plan)

    def _heard_of_windows(self, session: Session, message: NoticeEvent) -> None:
        answers = tuple(answers_of(message))
        if answers:
            self._windows.note_heard(session, message.location)
            store_answers(session, message.location, message.notice_id, answers)
