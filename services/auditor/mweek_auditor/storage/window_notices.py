"""What became of notices about requested windows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from mweek_outbox.upsert import upsert
from sqlmodel import Session

from mweek_auditor.domain.told import NoticeState
from mweek_auditor.domain.windows.answer import Answer
from mweek_auditor.storage.rows import WINDOW_NOTICE
from mweek_auditor.storage.windows import recent

_OWN = (
    "window_id",
    "customer",
    "contact",
    "revision",
    "state",
    "withdrawn",
    "another_follows",
    "too_late",
    "at",
    "detail",
)


def store_answers(session: Session, location: str, notice_id: str, answers: Iterable[Answer]) -> None:
    """Keep what became of a notice, for each window that it names."""
    rows = [
        {"location": location, "notice_id": notice_id, **{name: getattr(answer, name) for name in _OWN}}
        for answer in answers
    ]
    upsert(session, WINDOW_NOTICE, rows)


def answers_since(session: Session, location: str, since: datetime) -> tuple[Answer, ...]:
    """Return what became of all notices about the windows of which any revision ends after an instant."""
    columns = [WINDOW_NOTICE.c[name] for name in _OWN]
    query = sa.select(*columns).where(
        WINDOW_NOTICE.c.location == location, WINDOW_NOTICE.c.window_id.in_(recent(location, since))
    )
    rows = session.connection().execute(query).mappings()
    return tuple(Answer(**{**row, "state": NoticeState(row["state"])}) for row in rows)


def forget_answers_before(session: Session, instant: datetime) -> None:
    """Forget what became of notices before an instant."""
    session.connection().execute(sa.delete(WINDOW_NOTICE).where(WINDOW_NOTICE.c.at < instant))
