"""A notice: all that one mail to one contact says, and the key that makes it the only one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mweek_notifier.domain.calendar_event import CalendarEvent
from mweek_notifier.domain.customer_slot import CustomerSlot
from mweek_notifier.domain.difference import Change
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.fleet import Contact
from mweek_notifier.domain.override import AppliedOverride
from mweek_notifier.domain.requested_window import ADHOC
from mweek_notifier.domain.window_news import WindowItem


class NoticeKind(StrEnum):
    """What a notice is about; each is a folder of templates."""

    SCHEDULED = "scheduled"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    FINDING = "finding"
    WINDOWS = "windows"


class SkipCode(StrEnum):
    """Why a notice is not sent, for programs."""

    SUPERSEDED = "superseded"
    NEVER_TOLD = "never-told"
    NOTHING_NEW = "nothing-new"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKey:
    """What makes a notice the only one of its kind.

    `customer` tells apart the notices of two customers that share an address; empty for the operator's.
    `occasion` tells apart several notices of one kind about one plan (audits), and those about single windows by what
    they say of which; else empty.
    """

    plan_id: str
    customer: str
    email: str
    kind: NoticeKind
    occasion: str = ""

    @property
    def notice_id(self) -> str:
        """The key as 32 hexadecimal digits: fit for a Message-ID and a file name, whatever the key is made of."""
        text = "\n".join((self.plan_id, self.customer, self.email.lower(), self.kind, self.occasion))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class NoticeAbout:
    """Which notice is meant, for what is said of it on the bus; `windows` where it is about those and no week."""

    key: NoticeKey
    location: str
    week: str
    revision: int
    windows: tuple[WindowItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notice that is not going to be sent, and why."""

    about: NoticeAbout
    reason: str
    code: SkipCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekNotice:
    """What a contact is told about its customer's slots in one week of one location.

    `slots` are all that the customer has now, `changes` what is different from the last mail (empty in the first);
    `earlier_mails` are the Message-IDs of the mails about the same week, oldest first.
    """

    kind: NoticeKind
    plan_id: str
    revision: int
    location: str
    week: str
    customer: str
    customer_name: str
    contact: Contact
    timezone: str
    slots: tuple[CustomerSlot, ...]
    changes: tuple[Change, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    overrides: tuple[AppliedOverride, ...] = ()
    cancel_reason: str | None = None
    earlier_mails: tuple[str, ...] = ()

    @property
    def key(self) -> NoticeKey:
        """The key in the ledger."""
        return NoticeKey(plan_id=self.plan_id, customer=self.customer, email=self.contact.email, kind=self.kind)

    @property
    def about(self) -> NoticeAbout:
        """Which notice this is."""
        return NoticeAbout(self.key, self.location, self.week, self.revision)

    @property
    def stale_at(self) -> datetime | None:
        """When the last slot that it names is over; it is of no use after that. None when it names none."""
        times = [each.slot for each in self.slots]
        times += [slot for change in self.changes for slot in (change.before, change.after) if slot is not None]
        return max((slot.closes_at for slot in times), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingNotice:
    """What the operator is told about an audit that failed. `total` counts findings beyond those listed."""

    plan_id: str
    revision: int
    location: str
    week: str
    contact: Contact
    audit_id: str
    occasion: str
    audited_at: datetime
    machines: int
    windows: int
    findings: tuple[Finding, ...]
    total: int
    earlier_mails: tuple[str, ...] = ()

    @property
    def key(self) -> NoticeKey:
        """The key in the ledger."""
        return NoticeKey(
            plan_id=self.plan_id,
            customer="",
            email=self.contact.email,
            kind=NoticeKind.FINDING,
            occasion=self.audit_id,
        )

    @property
    def about(self) -> NoticeAbout:
        """Which notice this is."""
        return NoticeAbout(self.key, self.location, self.week, self.revision)

    @property
    def kind(self) -> NoticeKind:
        """Always `finding`."""
        return NoticeKind.FINDING

    @property
    def stale_at(self) -> datetime | None:
        """Never: what an audit found stays to be known."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowNotice:
    """What a contact is told about single windows of its customer's machines in one location: what is new of each.

    `earlier_mails` are the Message-IDs of the mails about the same windows, oldest first.
    """

    location: str
    customer: str
    customer_name: str
    contact: Contact
    timezone: str
    notice_hours: int
    items: tuple[WindowItem, ...]
    earlier_mails: tuple[str, ...] = ()

    @property
    def key(self) -> NoticeKey:
        """The key in the ledger: which revision of which windows it tells, and what of them."""
        told = "\n".join(sorted(f"{item.window_id} {item.revision} {item.news}" for item in self.items))
        return NoticeKey(
            plan_id=f"{self.location}/{ADHOC}",
            customer=self.customer,
            email=self.contact.email,
            kind=NoticeKind.WINDOWS,
            occasion=hashlib.sha256(told.encode()).hexdigest()[:32],
        )

    @property
    def about(self) -> NoticeAbout:
        """Which notice this is."""
        return NoticeAbout(self.key, self.location, self.week, self.revision, self.items)

    @property
    def kind(self) -> NoticeKind:
        """Always `windows`."""
        return NoticeKind.WINDOWS

    @property
    def week(self) -> str:
        """Windows that were requested belong to no week: what stands in its place."""
        return ADHOC

    @property
    def revision(self) -> int:
        """The highest revision among its windows; each has its own."""
        return max(item.revision for item in self.items)

    @property
    def stale_at(self) -> datetime | None:
        """When nothing that it says is of use any more."""
        return max(item.stale_at for item in self.items)


Notice = WeekNotice | FindingNotice | WindowNotice
