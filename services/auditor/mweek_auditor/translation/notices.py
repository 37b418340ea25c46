"""What the notifier says, as the audit's own."""

from __future__ import annotations

from datetime import datetime

from mweek_contracts.events import NoticeFailedV1, NoticeSentV1, NoticeSkippedV1
from mweek_contracts.events.notice import NoticeEvent

from mweek_auditor.domain.told import Notice, NoticeState


def notice_of(message: NoticeEvent) -> Notice | None:
    """Return what became of a notice to a customer about its week; None for one to the operator, or about windows."""
    if message.customer is None or message.revision is None:
        return None
    state, at, detail = outcome_of(message)
    return Notice(
        customer=message.customer,
        contact=message.contact,
        revision=message.revision,
        state=state,
        at=at,
        detail=detail,
    )


def outcome_of(message: NoticeEvent) -> tuple[NoticeState, datetime, str]:
    """Return what became of a notice, when, and why it was skipped or failed."""
    if isinstance(message, NoticeSkippedV1):
        return NoticeState.SKIPPED, message.occurred_at, message.reason
    if isinstance(message, NoticeFailedV1):
        return NoticeState.FAILED, message.occurred_at, message.reason
    return NoticeState.SENT, message.sent_at if isinstance(message, NoticeSentV1) else message.occurred_at, ""
