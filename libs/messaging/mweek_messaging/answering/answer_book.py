"""What was answered before, and what this transaction answers: the same request gets the same reply, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mweek_contracts.requests import Request
from mweek_outbox import AnsweredRequest, read_answered, remember_answered
from sqlmodel import Session

from mweek_messaging.answering.asked import Asked


@dataclass(frozen=True, slots=True)
class Decided:
    """What a request is answered, once the transaction is committed."""

    asked: Asked
    body: bytes
    outcome: str
    """For the metrics: `grant`, `repeated`, a refusal's code, and so on."""
    digest: str | None = None
    """Of what was asked, where the answer is to be remembered."""


class AnswerBook:
    """The answers to the requests of one transaction."""

    def __init__(self, session: Session, keys: Sequence[str], now: datetime) -> None:
        """Read what is known; `now` is real time, which stamps what is new."""
        self._session = session
        self._now = now
        self._known = read_answered(session, keys)
        self._new: list[AnsweredRequest] = []

    def find(self, key: str) -> AnsweredRequest | None:
        """Return what was answered before, also in this transaction."""
        return self._known.get(key)

    def note(self, decided: Decided) -> None:
        """Remember an answer, unless it says of itself that it need not be."""
        if decided.digest is None:
            return
        asked = decided.asked
        answered = AnsweredRequest(asked.key, asked.request.message_type, decided.digest, decided.body, self._now)
        self._known[asked.key] = answered
        self._new.append(answered)

    def write(self) -> None:
        """Write what is new."""
        remember_answered(self._session, self._new)


def content_digest(request: Request) -> str:
    """Return the SHA-256 over what is asked, whatever the order of the fields and the blanks between them.

    A field that is not used adds nothing: one that a later version knows does not make an old request another one.
    """
    if any(isinstance(value, dict) for value in request.__dict__.values()):  # its keys come in any order
        text = json.dumps(request.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
    else:
        text = request.model_dump_json(exclude_defaults=True)
    return hashlib.sha256(f"{request.message_type} {text}".encode()).hexdigest()
