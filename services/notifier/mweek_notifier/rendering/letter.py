"""What a mail says, in plain values: the one source of its text, its HTML, its subject and its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta

from mweek_notifier.domain.customer_slot import AffectingHost
from mweek_notifier.domain.difference import Change, ChangeKind
from mweek_notifier.domain.letterhead import Letterhead
from mweek_notifier.domain.notice import FindingNotice, NoticeKind, WeekNotice
from mweek_notifier.domain.override import AppliedOverride, Rule
from mweek_notifier.domain.requested_window import ADHOC
from mweek_notifier.domain.window import Slot
from mweek_notifier.rendering.dates import Calendar, SlotTimes
from mweek_notifier.rendering.header import printable, shortened
from mweek_notifier.rendering.language import Language

LONGEST_NAME_IN_SUBJECT = 60
LISTED_FINDINGS = 100
"""More than that is read in `mweek audit`, not in a mail."""


@dataclass(frozen=True, slots=True)
class LetterSlot:
    """One slot: its times, the customer's machines in it, hosts that its machines run on."""

    times: SlotTimes
    machines: tuple[str, ...]
    hosts: tuple[AffectingHost, ...]
    downtime_minutes: int | None


@dataclass(frozen=True, slots=True)
class LetterChange:
    """One change: machines with the same times before and after. `reason` is the planner's code of a withdrawal."""

    kind: str
    machines: tuple[str, ...]
    host: str | None
    before: SlotTimes | None
    after: SlotTimes | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class LetterOverride:
    """A rule that was set aside, and why; `blackouts` as (reason, from, to)."""

    rule: str
    reason: str
    blackouts: tuple[tuple[str, str, str], ...]
    notice_hours: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLetter:
    """A mail about a customer's slots in a week."""

    language: str
    kind: str
    contact_name: str
    customer_name: str
    short_customer_name: str
    location: str
    week: str
    plan_id: str
    revision: int
    timezone: str
    days: str
    week_days: str
    own_count: int
    hosted_count: int
    slots: tuple[LetterSlot, ...]
    changes: tuple[LetterChange, ...]
    overrides: tuple[LetterOverride, ...]
    cancel_reason: str | None
    calendar_files: int
    operator_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLetter:
    """A mail about the findings of an audit, as (code, ((machine or empty, text), …)).

    `of_windows`: it was an audit of requested windows, not of the plan of a week.
    """

    language: str
    kind: str
    location: str
    week: str
    of_windows: bool
    plan_id: str
    revision: int
    audit_id: str
    occasion: str
    audited_at: str
    machines: int
    windows: int
    total: int
    listed: int
    codes: tuple[str, ...]
    findings: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    operator_email: str


def week_letter(notice: WeekNotice, language: Language, letterhead: Letterhead) -> WeekLetter:
    """Put a notice about a week into words."""
    calendar = Calendar(language.words, notice.timezone)
    return WeekLetter(
        language=language.code,
        kind=notice.kind,
        contact_name=notice.contact.name,
        customer_name=notice.customer_name,
        short_customer_name=shortened(notice.customer_name, LONGEST_NAME_IN_SUBJECT),
        location=notice.location,
        week=notice.week,
        plan_id=notice.plan_id,
        revision=notice.revision,
        timezone=notice.timezone,
        days=calendar.days(slot.opens_at for slot in _mentioned(notice)),
        week_days=Calendar(language.words, "UTC").days(_ends_of(notice.week)),
        own_count=len({machine for each in notice.slots for machine in each.machines}),
        hosted_count=len({machine for each in notice.slots for host in each.hosts for machine in host.machines}),
        slots=tuple(
            LetterSlot(calendar.times(each.slot), each.machines, each.hosts, each.downtime_minutes)
            for each in notice.slots
        ),
        changes=tuple(_change(change, calendar) for change in _told_changes(notice)),
        overrides=tuple(_override(override, calendar) for override in notice.overrides),
        cancel_reason=notice.cancel_reason,
        calendar_files=len(notice.events),
        operator_email=letterhead.operator_email,
    )


def finding_letter(notice: FindingNotice, language: Language, letterhead: Letterhead) -> FindingLetter:
    """Put the findings of an audit into words."""
    listed = sorted(notice.findings)[:LISTED_FINDINGS]
    codes = tuple(sorted({finding.code for finding in notice.findings}))
    return FindingLetter(
        language=language.code,
        kind=notice.kind,
        location=notice.location,
        week=notice.week,
        of_windows=notice.week == ADHOC,
        plan_id=notice.plan_id,
        revision=notice.revision,
        audit_id=notice.audit_id,
        occasion=notice.occasion,
        audited_at=Calendar(language.words, "UTC").instant(notice.audited_at),
        machines=notice.machines,
        windows=notice.windows,
        total=notice.total,
        listed=len(listed),
        codes=codes,
        findings=tuple(
            (code, texts)
            for code in codes
            if (texts := tuple((each.machine, printable(each.text)) for each in listed if each.code == code))
        ),
        operator_email=letterhead.operator_email,
    )


def texts_of(value: object, name: str = "letter") -> Iterator[tuple[str, str]]:
    """Yield (where, text) of each text at any depth of a letter."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts_of(item, name)
    elif is_dataclass(value):
        for each in fields(value):
            yield from texts_of(getattr(value, each.name), each.name)


def _change(change: Change, calendar: Calendar) -> LetterChange:
    before, after = (None if slot is None else calendar.times(slot) for slot in (change.before, change.after))
    return LetterChange(change.kind, change.machines, change.host, before, after, change.reason)


def _override(override: AppliedOverride, calendar: Calendar) -> LetterOverride:
    blackouts = tuple(
        (each.reason, calendar.instant(each.starts_at), calendar.instant(each.ends_at)) for each in override.blackouts
    )
    notice_hours = override.notice_hours if override.rule is Rule.NOTICE else None
    return LetterOverride(override.rule, override.reason, blackouts, notice_hours)


def _told_changes(notice: WeekNotice) -> tuple[Change, ...]:
    """Return the changes that the mail lists; a cancellation lists only what is gone, the rest is among its slots."""
    if notice.kind is not NoticeKind.CANCELLED:
        return notice.changes
    return tuple(change for change in notice.changes if change.kind is ChangeKind.WITHDRAWN)


def _mentioned(notice: WeekNotice) -> list[Slot]:
    """Return the slots that give the mail its dates: those that stand, else those that are gone."""
    standing = [each.slot for each in notice.slots]
    return standing or [slot for change in notice.changes if (slot := change.before) is not None]


def _ends_of(week: str) -> tuple[datetime, datetime]:
    """Return Monday and Sunday of an ISO week such as `2026-W49`."""
    monday = datetime.fromisocalendar(int(week[:4]), int(week[6:]), 1).replace(tzinfo=UTC)
    return monday, monday + timedelta(days=6)
