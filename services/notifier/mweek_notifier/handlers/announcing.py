"""Enters notices into the ledger and says which are not going to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.message import Message
from mweek_messaging import Voice
from sqlmodel import Session

from mweek_notifier.domain.notice import Notice, Skipped
from mweek_notifier.domain.telling import Silence
from mweek_notifier.storage.ledger import Entry, plan
from mweek_notifier.storage.requested_windows import Cause
from mweek_notifier.translation import notice_skipped


def cause_of(message: Message) -> Cause:
    """Return a message as the cause of what follows from it."""
    return Cause(message.message_id, message.correlation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """What all handlers need to plan notices. `domain` is that of Message-IDs and calendar UIDs."""

    voice: Voice
    now: Callable[[], datetime]
    real_now: Callable[[], datetime]
    domain: str

    def announce(
        self,
        session: Session,
        cause: Cause,
        notices: Iterable[Notice],
        *,
        silences: Iterable[Silence] = (),
        superseded: Iterable[Skipped] = (),
    ) -> None:
        """Plan notices to be sent as soon as this transaction is committed, and say what is skipped."""
        entry = Entry(
            planned_at=self.now(),
            due_at=self.real_now(),
            domain=self.domain,
            causation_id=cause.causation_id,
            correlation_id=cause.correlation_id,
        )
        chain = {"causation_id": cause.causation_id, "correlation_id": cause.correlation_id}
        skipped = [*superseded, *plan(session, notices, silences, entry)]
        self.voice.say_all(session, [notice_skipped(self.voice.envelope(None) | chain, each) for each in skipped])
