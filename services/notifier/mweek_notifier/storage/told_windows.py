"""What the ledger says of single windows: who was told of them, and notices that are not sent and name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, update
from sqlmodel import Session

from mweek_notifier.domain.attempt import OPEN_STATES, WINDOWS_SUPERSEDED, NoticeState
from mweek_notifier.domain.notice import SkipCode, Skipped
from mweek_notifier.domain.window_news import WindowItem
from mweek_notifier.domain.window_telling import ToldOfWindows
from mweek_notifier.storage.documents import window_notice_of
from mweek_notifier.storage.ledger import skip_columns
from mweek_notifier.storage.requested_windows import Place, store_news
from mweek_notifier.storage.rows import NOTICE, NOTICE_WINDOW, WINDOW_NEWS


def customers_named(session: Session, location: str, window_id: str) -> frozenset[str]:
    """Return the customers whom some notice was about that named the window."""
    columns = NOTICE_WINDOW.c
    found = select(columns.customer).where(columns.location == location, columns.window_id == window_id).distinct()
    return frozenset(session.connection().execute(found).scalars())


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Notices that are not going to be sent; and whether others, that can no longer be stopped, are still in hand."""

    skipped: tuple[Skipped, ...]
    in_hand: bool


def take_back(session: Session, place: Place, *, now: datetime) -> TakenBack:
    """Take back what is not sent yet and names a window that a customer has news of; all that it names is news then.

    What may have left already is not taken back: its repeat, with the same bytes, comes to its end first.
    """
    columns = NOTICE.c
    named = select(NOTICE_WINDOW.c.notice_id).join(WINDOW_NEWS, _news_of(place))
    is_open = and_(
        columns.state.in_(OPEN_STATES), or_(columns.due_at.is_not(None), columns.state == NoticeState.CLAIMED)
    )
    found = select(NOTICE).where(columns.notice_id.in_(named), is_open).order_by(columns.id).with_for_update()
    rows = session.connection().execute(found).all()
    notices = [window_notice_of(row.content) for row in rows]
    store_news(session, place, (item.window_id for notice in notices for item in notice.items), now=now)
    free = [row.state == NoticeState.PLANNED and not row.may_have_left for row in rows]
    waiting = [row.id for row, ours in zip(rows, free, strict=True) if ours]
    if waiting:
        skipping = update(NOTICE).where(columns.id == bindparam("this"))
        skipping = skipping.values(superseded=True, **skip_columns(WINDOWS_SUPERSEDED, now))
        session.connection().execute(skipping, [{"this": row_id} for row_id in waiting])
    taken = [notice.about for notice, ours in zip(notices, free, strict=True) if ours]
    skipped = tuple(Skipped(about, WINDOWS_SUPERSEDED, SkipCode.SUPERSEDED) for about in taken)
    return TakenBack(skipped, in_hand=len(waiting) < len(rows))


def load_told_of_windows(session: Session, place: Place) -> dict[str, ToldOfWindows]:
    """Return what each contact of a customer, by address, was told of the windows that there are news of.

    In mails that left or may have left.
    """
    columns = NOTICE.c
    left = or_(columns.may_have_left.is_(True), columns.state == NoticeState.CLAIMED)
    named = select(NOTICE_WINDOW.c.notice_id).join(WINDOW_NEWS, _news_of(place))
    found = select(columns.email, columns.mail_message_id, columns.content)
    rows = session.connection().execute(found.where(columns.notice_id.in_(named), left).order_by(columns.id))
    told: dict[str, tuple[dict[str, WindowItem], list[tuple[str, frozenset[str]]]]] = {}
    for email, mail, content in rows:
        items, mails = told.setdefault(email, ({}, []))
        named_here = {item.window_id: item for item in window_notice_of(content).items}
        items.update(named_here)
        mails.append((mail, frozenset(named_here)))
    return {email: ToldOfWindows(items, tuple(mails)) for email, (items, mails) in told.items()}


def _news_of(place: Place) -> Any:
    named, news = NOTICE_WINDOW.c, WINDOW_NEWS.c
    return and_(
        named.location == news.location,
        named.window_id == news.window_id,
        named.customer == news.customer,
        news.location == place.location,
        news.customer == place.customer,
    )
