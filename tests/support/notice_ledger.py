"""A notifier's ledger with a real sender on it: plan notices, let it send, look at what became of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from mweek_messaging import Voice
from mweek_notifier.domain.attempt import RetryPolicy
from mweek_notifier.domain.notice import Notice
from mweek_notifier.interfaces import Delivery, Render
from mweek_notifier.rendering.mail import rendered
from mweek_notifier.sender import Bookkeeping, Sender
from mweek_notifier.sender.loop import SenderSettings
from mweek_notifier.storage.ledger import Entry, plan
from mweek_outbox import Database
from sqlalchemy import text

from tests.support.ids import ReadableIds
from tests.support.notifier_values import DOMAIN, LETTERHEAD, NOW

FAST = RetryPolicy(first_delay=timedelta(milliseconds=50), longest_delay=timedelta(milliseconds=200), attempts=4)
LONG_LEASE = timedelta(minutes=10)


def render(notice: Notice, message_id: str, dated_at: datetime) -> bytes:
    """Render as the service does."""
    return rendered(notice, LETTERHEAD, message_id=message_id, dated_at=dated_at).content


class NoticeLedger:
    """The ledger in a migrated database, and what its senders said."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.health: list[tuple[bool, str]] = []
        self.now = NOW
        self._voice = Voice(service="notifier", new_id=ReadableIds("said"), now=lambda: self.now)

    def plan(self, *notices: Notice) -> None:
        """Enter notices that are due at once."""
        entry = Entry(
            planned_at=self.now,
            due_at=real_now(),
            domain=DOMAIN,
            causation_id="cause-1",
            correlation_id="command-1",
        )
        with self.database.transaction() as session:
            plan(session, notices, (), entry)

    def books(self, *, token: str = "sender-1", lease: timedelta = LONG_LEASE) -> Bookkeeping:
        """Return the books of one sender."""
        return Bookkeeping(
            database=self.database,
            voice=self._voice,
            now=lambda: self.now,
            real_now=real_now,
            token=token,
            lease=lease,
            policy=FAST,
        )

    @asynccontextmanager
    async def sending(
        self, delivery: Delivery, *, books: Bookkeeping | None = None, render: Render = render, workers: int = 2
    ) -> AsyncIterator[None]:
        """Let a sender run during the block; it must not fail."""
        sender = Sender(
            books=books or self.books(),
            delivery=delivery,
            render=render,
            report=lambda ok, detail: self.health.append((ok, detail)),
            settings=SenderSettings(
                sender_email=LETTERHEAD.sender_email,
                workers=workers,
                poll_seconds=0.02,
                drain_seconds=2,
                pauses_seconds=(0.05, 0.2),
            ),
        )
        running = asyncio.create_task(sender.run())
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    def rows(self) -> list[dict[str, Any]]:
        """Return what the ledger says of each notice, in the order of planning."""
        columns = "email, state, attempts, losses, answer, may_have_left, due_at IS NULL AS ended"
        with self.database.read() as session:
            found = session.connection().execute(text(f"SELECT {columns} FROM notice ORDER BY id"))
            return [dict(row._mapping) for row in found]

    def states(self) -> list[str]:
        """Return the state of each notice, in the order of planning."""
        return [row["state"] for row in self.rows()]

    def said(self) -> list[dict[str, Any]]:
        """Return the bodies of the events that were recorded, in order."""
        with self.database.read() as session:
            return [
                json.loads(body)
                for (body,) in session.connection().execute(text("SELECT body FROM outbox ORDER BY id"))
            ]


def real_now() -> datetime:
    """Return the system's time: leases and delays are real."""
    return datetime.now(UTC)


def ended(ledger: NoticeLedger, number: int = 1) -> Callable[[], bool]:
    """Return a look at whether so many notices have come to an end."""
    return lambda: sum(bool(row["ended"] and row["state"] != "claimed") for row in ledger.rows()) == number
