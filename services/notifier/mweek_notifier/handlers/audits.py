"""Hears audits that failed, and tells the operator what a person must look at."""

from __future__ import annotations

from dataclasses import replace

import structlog
from mweek_contracts.events import AuditFailedV1
from sqlmodel import Session

from mweek_notifier.domain.finding import is_news, needs_operator
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.handlers.announcing import Announcer, cause_of
from mweek_notifier.storage.ledger import load_told_findings
from mweek_notifier.translation import finding_notice, findings_of

log = structlog.get_logger()


class AuditHandlers:
    """Handlers of what the auditor says."""

    def __init__(self, *, announcer: Announcer, operator: Contact) -> None:
        """Take the way to announce, and who is told."""
        self._announcer = announcer
        self._operator = operator

    def audit_failed(self, session: Session, message: AuditFailedV1) -> None:
        """Plan a mail to the operator, unless the planner alone can act, or the last mail said the same."""
        findings = findings_of(message)
        if message.preview or not needs_operator(findings):
            return
        notice = finding_notice(message, self._operator)
        told = load_told_findings(session, notice.location, notice.week, notice.plan_id)
        if not is_news(findings, told.findings):
            log.info("findings-told-before", plan_id=notice.plan_id, audit_id=message.audit_id)
            return
        notice = replace(notice, earlier_mails=told.mails)
        self._announcer.announce(session, cause_of(message), [notice])
