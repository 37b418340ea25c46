"""The ledger as a queue: which notices are due, who has claimed one, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Integer, Select, and_, bindparam, or_, select, update
from sqlmodel import Session

from mweek_notifier.domain.attempt import NoticeState, Step, Tries
from mweek_notifier.domain.notice import Notice, NoticeKey, NoticeKind
from mweek_notifier.storage.documents import notice_of
from mweek_notifier.storage.rows import NOTICE

WAITING = (NoticeState.PLANNED, NoticeState.UNKNOWN)
"""States in which a notice with a due time waits for somebody to claim it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedNotice:
    """A notice in the queue. `mail` and `dated_at` are None until it is claimed for the first time."""

    row_id: int
    notice: Notice
    mail_message_id: str
    tries: Tries
    stale_at: datetime | None
    mail: bytes | None
    dated_at: datetime | None
    causation_id: str | None
    correlation_id: str

    @property
    def key(self) -> NoticeKey:
        """The key in the ledger."""
        return self.notice.key


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one sender to hand a notice over, until the lease is over."""

    row_id: int
    token: str
    lease_until_at: datetime


def load_due(session: Session, now: datetime, *, limit: int, besides: Collection[int] = ()) -> list[QueuedNotice]:
    """Return the notices that are due, longest waiting first.

    A notice waits while an earlier one to the same contact about the same week is being handed over: mails must not
    overtake each other.

    Args:
        now: real time.
        besides: row ids to leave out, e.g. those that this process has in hand.
    """
    connection = session.connection()
    waiting = [
        row for state in WAITING for row in connection.execute(_due(state, besides), {"now": now, "most": limit})
    ]
    return [_queued(row) for row in sorted(waiting, key=lambda row: (row.due_at, row.id))[:limit]]


def _due(state: NoticeState, besides: Collection[int]) -> Select[Any]:
    """Return the query for one state, whose index has the rows in their order: the first are enough."""
    columns, earlier = NOTICE.c, NOTICE.alias("earlier")
    overtaking = and_(
        earlier.c.location == columns.location,
        earlier.c.week == columns.week,
        earlier.c.customer == columns.customer,
        earlier.c.email == columns.email,
        earlier.c.state == NoticeState.CLAIMED,
        earlier.c.id < columns.id,
    )
    due = and_(columns.state == state, columns.due_at <= bindparam("now"), columns.id.not_in(list(besides)))
    found = select(NOTICE).where(due, ~select(earlier.c.id).where(overtaking).exists())
    return found.order_by(columns.due_at, columns.id).limit(bindparam("most"))


def claim(session: Session, wanted: Claim, *, mail: bytes, dated_at: datetime, attempts: int) -> bool:
    """Claim a notice that waits, and store the bytes that every attempt sends; False when somebody was faster.

    Args:
        attempts: how many there were when the notice was read. Another sender may have tried it since, and waits to
            repeat it: then its bytes are no longer those that were made of what was read.
    """
    claiming = {
        "of_row": wanted.row_id,
        "read_attempts": attempts,
        "token": wanted.token,
        "until": wanted.lease_until_at,
        "bytes_sent": mail,
        "dated": dated_at,
    }
    return session.connection().execute(_CLAIM, claiming).rowcount == 1


def abandon(session: Session, row_id: int, step: Step, *, now: datetime) -> bool:
    """End a notice that waits without handing it over; False when somebody was faster."""
    end = {"state": step.state, "answer": step.text, "due_at": None, "finished_at": now}
    ended = update(NOTICE).where(_waits(row_id)).values(**end)
    return session.connection().execute(ended).rowcount == 1


def load_tries(session: Session, held: Claim) -> Tries | None:
    """Return what a claimed notice has been through; None when the claim is not ours any more."""
    row = session.connection().execute(_TRIES, {"of_row": held.row_id, "token": held.token}).first()
    return None if row is None else Tries(row.attempts, row.losses, row.superseded)


def load_expired(session: Session, now: datetime, *, besides: Collection[int] = ()) -> list[QueuedNotice]:
    """Return notices whose claim's lease is over: their sender died, or was stopped for too long.

    Args:
        besides: row ids to leave out: what this process has in hand itself.
    """
    columns = NOTICE.c
    over = and_(columns.state == NoticeState.CLAIMED, columns.lease_until_at <= now)
    expired = and_(over, columns.id.not_in(list(besides)))
    rows = session.connection().execute(select(NOTICE).where(expired).with_for_update(skip_locked=True))
    return [_queued(row) for row in rows]


def settle(session: Session, row_id: int, step: Step, *, now: datetime, left: bool = False, lost: bool = False) -> None:
    """Write down what came of a notice and release its claim.

    Args:
        now: real time; the next attempt is due after the step's wait.
        left: the mail left, or may have left.
        lost: the server's answer was lost.
    """
    settling = {
        "of_row": row_id,
        "new_state": step.state,
        "said": step.text,
        "due": None if step.wait is None else now + step.wait,
        "finished": now if step.wait is None else None,
        "has_left": left,
        "more_losses": int(lost),
        "uncounted": int(not step.counted),
    }
    session.connection().execute(_SETTLE, settling)


def _waits(row_id: int) -> Any:
    columns = NOTICE.c
    return and_(columns.id == row_id, columns.state.in_(WAITING), columns.due_at.is_not(None))


def _queued(row: Any) -> QueuedNotice:
    return QueuedNotice(
        row_id=row.id,
        notice=notice_of(NoticeKind(row.kind), row.content),
        mail_message_id=row.mail_message_id,
        tries=Tries(row.attempts, row.losses, row.superseded),
        stale_at=row.stale_at,
        mail=row.mail,
        dated_at=row.dated_at,
        causation_id=row.causation_id,
        correlation_id=row.correlation_id,
    )


# Made once: every mail needs these, and to put them together anew costs more than to execute them.
_COLUMNS: Final = NOTICE.c
_OURS: Final = and_(
    _COLUMNS.id == bindparam("of_row"),
    _COLUMNS.claim_token == bindparam("token"),
    _COLUMNS.state == NoticeState.CLAIMED,
)
_TRIES: Final = select(_COLUMNS.attempts, _COLUMNS.losses, _COLUMNS.superseded).where(_OURS).with_for_update()
_CLAIM: Final = (
    update(NOTICE)
    .where(
        _COLUMNS.id == bindparam("of_row"),
        _COLUMNS.state.in_(WAITING),
        _COLUMNS.due_at.is_not(None),
        _COLUMNS.attempts == bindparam("read_attempts"),
    )
    .values(
        state=NoticeState.CLAIMED,
        claim_token=bindparam("token"),
        lease_until_at=bindparam("until"),
        attempts=_COLUMNS.attempts + 1,
        mail=bindparam("bytes_sent"),
        dated_at=bindparam("dated"),
        due_at=None,
    )
)
_SETTLE: Final = (
    update(NOTICE)
    .where(_COLUMNS.id == bindparam("of_row"))
    .values(
        state=bindparam("new_state"),
        answer=bindparam("said"),
        claim_token=None,
        lease_until_at=None,
        due_at=bindparam("due"),
        finished_at=bindparam("finished"),
        may_have_left=or_(_COLUMNS.may_have_left, bindparam("has_left", type_=Boolean())),
        losses=_COLUMNS.losses + bindparam("more_losses", type_=Integer()),
        attempts=_COLUMNS.attempts - bindparam("uncounted", type_=Integer()),
    )
)
