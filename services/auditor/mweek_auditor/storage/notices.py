"""Who must be told of a revision, and what became of the notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.domain.told import Awaited, Notice, NoticeState, Terms
from mweek_auditor.storage.rows import AWAITED, NOTICE


@dataclass(frozen=True, slots=True)
class AwaitedContact:
    """A contact that must be told, with the terms of the revision that it must be told of."""

    contact: Awaited
    terms: Terms


def await_contacts(session: Session, location: str, week: str, contacts: Iterable[Awaited], terms: Terms) -> None:
    """Expect contacts to be told of a revision. Those that an earlier one left waiting go on waiting for theirs."""
    rows = [
        {
            "location": location,
            "week": week,
            "customer": contact.customer,
            "address": contact.contact.lower(),
            "contact": contact.contact,
            "revision": terms.revision,
            "due_at": terms.due_at,
            "latest_at": contact.latest_at,
            "answered": False,
        }
        for contact in contacts
    ]
    upsert(session, AWAITED, rows)


def store_notice(session: Session, location: str, week: str, notice_id: str, notice: Notice) -> bool:
    """Store what became of a notice; returns whether somebody was still waiting for it."""
    row = {
        "notice_id": notice_id,
        "state": notice.state,
        "location": location,
        "week": week,
        "customer": notice.customer,
        "contact": notice.contact,
        "revision": notice.revision,
        "at": notice.at,
        "detail": notice.detail,
    }
    upsert(session, NOTICE, [row])
    if notice.state is NoticeState.SKIPPED:
        return False
    waiting = {
        "in_location": location,
        "in_week": week,
        "of_customer": notice.customer,
        "at_address": notice.contact.lower(),
        "up_to": notice.revision,
    }
    return session.connection().execute(_ANSWER, waiting).rowcount > 0


def anyone_waits(session: Session, location: str, week: str) -> bool:
    """Return whether a contact is still to be told."""
    here = {"in_location": location, "in_week": week}
    return session.connection().execute(_WAITING, here).first() is not None


def awaited_contacts(session: Session, location: str, week: str) -> tuple[AwaitedContact, ...]:
    """Return everybody who must have been told of the week, by customer and address."""
    query = sa.select(AWAITED).where(_of_week(AWAITED, location, week))
    found = (_awaited(row) for row in session.connection().execute(query).mappings())
    return tuple(sorted(found, key=lambda awaited: awaited.contact.key))


def notices_of(session: Session, location: str, week: str) -> tuple[Notice, ...]:
    """Return what became of all notices of a week."""
    query = sa.select(NOTICE).where(_of_week(NOTICE, location, week))
    return tuple(
        Notice(
            customer=row["customer"],
            contact=row["contact"],
            revision=row["revision"],
            state=NoticeState(row["state"]),
            at=row["at"],
            detail=row["detail"],
        )
        for row in session.connection().execute(query).mappings()
    )


def customers_told(session: Session, location: str, week: str) -> int:
    """Return how many customers had to be told and have been, every contact of them."""
    waiting = sa.func.sum(sa.case((AWAITED.c.answered.is_(False), 1), else_=0))
    by_customer = (
        sa.select(AWAITED.c.customer)
        .where(_of_week(AWAITED, location, week))
        .group_by(AWAITED.c.customer)
        .having(waiting == 0)
        .subquery()
    )
    return int(session.connection().execute(sa.select(sa.func.count()).select_from(by_customer)).scalar_one())


def _awaited(row: Any) -> AwaitedContact:
    contact = Awaited(customer=row["customer"], contact=row["contact"], latest_at=row["latest_at"])
    return AwaitedContact(contact, Terms(revision=row["revision"], due_at=row["due_at"]))


def _of_week(table: sa.Table, location: str, week: str) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.location == location, table.c.week == week)


# Made once: each notice needs them, and to put them together anew costs more than to execute them.
_OPEN: Final = sa.and_(
    AWAITED.c.location == sa.bindparam("in_location"),
    AWAITED.c.week == sa.bindparam("in_week"),
    AWAITED.c.answered.is_(False),
)
_WAITING: Final = sa.select(sa.literal(1)).where(_OPEN).limit(1)
_ANSWER: Final = (
    sa.update(AWAITED)
    .where(
        _OPEN,
        AWAITED.c.customer == sa.bindparam("of_customer"),
        AWAITED.c.address == sa.bindparam("at_address"),
        AWAITED.c.revision <= sa.bindparam("up_to"),
    )
    .values(answered=True)
)
