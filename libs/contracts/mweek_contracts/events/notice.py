"""What became of the notices that customers and operators are sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from mweek_contracts.events.window import ADHOC
from mweek_contracts.fields import (
    EmailAddress,
    Identifier,
    MailMessageId,
    PositiveCount,
    Sentence,
    Text,
    Token,
    UtcDatetime,
    Week,
)
from mweek_contracts.message import Message, Value

MOST_TOLD_WINDOWS: Final = 100
"""Of one notice: a mail with more of them would be read by nobody."""


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
    WINDOWS = "windows"
    """Windows that machines requested were granted, changed or withdrawn; `windows` says which."""


class WindowNews(StrEnum):
    """What a contact is told of one window."""

    GRANTED = "granted"
    """There is one: the contact knew of none."""
    CHANGED = "changed"
    """It is at another time or longer, now reboots the machine, or concerns more machines."""
    WITHDRAWN = "withdrawn"
    """There is none any more."""


class SkippedCode(StrEnum):
    """Why a notice is not sent."""

    SUPERSEDED = "superseded"
    """Something newer made it untrue before it left; another notice tells that."""
    NEVER_TOLD = "never-told"
    """It would take back what the contact was never told."""
    NOTHING_NEW = "nothing-new"
    """A change was taken back before it was told: what the contact knows is true."""
    OVER = "over"
    """The times that it names are over."""


class ToldWindow(Value):
    """One window that a notice tells of."""

    machine: Token
    """Whose window it is; the contact's machines may be those on a KVM host."""
    window_id: Identifier
    """Names the window in its location."""
    revision: PositiveCount
    """Which revision of the window the notice tells."""
    news: WindowNews
    """What the notice tells of it."""


class NoticeEvent(Message):
    """What became of one notice: one contact, one occasion. It tells of a plan revision or of single windows.

    A `finding` about requested windows names none of them: what was found stands in `audit-failed`.
    """

    location: Token
    """The data centre; also in the subject."""
    week: Week | None = None
    """The ISO week; also in the subject. Absent where it is about windows: `adhoc` stands in the subject then."""
    notice_id: Identifier
    """Names the notice, for ever; made of the plan or the windows, customer, contact and kind."""
    kind: NoticeKind
    """What it is about."""
    plan_id: Identifier | None = None
    """The plan revision that it tells of."""
    revision: PositiveCount | None = None
    """The number of the plan revision."""
    windows: Annotated[tuple[ToldWindow, ...], Field(max_length=MOST_TOLD_WINDOWS)] = ()
    """The windows that it tells of, where it is about no plan."""
    customer: Token | None = None
    """Absent for a notice to the operator."""
    contact: EmailAddress
    """The address."""

    @property
    def subject(self) -> str:
        """`evt.<location>.<week>.<event>.v1`, about windows `evt.<location>.adhoc.<event>.v1`."""
        return f"evt.{self.location}.{self.week or ADHOC}.{self.message_type}"

    @model_validator(mode="after")
    def _about_a_plan_or_windows(self) -> Self:
        plan = (self.week, self.plan_id, self.revision)
        if self.windows and plan != (None, None, None):
            raise ValueError("windows belong to no plan: week, plan_id and revision must be absent")
        finding = self.kind is NoticeKind.FINDING and plan == (None, None, None)
        if not self.windows and None in plan and not finding:
            raise ValueError("is about no plan (week, plan_id, revision) and about no windows")
        return self


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
    code: SkippedCode | None = None
    """Why not, for programs; absent in what 0.1.0 said."""


class NoticeFailedV1(NoticeEvent):
    """The mail will not be delivered: the address was refused, or every attempt failed."""

    reason: Sentence
    """What the last attempt said."""
    attempts: PositiveCount
    """How many were made."""
