"""The delivery policy as FastStream middleware: what happens to a message that could not be handled.

FastStream acknowledges when this returns, and obeys NackMessage and RejectMessage. Nothing else may leave here: its
own answer to any other exception is a redelivery without delay, as fast as the bus can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from faststream import BaseMiddleware
from faststream.exceptions import NackMessage, RejectMessage
from faststream.message import StreamMessage
from mweek_contracts.message import Message
from mweek_contracts.reading import UnreadableMessageError, read_message
from mweek_contracts.streams import COMMANDS
from mweek_outbox import ConflictingMessageError
from mweek_outbox.trouble import DATABASE_TROUBLE
from nats.aio.msg import Msg

from mweek_messaging.database_watch import DatabaseWatch
from mweek_messaging.dead_letters import DeadLetters, kind_of
from mweek_messaging.observation import HealthBoard, MessagingMetrics
from mweek_messaging.parts import ServiceClock
from mweek_messaging.policy import DeliveryPolicy, Postponed
from mweek_messaging.processing import Outcome, Processor
from mweek_messaging.workers import Workers

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """What the policy works with; one per service."""

    processor: Processor
    dead_letters: DeadLetters
    policy: DeliveryPolicy
    clock: ServiceClock
    workers: Workers
    health: HealthBoard
    metrics: MessagingMetrics
    database_watch: DatabaseWatch
    unrecorded: dict[str, int] = field(default_factory=dict)
    """Attempts that a message had before one that the database's trouble ended, where that could not be recorded."""


@dataclass(frozen=True, slots=True)
class DeliveredMessage:
    """A message that could be read, with what the bus knows of it."""

    message: Message
    raw: Msg


async def decode(received: StreamMessage[Msg]) -> DeliveredMessage:
    """Read a message by its subject; raises UnreadableMessageError."""
    raw = received.raw_message
    return DeliveredMessage(read_message(raw.subject, raw.data), raw)


