"""What the notifier says, as the audit's own."""

from __future__ import annotations

from mweek_contracts.events import NoticeFailedV1, NoticeSentV1, NoticeSkippedV1
from mweek_contracts.events.notice import NoticeEvent

from mweek_auditor.domain.told import Notice, NoticeState


def notice_of(message: NoticeEvent) -> Notice | None:
    """Return what became of a notice to a customer about its week; None for one to the operator, or about windows."""
    if message.customer is None or message.revision is None:
        return None
    state, at, detail = NoticeState.SENT, message.occurred_at, ""
    if isinstance(message, NoticeSentV1):
        at = message.sent_at
    elif isinstance(message, NoticeSkippedV1):
        state, detail = NoticeState.SKIPPED, message.reason
    elif isinstance(message, NoticeFailedV1):
        state, detail = NoticeState.FAILED, message.reason
    return Notice(
        customer=message.customer,
        contact=message.contact,
        revision=message.revision,
        state=state,
        at=at,
        detail=detail,
    )
