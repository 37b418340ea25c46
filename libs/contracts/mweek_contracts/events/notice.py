"""What became of the notices that customers and operators are sent."""

from __future__ import annotations

from enum import StrEnum

from mweek_contracts.events.week import WeekEvent
from mweek_contracts.fields import (
    EmailAddress,
    Identifier,
    MailMessageId,
    PositiveCount,
    Sentence,
    Text,
    Token,
    UtcDatetime,
)


class NoticeKind(StrEnum):
    """What a notice is about."""

    SCHEDULED = "scheduled"
    """The customer's slots in a week, told for the first time."""
    CHANGED = "changed"
    """The customer's slots are not what the last notice said."""
    CANCELLED = "cancelled"
    """The customer has no slots in the week any more."""
    FINDING = "finding"
    """To the operator: the auditor found something wrong."""


class NoticeEvent(WeekEvent):
    """What became of one notice: one contact, one occasion."""

    notice_id: Identifier
    """Names the notice, for ever; made of plan, customer, contact and kind."""
    kind: NoticeKind
    """What it is about."""
    plan_id: Identifier
    """The plan revision that it tells of."""
    revision: PositiveCount
    """Its number."""
    customer: Token | None = None
    """Absent for a notice to the operator."""
    contact: EmailAddress
    """The address."""


class NoticeSentV1(NoticeEvent):
    """A mail server accepted the mail (or it lies in the maildir)."""

    mail_message_id: MailMessageId
    """The Message-ID of the mail, with its angle brackets."""
    sent_at: UtcDatetime
    """When it was handed over."""
    attempt: PositiveCount = 1
    """Which attempt succeeded."""


class NoticeSkippedV1(NoticeEvent):
    """The mail was not sent on purpose, e.g. a newer revision made it untrue before it left."""

    reason: Text
    """Why not."""


class NoticeFailedV1(NoticeEvent):
    """The mail will not be delivered: the address was refused, or every attempt failed."""

    reason: Sentence
    """What the last attempt said."""
    attempts: PositiveCount
    """How many were made."""
