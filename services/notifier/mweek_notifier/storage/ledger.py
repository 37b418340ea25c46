"""The ledger of notices: what each contact is to be told, was told, and was not told on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mweek_outbox import execute_many
from sqlalchemy import bindparam, insert, or_, select, update
from sqlmodel import Session

from mweek_notifier.domain.attempt import OPEN_STATES, SUPERSEDED, NoticeState
from mweek_notifier.domain.finding import Finding
from mweek_notifier.domain.notice import Notice, NoticeAbout, NoticeKey, NoticeKind, SkipCode, Skipped, WindowNotice
from mweek_notifier.domain.telling import Silence, Told
from mweek_notifier.storage.documents import finding_notice_of, notice_document, week_notice_of
from mweek_notifier.storage.rows import NOTICE, NOTICE_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a notice is planned with: when, because of which message, and the Message-ID's domain."""

    planned_at: datetime
    due_at: datetime
    domain: str
    causation_id: str | None
    correlation_id: str


LOOKED_BACK: Final = 20
"""Mails about findings that the next one refers to. Audits of requested windows never end, and a mail's header must."""

_INSERT: Final = insert(NOTICE)
_INSERT_NAMED: Final = insert(NOTICE_WINDOW)


def mail_message_id(key: NoticeKey, domain: str) -> str:
    """Return the Message-ID of a notice: the same for every repeat, made of nothing that a person typed."""
    return f"<{key.notice_id}@{domain}>"


def plan(session: Session, notices: Iterable[Notice], silences: Iterable[Silence], entry: Entry) -> list[Skipped]:
    """Enter notices to be sent, and silences with their reason; returns the silences as they are to be said."""
    planned, skipped = list(notices), list(silences)
    rows = [_row(notice, entry) for notice in planned]
    hushed = [silence.notice for silence in skipped]
    rows += [_row(silence.notice, entry) | skip_columns(silence.reason, entry.planned_at) for silence in skipped]
    execute_many(session, _INSERT, rows)
    execute_many(session, _INSERT_NAMED, [row for notice in (*planned, *hushed) for row in _named(notice)])
    return [Skipped(silence.notice.about, silence.reason, silence.code) for silence in skipped]


def supersede(
    session: Session, location: str, week: str, customers: Collection[str], *, now: datetime
) -> list[Skipped]:
    """Take back what is not sent yet to these customers about a week, since it is no longer true.

    A notice that is being handed over right now is only marked, so that it is not tried again.
    """
    columns = NOTICE.c
    found = select(NOTICE).where(
        columns.location == location,
        columns.week == week,
        columns.kind != NoticeKind.FINDING,
        columns.state.in_(OPEN_STATES),
    )
    rows = [
        row
        for row in session.connection().execute(found.order_by(columns.id).with_for_update())
        if row.customer in customers
    ]
    waiting = [row for row in rows if row.state != NoticeState.CLAIMED and row.due_at is not None]
    this = update(NOTICE).where(columns.id == bindparam("this"))
    for listed, values in ((rows, {"superseded": True}), (waiting, skip_columns(SUPERSEDED, now))):
        if listed:
            session.connection().execute(this.values(**values), [{"this": row.id} for row in listed])
    return [Skipped(_about(row), SUPERSEDED, SkipCode.SUPERSEDED) for row in waiting]


def load_told(session: Session, location: str, week: str, customers: Collection[str]) -> dict[str, dict[str, Told]]:
    """Return what the contacts of these customers have heard of a week, in mails that left or may have left.

    By customer, then by mail address.
    """
    columns = NOTICE.c
    left = or_(columns.may_have_left.is_(True), columns.state == NoticeState.CLAIMED)
    found = select(columns.customer, columns.email, columns.mail_message_id, columns.content).where(
        columns.location == location, columns.week == week, columns.kind != NoticeKind.FINDING, left
    )
    threads: dict[tuple[str, str], tuple[list[str], dict[str, Any]]] = {}
    for customer, email, mail, content in session.connection().execute(found.order_by(columns.id)):
        if customer in customers:
            mails, _ = threads.get((customer, email), ([], {}))
            threads[customer, email] = ([*mails, mail], content)
    told: dict[str, dict[str, Told]] = {}
    for (customer, email), (mails, content) in threads.items():
        last = week_notice_of(content)
        told.setdefault(customer, {})[email] = Told(last.slots, last.events, tuple(mails))
    return told


@dataclass(frozen=True, slots=True)
class ToldFindings:
    """What the operator heard of a plan's audits: the findings of the last mail, and the last Message-IDs of the week.

    Requested windows are audited as a plan of the week `adhoc`.
    """

    findings: tuple[Finding, ...] = ()
    mails: tuple[str, ...] = ()


def load_told_findings(session: Session, location: str, week: str, plan_id: str) -> ToldFindings:
    """Return what the operator was told, or is about to be told, of a plan and its week."""
    columns = NOTICE.c
    found = select(columns.plan_id, columns.mail_message_id, columns.content).where(
        columns.location == location,
        columns.week == week,
        columns.kind == NoticeKind.FINDING,
        columns.state.not_in([NoticeState.FAILED, NoticeState.SKIPPED]),
    )
    newest = session.connection().execute(found.order_by(columns.id.desc()).limit(LOOKED_BACK)).all()
    rows = newest[::-1]
    of_plan = [row.content for row in rows if row.plan_id == plan_id]
    findings = finding_notice_of(of_plan[-1]).findings if of_plan else ()
    return ToldFindings(findings, tuple(row.mail_message_id for row in rows))


def _row(notice: Notice, entry: Entry) -> dict[str, Any]:
    key = notice.key
    return {
        "notice_id": key.notice_id,
        "plan_id": key.plan_id,
        "revision": notice.revision,
        "location": notice.location,
        "week": notice.week,
        "customer": key.customer,
        "email": key.email,
        "kind": key.kind,
        "occasion": key.occasion,
        "state": NoticeState.PLANNED,
        "content": notice_document(notice),
        "mail_message_id": mail_message_id(key, entry.domain),
        "causation_id": entry.causation_id,
        "correlation_id": entry.correlation_id,
        "planned_at": entry.planned_at,
        "stale_at": notice.stale_at,
        "due_at": entry.due_at,
        "superseded": False,
        "may_have_left": False,
        "attempts": 0,
        "losses": 0,
        "answer": None,
        "finished_at": None,
    }


def _named(notice: Notice) -> list[dict[str, Any]]:
    """Return the rows by which the ledger finds the notices that name a window."""
    if not isinstance(notice, WindowNotice):
        return []
    place = {"notice_id": notice.key.notice_id, "location": notice.location, "customer": notice.customer}
    return [
        {**place, "window_id": item.window_id, "revision": item.revision, "news": item.news} for item in notice.items
    ]


def skip_columns(reason: str, now: datetime) -> dict[str, Any]:
    """Return what the row of a notice says that is not sent on purpose."""
    return {"state": NoticeState.SKIPPED, "due_at": None, "answer": reason, "finished_at": now}


def _about(row: Any) -> NoticeAbout:
    key = NoticeKey(
        plan_id=row.plan_id,
        customer=row.customer,
        email=row.email,
        kind=NoticeKind(row.kind),
        occasion=row.occasion,
    )
    return NoticeAbout(key, row.location, row.week, row.revision)
