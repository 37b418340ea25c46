"""Removes what nobody will ask for any more: sent messages of the outbox, and old ids of the inbox."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from mweek_contracts.streams import DEAD, STREAMS, StreamSpec
from mweek_outbox import Database, Inbox, forget_answered
from mweek_outbox.waiting import forget_sent

from mweek_messaging.parts import ServiceParts
from mweek_messaging.workers import Workers

KEPT_WITHOUT_AGE: Final = timedelta(days=7)
"""How long sent messages stay for a stream that drops nothing by age: its state is rebuilt from its owner's tables."""

DEAD_LETTERS_KEPT: Final = timedelta(days=180)
"""How long dead letters stay, to be published again when DEAD is lost: as long as the inbox knows what was done, so
that one which is brought back may be replayed without harm."""

INBOX_KEPT: Final = timedelta(days=180)
"""Twice as long as the longest stream: no stream can deliver what is forgotten here."""

ANSWERS_KEPT: Final = timedelta(days=90)
"""How long a repeated request gets its first reply; machines are told so in docs/messages.md."""

_EVERY_SECONDS: Final = 3600.0
_log = structlog.get_logger()


async def keep_house(parts: ServiceParts, workers: Workers) -> None:
    """Clean up every hour until cancelled; real time, since it concerns transport and not the week."""
    inbox = Inbox(now=parts.clock.real_now)
    while True:
        now = parts.clock.real_now()
        removed = await workers.run(forget_old, parts.database, inbox, now)
        if parts.answers:
            removed += await workers.run(forget_old_answers, parts.database, now)
        _log.debug("old messages forgotten", rows=removed)
        await asyncio.sleep(_EVERY_SECONDS)


def forget_old(database: Database, inbox: Inbox, now: datetime) -> int:
    """Remove sent messages that their stream would have dropped by now, and old inbox rows; returns how many."""
    with database.transaction() as session:
        sent = sum(forget_sent(session, stream=spec.name, before=now - kept_after_sending(spec)) for spec in STREAMS)
        return sent + inbox.forget_before(session, now - INBOX_KEPT)


def forget_old_answers(database: Database, now: datetime) -> int:
    """Remove answers to requests that nobody repeats any more; returns how many."""
    with database.transaction() as session:
        return forget_answered(session, now - ANSWERS_KEPT)


def kept_after_sending(spec: StreamSpec) -> timedelta:
    """Return how long the outbox keeps what was published to a stream."""
    if spec.name == DEAD.name:
        return DEAD_LETTERS_KEPT
    return spec.max_age or KEPT_WITHOUT_AGE