class DeliveryMiddleware(BaseMiddleware[Any, Any]):
    """One message on its way through a handler."""

    def __init__(self, raw: Any, /, *, context: Any, delivering: Delivering) -> None:
        """FastStream makes one per message."""
        super().__init__(raw, context=context)
        self._to = delivering

    async def consume_scope(self, call_next: Callable[[Any], Any], msg: StreamMessage[Msg]) -> Any:
        """Decode, count the attempt, handle, and decide what a failure means."""
        started = time.perf_counter()
        raw = msg.raw_message
        outcome = Outcome.FAILED
        try:
            outcome = await self._deliver(raw, msg, call_next)
        except RejectMessage:
            outcome = Outcome.DEAD
            raise
        except _PostponedDelivery:
            outcome = Outcome.POSTPONED
            raise
        except NackMessage:
            raise
        except DATABASE_TROUBLE as error:
            raise self._wait_for_database(raw, error) from error
        except Exception as error:  # the policy itself failed: the message stays, and comes again
            _log.exception("delivery failed", subject=raw.subject)
            raise NackMessage(delay=self._to.policy.unavailable_delay.total_seconds()) from error
        finally:
            self._to.metrics.message_handled(kind_of(raw.subject), outcome, time.perf_counter() - started)
        return outcome

    async def _deliver(self, raw: Msg, msg: StreamMessage[Msg], call_next: Callable[[Any], Any]) -> Outcome:
        # A command comes as a new one when COMMANDS is restored from a copy; its sender was told that it is refused.
        came_before = raw.metadata.num_delivered > 1 or raw.metadata.stream == COMMANDS.name
        if came_before and await self._to.dead_letters.has(raw):
            raise RejectMessage
        try:
            delivered: DeliveredMessage = await msg.decode()  # type: ignore[assignment]
        except UnreadableMessageError as error:
            raise await self._put_aside(raw, str(error), 1, unreadable=error) from error
        except Exception as error:  # the same bytes will fail the same way
            raise await self._put_aside(raw, f"cannot be read: {_describe(error)}", 1) from error
        message = delivered.message
        with structlog.contextvars.bound_contextvars(
            message_id=message.message_id, correlation_id=message.correlation_id, message_type=message.message_type
        ):
            return await self._attempt(raw, message, partial(call_next, msg))

    async def _attempt(self, raw: Msg, message: Message, handle: Callable[[], Any]) -> Outcome:
        attempt = await self._count(raw, message)
        if attempt > self._to.policy.attempts:
            reason = f"given up after {attempt - 1} attempts: each ended with its process, or could not be recorded"
            raise await self._put_aside(raw, reason, attempt - 1, message=message)
        try:
            outcome: Outcome = await handle()
        except Postponed as postponed:
            raise await self._postpone(raw, message, postponed, attempt) from None
        except ConflictingMessageError as error:
            raise await self._put_aside(raw, str(error), attempt, message=message) from error
        except DATABASE_TROUBLE:
            await self._take_back(message, attempt)
            raise
        except Exception as error:
            raise await self._after_failure(raw, message, error, attempt) from error
        self._to.database_watch.works(_who(raw))
        return outcome

    async def _count(self, raw: Msg, message: Message) -> int:
        """Return which attempt this is. The first is counted when it fails, the others before they begin."""
        if raw.metadata.num_delivered == 1:
            return 1
        if message.message_id in self._to.unrecorded:
            before = self._to.unrecorded[message.message_id]
            await self._to.workers.run(self._to.processor.note_failure, message.message_id, before)
            del self._to.unrecorded[message.message_id]
        return await self._to.workers.run(self._to.processor.begin_again, message.message_id)

    async def _take_back(self, message: Message, attempt: int) -> None:
        """Uncount an attempt that an outage ended; where that cannot be recorded now, before the next one."""
        self._to.unrecorded[message.message_id] = attempt - 1
        with suppress(*DATABASE_TROUBLE):
            await self._to.workers.run(self._to.processor.note_failure, message.message_id, attempt - 1)
            del self._to.unrecorded[message.message_id]

    async def _postpone(self, raw: Msg, message: Message, postponed: Postponed, attempt: int) -> Exception:
        since = await self._to.workers.run(self._to.processor.note_postponed, message.message_id, attempt)
        waited = self._to.clock.real_now() - since
        if waited > self._to.policy.longest_wait:
            reason = f"waited {waited.total_seconds():.0f} s in vain for {postponed.waiting_for}"
            return await self._put_aside(raw, reason, attempt, message=message)
        _log.info("message postponed", waiting_for=postponed.waiting_for)
        return _PostponedDelivery(delay=postponed.delay.total_seconds())

    async def _after_failure(self, raw: Msg, message: Message, error: Exception, attempt: int) -> Exception:
        if attempt >= self._to.policy.attempts:
            return await self._put_aside(raw, _describe(error), attempt, message=message)
        await self._to.workers.run(self._to.processor.note_failure, message.message_id, attempt)
        delay = self._to.policy.delay_after(attempt)
        _log.warning("message failed", attempt=attempt, again_in=delay.total_seconds(), exc_info=error)
        return NackMessage(delay=delay.total_seconds())

    async def _put_aside(
        self,
        raw: Msg,
        reason: str,
        attempts: int,
        *,
        message: Message | None = None,
        unreadable: UnreadableMessageError | None = None,
    ) -> Exception:
        """Return RejectMessage once the dead letter is recorded; while the database is away the message stays."""
        problems = unreadable.problems if unreadable else ()
        await self._to.dead_letters.put(raw, reason=reason, attempts=attempts, problems=problems)
        if message is not None and raw.metadata.num_delivered > 1:
            await self._to.workers.run(self._to.processor.forget, message.message_id)
        return RejectMessage()

    def _wait_for_database(self, raw: Msg, error: Exception) -> Exception:
        self._to.database_watch.trouble(_who(raw), error)
        return NackMessage(delay=self._to.policy.unavailable_delay.total_seconds())


class _PostponedDelivery(NackMessage):
    """A redelivery that is no failure."""


def _who(raw: Msg) -> str:
    return f"messages of {raw.metadata.stream}"


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
