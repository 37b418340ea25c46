"""Sends what is due with a few workers; a slow mail server holds up only the mails that it is given."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from mweek_outbox.trouble import DATABASE_TROUBLE, describe_trouble

from mweek_notifier.domain.attempt import Answer, Outcome, Step
from mweek_notifier.domain.mail import Mail
from mweek_notifier.interfaces import Delivery, Render
from mweek_notifier.sender.bookkeeping import Bookkeeping
from mweek_notifier.sender.line import Line
from mweek_notifier.sender.together import Together
from mweek_notifier.storage.queue import Claim, QueuedNotice

log = structlog.get_logger()

LOOKED_AHEAD = 8
"""Due notices read at once, for each worker: few enough that what is superseded meanwhile costs little."""

CALM_POLLS = 30
"""So many polls after the database was away every living sender has written down what came of its mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings:
    """Who mails are from, and the sender's measures, in real seconds."""

    sender_email: str
    workers: int = 4
    poll_seconds: float = 0.5
    pauses_seconds: tuple[float, float] = (1.0, 30.0)
    """Between two tries while no mail leaves: the first pause, and the longest of those that grow out of it."""
    drain_seconds: float = 5.0
    """How long mails in hand may take to finish when the service stops; others are repeated after their lease."""


class Sender:
    """The loop that empties the queue."""

    def __init__(
        self,
        *,
        books: Bookkeeping,
        delivery: Delivery,
        render: Render,
        report: Callable[[bool, str], None],
        settings: SenderSettings,
    ) -> None:
        """Take the parts.

        Args:
            report: says to the operator whether mails leave, and if not, why.
        """
        self._books = books
        self._together = Together(books.database)
        self._delivery = delivery
        self._render = render
        self._report = report
        self._settings = settings
        self._ahead: deque[QueuedNotice] = deque()
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._line = Line(settings.workers, report=report, pauses=settings.pauses_seconds)
        self._calm_polls = CALM_POLLS

    async def run(self) -> None:
        """Send until cancelled; then finish what is in hand."""
        try:
            while True:
                try:
                    await self._look_ahead()
                    self._start_workers()
                    await self._wait()
                except DATABASE_TROUBLE as error:  # mails in hand go on: what came of them must still be recorded
                    self._say_troubled(error)
                    await asyncio.sleep(self._settings.poll_seconds)
        finally:
            await self._drain()

    async def _look_ahead(self) -> None:
        if not self._ahead:
            limit = LOOKED_AHEAD * self._settings.workers
            calm = self._calm_polls >= CALM_POLLS
            in_hand = tuple(self._in_hand)
            self._ahead.extend(await asyncio.to_thread(self._books.due, limit, in_hand, take_over=calm))
            if self._calm_polls == 0 and not self._line.broken:
                self._report(True, "the database works again")
            self._calm_polls += 1

    def _say_troubled(self, error: Exception) -> None:
        self._calm_polls = 0
        sentence = describe_trouble(self._books.database.place, error)
        log.error("ledger-not-usable", error=sentence)
        self._report(False, f"no mail leaves, for want of the database: {sentence}. Mails wait")

    def _start_workers(self) -> None:
        while self._ahead and self._line.takes(len(self._in_hand), now=time.monotonic()):
            queued = self._ahead.popleft()
            self._in_hand[queued.row_id] = asyncio.create_task(self._send(queued))

    async def _wait(self) -> None:
        """Wait for a worker to finish, or, where there is nothing to do, for a while."""
        if not self._in_hand:
            await asyncio.sleep(self._settings.poll_seconds)
            return
        await asyncio.wait(
            self._in_hand.values(), timeout=self._settings.poll_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        done = [row_id for row_id, task in self._in_hand.items() if task.done()]
        failed = [error for row_id in done if (error := self._in_hand.pop(row_id).exception())]
        if failed:
            raise failed[0]

    async def _send(self, queued: QueuedNotice) -> None:
        mail = await self._mail(queued)
        if mail is None:
            return
        held = await self._together.write(queued.row_id, partial(self._books.claim_in, queued=queued, mail=mail))
        if held is None:
            return
        given_at = time.monotonic()
        outcome = await self._delivery.deliver(mail)
        self._line.judge(outcome, given_at=given_at, now=time.monotonic())
        step = await self._settle(held, queued, outcome)
        log.info(
            "notice-handed-over",
            notice_id=mail.notice_id,
            outcome=outcome.answer,
            answer=outcome.text,
            state=step and step.state,
        )

    async def _settle(self, held: Claim, queued: QueuedNotice, outcome: Outcome) -> Step | None:
        """Write down what came of it, also when the database works only later: else the mail would be repeated."""
        settling = partial(self._books.settle_in, held=held, queued=queued, outcome=outcome)
        while True:
            try:
                return await self._together.write(queued.row_id, settling)
            except DATABASE_TROUBLE as error:
                self._say_troubled(error)
                await asyncio.sleep(self._settings.poll_seconds)

    async def _mail(self, queued: QueuedNotice) -> Mail | None:
        """Return the mail as it was first made, or make it; None when it cannot be made."""
        dated_at = queued.dated_at or _whole_seconds(self._books.now())
        content = queued.mail
        if content is None:
            try:
                content = await asyncio.to_thread(self._render, queued.notice, queued.mail_message_id, dated_at)
            except Exception as error:  # whatever it is, it is this notice's, and others must go on
                log.exception("notice-not-rendered", notice_id=queued.key.notice_id)
                reason = f"the mail could not be made: {type(error).__name__}: {error}"
                await asyncio.to_thread(self._books.give_up, queued, Outcome.of(Answer.REFUSED, reason).text)
                return None
        return Mail(queued.key.notice_id, self._settings.sender_email, queued.key.email, dated_at, content)

    async def _drain(self) -> None:
        tasks, self._in_hand = list(self._in_hand.values()), {}
        self._ahead.clear()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._settings.drain_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._delivery.close()


def _whole_seconds(instant: datetime) -> datetime:
    """Cut an instant to what a Date header can say."""
    return instant.replace(microsecond=0)
