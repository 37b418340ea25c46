"""Keeps a message that no handler could deal with, whole and with the reason, until an operator looks at it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from mweek_contracts.catalogue import candidates
from mweek_contracts.events import CommandRefusedV1, DeadLetterV1, Problem
from mweek_contracts.fields import TOKEN_PATTERN, Identifier
from mweek_outbox import Database, record_many
from mweek_outbox.sent import is_recorded
from nats.aio.msg import Msg
from pydantic import TypeAdapter, ValidationError

from mweek_messaging.observation import MessagingMetrics
from mweek_messaging.voice import outgoing
from mweek_messaging.workers import Workers

_LONGEST_REASON: Final = 4000
_IDENTIFIER: Final = TypeAdapter(Identifier)
_ENVELOPE_BYTES: Final = 64 * 1024
"""Room for headers, reason and the other fields in a dead letter of the largest size that the server takes."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where dead letters are recorded: a service's database, and the threads that work on it."""

    database: Database
    workers: Workers


class DeadLetters:
    """Puts messages aside for one service, through its outbox: a stream DEAD that is lost can be brought back."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        service: str,
        largest: Callable[[], int],
        now: Callable[[], datetime],
        metrics: MessagingMetrics,
    ) -> None:
        """Speak as `service`.

        Args:
            largest: returns the largest message that the server takes now.
            now: the service's clock.
        """
        self._outbox = outbox
        self._service = service
        self._largest = largest
        self._now = now
        self._metrics = metrics

    async def put(self, raw: Msg, *, reason: str, attempts: int, problems: tuple[Problem, ...] = ()) -> None:
        """Record the dead letter, to be published; a command's sender is told, too. Only then end the message.

        The same message put twice, after a crash, is one dead letter.

        Args:
            reason: what went wrong, in a sentence.
            problems: what is wrong with the body, by field.

        Raises:
            sqlalchemy.exc.DBAPIError: not recorded; the message must stay in its stream.
        """
        kind = kind_of(raw.subject)
        letter = self._letter(raw, kind, reason=_clean(reason), attempts=attempts)
        refusal = self._refusal(raw, letter, problems)
        await self._outbox.workers.run(self._record, letter, refusal)
        self._metrics.dead_letter(kind)
        _log.error("message put aside", subject=raw.subject, reason=letter.reason, attempts=attempts)

    async def has(self, raw: Msg) -> bool:
        """Return whether this very message was put aside before: it came again, since its end was not recorded."""
        return await self._outbox.workers.run(self._is_recorded, self._message_id(raw))

    def _record(self, letter: DeadLetterV1, refusal: CommandRefusedV1 | None) -> None:
        with self._outbox.database.transaction() as session:
            if not is_recorded(session, letter.message_id):
                said = [letter] if refusal is None else [letter, refusal]
                record_many(session, [outgoing(message, source=self._service) for message in said])

    def _is_recorded(self, message_id: str) -> bool:
        with self._outbox.database.read() as session:
            return is_recorded(session, message_id)

    def _message_id(self, raw: Msg) -> str:
        return f"dead/{self._service}/{hashlib.sha256(place_in_stream(raw).encode()).hexdigest()}"

    def _letter(self, raw: Msg, kind: str, *, reason: str, attempts: int) -> DeadLetterV1:
        message_id = self._message_id(raw)
        body, reason = self._fitting(raw.data, reason)
        return DeadLetterV1(
            message_id=message_id,
            correlation_id=_identifier((raw.headers or {}).get("mweek-correlation-id")) or message_id,
            occurred_at=self._now(),
            service=self._service,
            handler=kind.replace(".", "-"),
            reason=reason[:_LONGEST_REASON],
            original_subject=_clean(raw.subject),
            original_stream=raw.metadata.stream,
            original_headers={_clean(name): _clean(value) for name, value in (raw.headers or {}).items()},
            original_body_base64=base64.b64encode(body).decode(),
            attempts=attempts,
        )

    def _fitting(self, body: bytes, reason: str) -> tuple[bytes, str]:
        """Return as much of the body as a dead letter can hold; base64 makes four bytes of three."""
        room = (self._largest() - _ENVELOPE_BYTES) * 3 // 4
        if len(body) <= room:
            return body, reason
        return body[:room], f"[only the first {room} of {len(body)} bytes are kept] {reason}"

    def _refusal(self, raw: Msg, letter: DeadLetterV1, problems: tuple[Problem, ...]) -> CommandRefusedV1 | None:
        kind, _, rest = raw.subject.partition(".")
        location = rest.partition(".")[0]
        if kind != "cmd" or not re.fullmatch(TOKEN_PATTERN, location):
            return None
        return CommandRefusedV1(
            message_id=f"refused/{letter.message_id}",
            causation_id=_identifier(_field(raw.data, "message_id")),
            correlation_id=letter.correlation_id,
            occurred_at=letter.occurred_at,
            location=location,
            command_id=_identifier(_field(raw.data, "command_id")),
            command_subject=letter.original_subject,
            text=letter.reason,
            problems=problems,
        )


def kind_of(subject: str) -> str:
    """Return the message type that a subject promises, or `unknown`: a bounded set, fit for a label."""
    entries = candidates(subject)
    return entries[0].name if entries else "unknown"


def place_in_stream(raw: Msg) -> str:
    """Return a text that names one stored message for ever; a stream made anew reuses sequences, not instants."""
    metadata = raw.metadata
    return f"{metadata.stream} {metadata.sequence.stream} {metadata.timestamp.isoformat()}"


def _field(body: bytes, name: str) -> object:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed.get(name) if isinstance(parsed, dict) else None


def _identifier(value: object) -> str | None:
    try:
        return str(_IDENTIFIER.validate_python(value))
    except ValidationError:
        return None


def _clean(text: str) -> str:
    """Return a text that UTF-8 can carry: foreign bytes in headers and errors may not be text."""
    return text.encode(errors="replace").decode()
