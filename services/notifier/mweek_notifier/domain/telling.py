"""Decides which contacts get which notice when a plan revision is complete, or a week is cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mweek_notifier.domain.calendar_event import CalendarEvent, continued, event_uid, events_to_tell
from mweek_notifier.domain.customer_slot import CustomerSlot
from mweek_notifier.domain.difference import difference
from mweek_notifier.domain.fleet import Contact, Customer
from mweek_notifier.domain.notice import Notice, NoticeKind, SkipCode, WeekNotice
from mweek_notifier.domain.override import Override, applied_overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The plan revision that is told. `cancel_reason` is set where the week was cancelled."""

    location: str
    week: str
    plan_id: str
    number: int
    said_at: datetime
    overrides: tuple[Override, ...] = ()
    cancel_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a contact has heard of this week, in mails that left, or may have left: the last one's content, and all
    Message-IDs, oldest first."""

    slots: tuple[CustomerSlot, ...] = ()
    events: tuple[CalendarEvent, ...] = ()
    mails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One customer that the revision is about, and what is known of it."""

    customer: Customer
    slots: tuple[CustomerSlot, ...]
    events: tuple[CalendarEvent, ...] = ()
    told: Mapping[str, Told] = field(default_factory=dict)
    """By mail address."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A notice that is not sent, and why."""

    notice: Notice
    reason: str
    code: SkipCode


@dataclass(frozen=True, slots=True)
class Telling:
    """What a customer is told: a notice or a silence for each contact, and its calendar events from now on."""

    customer: str
    notices: tuple[WeekNotice, ...]
    silences: tuple[Silence, ...]
    events: tuple[CalendarEvent, ...]


NEVER_TOLD = "the contact was never told of the slots that are withdrawn"
IN_THE_PAST = "all its slots are over"


def tell(revision: Revision, affected: Affected, reasons: Mapping[str, str], *, now: datetime, domain: str) -> Telling:
    """Decide what each contact of an affected customer is told of a revision.

    Args:
        reasons: why windows were withdrawn in this revision: code by machine.
        now: a notice whose slots are all over by then is not sent.
        domain: where UIDs of new calendar events belong to.
    """

    def uid_of(phase: str, number: int) -> str:
        return event_uid(
            location=revision.location,
            week=revision.week,
            customer=affected.customer.customer,
            phase=phase,
            number=number,
            domain=domain,
        )

    events = continued(affected.events, (each.slot for each in affected.slots), uid_of)
    decided = tuple(_decide(revision, affected, events, reasons, now))
    return Telling(
        customer=affected.customer.customer,
        notices=tuple(each for each in decided if isinstance(each, WeekNotice)),
        silences=tuple(each for each in decided if isinstance(each, Silence)),
        events=events,
    )


def _decide(
    revision: Revision,
    affected: Affected,
    events: tuple[CalendarEvent, ...],
    reasons: Mapping[str, str],
    now: datetime,
) -> Iterator[WeekNotice | Silence]:
    for contact in affected.customer.contacts:
        told = affected.told.get(contact.email, Told())
        notice = _notice(revision, affected, contact, events=events_to_tell(events, told.events), reasons=reasons)
        if not told.slots and not affected.slots:
            yield Silence(notice, NEVER_TOLD, SkipCode.NEVER_TOLD)
        elif notice.stale_at is not None and notice.stale_at <= now:
            yield Silence(notice, IN_THE_PAST, SkipCode.OVER)
        else:
            yield notice


def _notice(
    revision: Revision,
    affected: Affected,
    contact: Contact,
    *,
    events: tuple[CalendarEvent, ...],
    reasons: Mapping[str, str],
) -> WeekNotice:
    customer, told = affected.customer, affected.told.get(contact.email, Told())
    kind = _kind(revision, affected.slots, told)
    first = kind is NoticeKind.SCHEDULED
    return WeekNotice(
        kind=kind,
        plan_id=revision.plan_id,
        revision=revision.number,
        location=revision.location,
        week=revision.week,
        customer=customer.customer,
        customer_name=customer.name,
        contact=contact,
        timezone=customer.timezone,
        slots=affected.slots,
        changes=() if first else difference(told.slots, affected.slots, reasons),
        events=events,
        overrides=applied_overrides(revision.overrides, customer, affected.slots, said_at=revision.said_at),
        cancel_reason=revision.cancel_reason,
        earlier_mails=told.mails,
    )


def _kind(revision: Revision, slots: tuple[CustomerSlot, ...], told: Told) -> NoticeKind:
    """Return what the mail is to its reader: it depends on what the reader knows, not on what the planner did."""
    if revision.cancel_reason is not None or not slots:
        return NoticeKind.CANCELLED
    return NoticeKind.CHANGED if told.slots else NoticeKind.SCHEDULED
