"""Keeps a message that no handler could deal with, whole and with the reason, until an operator looks at it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from mweek_contracts.catalogue import candidates
from mweek_contracts.events import CommandRefusedV1, DeadLetterV1, Problem
from mweek_contracts.fields import TOKEN_PATTERN, Identifier
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import TypeAdapter, ValidationError

from mweek_messaging.observation import MessagingMetrics
from mweek_messaging.publishing import publish

_LONGEST_REASON: Final = 4000
_IDENTIFIER: Final = TypeAdapter(Identifier)
_ENVELOPE_BYTES: Final = 64 * 1024
"""Room for headers, reason and the other fields in a dead letter of the largest size that the server takes."""

_log = structlog.get_logger()


class DeadLetters:
    """Puts messages aside for one service."""

    def __init__(
        self, connection: Client, *, service: str, now: Callable[[], datetime], metrics: MessagingMetrics
    ) -> None:
        """Speak as `service`; `now` is its clock."""
        self._connection = connection
        self._service = service
        self._now = now
        self._metrics = metrics

    async def put(self, raw: Msg, *, reason: str, attempts: int, problems: tuple[Problem, ...] = ()) -> None:
        """Publish the dead letter and wait until its stream has it; a command's sender is told, too.

        The same message put twice, after a crash, is one dead letter.

        Args:
            reason: what went wrong, in a sentence.
            problems: what is wrong with the body, by field.

        Raises:
            NotAcknowledgedError: not stored; the message must stay in its stream.
        """
        kind = kind_of(raw.subject)
        letter = self._letter(raw, kind, reason=_clean(reason), attempts=attempts)
        await publish(self._connection, letter, source=self._service)
        refusal = self._refusal(raw, letter, problems)
        if refusal is not None:
            await publish(self._connection, refusal, source=self._service)
        self._metrics.dead_letter(kind)
        _log.error("message put aside", subject=raw.subject, reason=letter.reason, attempts=attempts)

    def _letter(self, raw: Msg, kind: str, *, reason: str, attempts: int) -> DeadLetterV1:
        place = place_in_stream(raw)
        message_id = f"dead/{self._service}/{hashlib.sha256(place.encode()).hexdigest()}"
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
        room = (self._connection.max_payload - _ENVELOPE_BYTES) * 3 // 4
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
