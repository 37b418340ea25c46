"""Between the wire and the domain: the only file that knows both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mweek_contracts import events as wire
from mweek_contracts.fields import LONGEST_TEXT
from mweek_contracts.records import CustomerRemovedV1, CustomerV1, MachineRemovedV1, MachineV1, Record
from mweek_contracts.windows import AssignedWindow, WithdrawnWindow, assignments_digest

from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.fleet import Blackout, Contact, Customer, CustomerRecord, Machine, MachineRecord
from mweek_notifier.domain.notice import FindingNotice, NoticeAbout, Skipped
from mweek_notifier.domain.override import Override, Rule
from mweek_notifier.domain.requested_window import ADHOC, RequestedWindow
from mweek_notifier.domain.telling import Revision
from mweek_notifier.domain.window import Slot, Window, Withdrawal
from mweek_notifier.domain.window_news import WindowItem

Envelope = Mapping[str, Any]
"""What every message carries beside its own fields."""


def machine_records(records: Iterable[Record]) -> list[MachineRecord]:
    """Return what records say of machines."""
    said = []
    for record in records:
        if isinstance(record, MachineV1):
            machine = Machine(record.name, record.customer, record.downtime_minutes)
            said.append(MachineRecord(record.location, record.name, record.revision, machine))
        elif isinstance(record, MachineRemovedV1):
            said.append(MachineRecord(record.location, record.name, record.revision, None))
    return said


def customer_records(records: Iterable[Record]) -> list[CustomerRecord]:
    """Return what records say of customers."""
    said = []
    for record in records:
        if isinstance(record, CustomerV1):
            said.append(CustomerRecord(record.customer, record.revision, _customer(record)))
        elif isinstance(record, CustomerRemovedV1):
            said.append(CustomerRecord(record.customer, record.revision, None))
    return said


def given_windows(message: wire.WindowsAssignedV1) -> tuple[Window, ...]:
    """Return the windows that a part of a revision gives."""
    return tuple(Window(each.machine, _slot(each), each.customer, each.affects) for each in message.windows)


def withdrawals(message: wire.WindowsWithdrawnV1) -> tuple[Withdrawal, ...]:
    """Return the windows that a part of a revision takes away."""
    return tuple(Withdrawal(each.machine, each.reason, each.customer, each.affects) for each in message.windows)


def scheduled_revision(message: wire.WeekScheduledV1) -> Revision:
    """Return the revision that a message closes."""
    return Revision(
        location=message.location,
        week=message.week,
        plan_id=message.plan_id,
        number=message.revision,
        said_at=message.scheduled_at,
        # A rule that is not known here cannot be told to anybody in particular.
        overrides=tuple(Override(Rule(each.rule), each.reason) for each in message.overrides if each.rule in set(Rule)),
    )


def cancelled_revision(message: wire.WeekCancelledV1) -> Revision:
    """Return the revision that a cancellation makes."""
    return Revision(
        location=message.location,
        week=message.week,
        plan_id=message.plan_id,
        number=message.revision,
        said_at=message.occurred_at,
        cancel_reason=message.reason,
    )


def granted_window(message: wire.WindowGrantedV1) -> RequestedWindow:
    """Return the window that a machine has from now on."""
    return RequestedWindow(
        location=message.location,
        window_id=message.window_id,
        machine=message.machine,
        revision=message.revision,
        significant_revision=message.revision if message.significant else 0,
        slot=Slot(message.not_before, message.must_end_by, ADHOC),
        customer=message.customer,
        affects=message.affects,
        downtime_minutes=message.estimated_minutes,
        reboots=message.reboots,
        urgent=message.urgent,
        reasons=tuple(dict.fromkeys(request.reason for request in message.requests)),
    )


def withdrawn_window(message: wire.WindowWithdrawnV1) -> RequestedWindow:
    """Return the window that a machine has no more."""
    return RequestedWindow(
        location=message.location,
        window_id=message.window_id,
        machine=message.machine,
        revision=message.revision,
        significant_revision=message.revision,
        slot=Slot(message.not_before, message.must_end_by, ADHOC),
        customer=message.customer,
        affects=message.affects,
        withdrawn=message.reason,
    )


def digest_of(windows: Iterable[Window]) -> str:
    """Return the digest over all windows of a revision, as contracts define it."""
    return assignments_digest(
        (window.machine, window.slot.phase, window.slot.opens_at, window.slot.closes_at) for window in windows
    )


def findings_of(message: wire.AuditFailedV1) -> tuple[Finding, ...]:
    """Return the findings that a message lists."""
    return tuple(Finding(each.code, each.machine or "", each.text) for each in message.findings)


def finding_notice(message: wire.AuditFailedV1, operator: Contact) -> FindingNotice:
    """Return what the operator is told of an audit that failed: of a plan, or of the requested windows."""
    return FindingNotice(
        plan_id=message.plan_id or f"{message.location}/{ADHOC}",
        revision=message.revision or 0,
        location=message.location,
        week=message.week or ADHOC,
        contact=operator,
        audit_id=message.audit_id,
        occasion=message.occasion,
        audited_at=message.audited_at,
        machines=message.machines,
        windows=message.windows,
        findings=findings_of(message),
        total=message.findings_total,
    )


def notice_sent(
    envelope: Envelope, about: NoticeAbout, *, mail_message_id: str, sent_at: datetime, attempt: int
) -> wire.NoticeSentV1:
    """Return the event of a mail that left."""
    return wire.NoticeSentV1(
        **envelope, **_about(about), mail_message_id=mail_message_id, sent_at=sent_at, attempt=attempt
    )


def notice_skipped(envelope: Envelope, skipped: Skipped) -> wire.NoticeSkippedV1:
    """Return the event of a notice that is not sent on purpose."""
    code = wire.SkippedCode(skipped.code)
    return wire.NoticeSkippedV1(**envelope, **_about(skipped.about), reason=skipped.reason[:LONGEST_TEXT], code=code)


def notice_failed(envelope: Envelope, about: NoticeAbout, *, reason: str, attempts: int) -> wire.NoticeFailedV1:
    """Return the event of a notice that will not be delivered."""
    return wire.NoticeFailedV1(**envelope, **_about(about), reason=reason, attempts=max(1, attempts))


def _about(about: NoticeAbout) -> dict[str, Any]:
    key = about.key
    plan: dict[str, Any] = {"week": about.week, "plan_id": key.plan_id, "revision": about.revision}
    if about.week == ADHOC:  # a finding about windows
        plan = {}
    return {
        "location": about.location,
        "notice_id": key.notice_id,
        "kind": wire.NoticeKind(key.kind),
        **({"windows": tuple(_told(item) for item in about.windows)} if about.windows else plan),
        "customer": key.customer or None,
        "contact": key.email,
    }


def _told(item: WindowItem) -> wire.ToldWindow:
    news = wire.WindowNews(item.news)
    return wire.ToldWindow(machine=item.machine, window_id=item.window_id, revision=item.revision, news=news)


def _customer(record: CustomerV1) -> Customer:
    return Customer(
        customer=record.customer,
        name=record.display_name,
        contacts=tuple(Contact(each.name, each.email, each.language) for each in record.contacts),
        timezone=record.timezone,
        notice_hours=record.notice_hours,
        blackouts=tuple(Blackout(each.starts_at, each.ends_at, each.reason) for each in record.blackouts),
    )


def _slot(window: AssignedWindow | WithdrawnWindow) -> Slot:
    return Slot(window.opens_at, window.closes_at, window.phase)
