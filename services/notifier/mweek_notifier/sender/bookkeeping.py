"""The sender's transactions: claim before handing over, result and event after it. Called in worker threads."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from mweek_contracts.message import Message
from mweek_messaging import Voice
from mweek_outbox import Database
from sqlmodel import Session

from mweek_notifier.domain.attempt import (
    Answer,
    NoticeState,
    Outcome,
    RetryPolicy,
    Step,
    after_crash,
    next_step,
    too_late,
)
from mweek_notifier.domain.mail import Mail
from mweek_notifier.domain.notice import SkipCode, Skipped
from mweek_notifier.storage.queue import (
    Claim,
    QueuedNotice,
    abandon,
    claim,
    load_due,
    load_expired,
    load_tries,
    settle,
)
from mweek_notifier.translation import notice_failed, notice_sent, notice_skipped

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookkeeping:
    """The ledger as one sender uses it.

    `now` is the service's clock: what is told of when. `real_now` is the system's: leases and delays, since mail
    servers live in real time. `token` names this sender and no other, past or present.
    """

    database: Database
    voice: Voice
    now: Callable[[], datetime]
    real_now: Callable[[], datetime]
    token: str
    lease: timedelta
    policy: RetryPolicy

    def due(self, limit: int, besides: Collection[int], *, take_over: bool = True) -> list[QueuedNotice]:
        """Return notices to be sent, without those in hand; first those of senders that died are taken over.

        Args:
            take_over: whether one whose lease is over is dead. Just after the database was away it may only not have
                had the time to write down what came of its mails.
        """
        with self.database.transaction() as session:
            for expired in load_expired(session, self.real_now(), besides=besides) if take_over else ():
                step = after_crash(expired.tries, self.policy)
                settle(session, expired.row_id, step, now=self.real_now(), left=True)
                self._say_end(session, expired, step, expired.tries.attempts)
                log.warning("notice-taken-over", notice_id=expired.key.notice_id, attempts=expired.tries.attempts)
            found = load_due(session, self.real_now(), limit=limit, besides=besides)
            return [queued for queued in found if not self._over(session, queued)]

    def claim(self, queued: QueuedNotice, mail: Mail) -> Claim | None:
        """Claim a notice, with the mail that it is from now on; None when it is not to be had any more."""
        with self.database.transaction() as session:
            return self.claim_in(session, queued, mail)

    def claim_in(self, session: Session, queued: QueuedNotice, mail: Mail) -> Claim | None:
        """As `claim`, in a transaction that others share."""
        wanted = Claim(queued.row_id, self.token, self.real_now() + self.lease)
        attempts = queued.tries.attempts
        free = claim(session, wanted, mail=mail.content, dated_at=mail.dated_at, attempts=attempts)
        return wanted if free else None

    def settle(self, held: Claim, queued: QueuedNotice, outcome: Outcome) -> Step | None:
        """Write down what came of handing a notice over; None when the claim had been taken over meanwhile."""
        with self.database.transaction() as session:
            return self.settle_in(session, held, queued, outcome)

    def settle_in(self, session: Session, held: Claim, queued: QueuedNotice, outcome: Outcome) -> Step | None:
        """As `settle`, in a transaction that others share."""
        tries = load_tries(session, held)
        if tries is None:
            log.warning("claim-lost", notice_id=queued.key.notice_id, outcome=outcome.answer)
            return None
        step = next_step(outcome, tries, self.policy)
        lost = outcome.answer is Answer.LOST
        left = lost or outcome.answer is Answer.ACCEPTED
        settle(session, held.row_id, step, now=self.real_now(), left=left, lost=lost)
        self._say_end(session, queued, step, tries.attempts)
        return step

    def give_up(self, queued: QueuedNotice, why: str) -> None:
        """End a notice that cannot be made into a mail."""
        step = Step(NoticeState.FAILED, why)
        with self.database.transaction() as session:
            if abandon(session, queued.row_id, step, now=self.real_now()):
                self._say_end(session, queued, step, queued.tries.attempts)

    def _over(self, session: Session, queued: QueuedNotice) -> bool:
        """End a notice whose slots are over; says whether it was one."""
        if queued.stale_at is None or queued.stale_at > self.now():
            return False
        step = too_late(queued.tries)
        if abandon(session, queued.row_id, step, now=self.real_now()):
            self._say_end(session, queued, step, queued.tries.attempts)
        return True

    def _say_end(self, session: Session, queued: QueuedNotice, step: Step, attempts: int) -> None:
        """Say what became of a notice, where it will not be tried again."""
        if step.wait is None:
            self.voice.say(session, self._event(queued, step, attempts))

    def _event(self, queued: QueuedNotice, step: Step, attempts: int) -> Message:
        about, envelope = queued.notice.about, self._envelope(queued)
        if step.state is NoticeState.SENT:
            return notice_sent(
                envelope, about, mail_message_id=queued.mail_message_id, sent_at=self.now(), attempt=attempts
            )
        if step.state is NoticeState.SKIPPED:
            return notice_skipped(envelope, Skipped(about, step.text, step.skipped or SkipCode.SUPERSEDED))
        return notice_failed(envelope, about, reason=step.text, attempts=attempts)

    def _envelope(self, queued: QueuedNotice) -> dict[str, Any]:
        chain = {"causation_id": queued.causation_id, "correlation_id": queued.correlation_id}
        return self.voice.envelope(None) | chain
