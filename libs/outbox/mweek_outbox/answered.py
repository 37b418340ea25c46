"""Remembers what requests were answered, in the transaction of their effects, so that asking again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col

from mweek_outbox.bulk import execute_many
from mweek_outbox.rows import AnsweredRequestRow


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """A request that was answered."""

    request_key: str
    """Who asked, and the id that they gave: `rzob/acme03/reboot-2026-11-23`."""
    request: str
    """What was asked, e.g. `request-window.v1`."""
    content_digest: str
    """SHA-256 over what was asked."""
    reply: bytes
    """The body that it was answered with."""
    answered_at: datetime
    """In real time, since it serves only to remove old ones."""


def read_answered(session: Session, keys: Sequence[str]) -> dict[str, AnsweredRequest]:
    """Return what was answered before, by key, of a few hundred keys at most."""
    if not keys:
        return {}
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        found = connection.execute(_KNOWN_IN_ARRAY, {"keys": list(keys)})
    else:
        found = connection.execute(_KNOWN, {"keys": list(keys)})
    return {row[0]: AnsweredRequest(*row) for row in found}


def remember_answered(session: Session, answered: Sequence[AnsweredRequest]) -> None:
    """Remember answers; whoever decides holds a lock for each (`Database.lock_all`) since before it read them."""
    rows = [
        {
            "request_key": one.request_key,
            "request": one.request,
            "content_digest": one.content_digest,
            "reply": one.reply,
            "answered_at": one.answered_at,
        }
        for one in answered
    ]
    execute_many(session, _REMEMBER, rows)


def forget_answered(session: Session, before: datetime) -> int:
    """Remove what was answered before an instant; returns how many."""
    old = sa.delete(AnsweredRequestRow).where(col(AnsweredRequestRow.answered_at) < before)
    return session.connection().execute(old).rowcount


_COLUMNS: Final = (
    col(AnsweredRequestRow.request_key),
    col(AnsweredRequestRow.request),
    col(AnsweredRequestRow.content_digest),
    col(AnsweredRequestRow.reply),
    col(AnsweredRequestRow.answered_at),
)
_KNOWN: Final = sa.select(*_COLUMNS).where(
    col(AnsweredRequestRow.request_key).in_(sa.bindparam("keys", expanding=True))
)
_KEYS: Any = sa.bindparam("keys", type_=sa.ARRAY(sa.String()))
# One parameter however many keys: PostgreSQL would plan a list of hundreds anew each time.
_KNOWN_IN_ARRAY: Final = sa.select(*_COLUMNS).where(col(AnsweredRequestRow.request_key) == sa.func.any(_KEYS))
_REMEMBER: Final = sa.insert(AnsweredRequestRow)
