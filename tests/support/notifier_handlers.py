"""The notifier's handlers on a database of its own: from messages to what stands in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from mweek_contracts.message import Message
from mweek_messaging import Voice
from mweek_notifier.domain.attempt import NoticeState, Step
from mweek_notifier.domain.fleet import Contact, CustomerRecord, Machine, MachineRecord
from mweek_notifier.domain.gathering import Patience
from mweek_notifier.domain.notice import NoticeKind, WeekNotice, WindowNotice
from mweek_notifier.handlers import AuditHandlers, Occasions, WeekHandlers, WindowHandlers
from mweek_notifier.handlers.announcing import Announcer
from mweek_notifier.routes import routes
from mweek_notifier.storage.fleet import apply_customers, apply_machines
from mweek_notifier.storage.queue import Claim, QueuedNotice, claim, load_due, settle
from mweek_outbox import Database, StreamPosition
from mweek_outbox.streams import advance_position
from sqlalchemy import text

from tests.support.ids import ReadableIds
from tests.support.notifier_values import DOMAIN, NOW

OPERATOR = Contact("Operator", "operator@mweek.example")
LATER = timedelta(hours=1)
PATIENCE = Patience(quiet=timedelta(seconds=60), at_most=timedelta(seconds=300))


class Notifier:
    """The notifier's handlers on a database, without bus and sender."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self._voice = Voice(service="notifier", new_id=ReadableIds("said"), now=lambda: self.now)
        announcer = Announcer(voice=self._voice, now=lambda: self.now, real_now=lambda: NOW, domain=DOMAIN)
        weeks = WeekHandlers(announcer=announcer, lock=database.lock)
        windows = WindowHandlers(announcer=announcer, lock=database.lock, patience=PATIENCE)
        audits = AuditHandlers(announcer=announcer, operator=OPERATOR)
        self._handlers = {route.message: route.handler for route in routes(weeks, windows, audits)}
        self._occasions = Occasions(database=database, announcer=announcer, lock=database.lock)

    def knows(self, *customers: CustomerRecord, sequence: int = 7, **owners: str | None) -> None:
        """Take in records, as far as a sequence."""
        with self.database.transaction() as session:
            apply_customers(session, customers)
            machines = [MachineRecord("rzob", name, 1, Machine(name, owner, 15)) for name, owner in owners.items()]
            apply_machines(session, machines)
            advance_position(session, "RECORDS", StreamPosition(NOW, sequence))

    def hears(self, messages: Sequence[Message]) -> None:
        """Handle messages, each in its transaction."""
        for message in messages:
            with self.database.transaction() as session:
                self._handlers[type(message)](session, message)

    def later(self, *, seconds: float) -> None:
        """Let time pass, and let occasions end that are over then."""
        self.now += timedelta(seconds=seconds)
        self._occasions.tell_due()

    def due(self) -> list[QueuedNotice]:
        """Return what is to be sent."""
        with self.database.read() as session:
            return load_due(session, NOW + LATER, limit=100)

    def notices(self) -> list[WeekNotice]:
        """Return what customers are to be sent, in the order of planning."""
        return [queued.notice for queued in self.due() if isinstance(queued.notice, WeekNotice)]

    def window_notices(self) -> list[WindowNotice]:
        """Return what customers are to be sent about single windows, in the order of planning."""
        return [queued.notice for queued in self.due() if isinstance(queued.notice, WindowNotice)]

    def takes(self, queued: QueuedNotice) -> Callable[[Step, bool], None]:
        """Begin to hand a mail over; returns what ends that: with a step, and whether the mail may have left."""
        attempts = queued.tries.attempts
        with self.database.transaction() as session:
            assert claim(session, Claim(queued.row_id, "one", NOW), mail=b"mail", dated_at=NOW, attempts=attempts)

        def end(step: Step, left: bool) -> None:
            with self.database.transaction() as session:
                settle(session, queued.row_id, step, now=NOW, left=left)

        return end

    def sends(self) -> list[tuple[str, NoticeKind]]:
        """Let all that is due be sent; returns the addresses and kinds."""
        sent = self.due()
        with self.database.transaction() as session:
            for queued in sent:
                assert claim(session, Claim(queued.row_id, "one", NOW), mail=b"mail", dated_at=NOW, attempts=0)
                settle(session, queued.row_id, Step(NoticeState.SENT, "250"), now=NOW, left=True)
        return [(queued.key.email, queued.key.kind) for queued in sent]

    def said(self) -> list[dict[str, Any]]:
        """Return the events that the handlers recorded."""
        with self.database.read() as session:
            bodies = session.connection().execute(text("SELECT body FROM outbox ORDER BY id"))
            return [json.loads(bytes(body)) for (body,) in bodies]
