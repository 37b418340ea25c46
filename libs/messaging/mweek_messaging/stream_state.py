"""Asks the server what a stream is now: more than nats-py tells, and which message lies at a sequence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mweek_outbox.streams import StoredMessage, StreamSeen
from nats.aio.client import Client
from nats.js.errors import APIError, NotFoundError

_ANSWER_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """A stream as the server describes it, at an instant of the server's clock."""

    created_at: datetime
    first_sequence: int
    first_stored_at: datetime | None
    """None while it is empty."""
    last_sequence: int
    messages: int
    subjects: int
    holes: int
    asked_at: datetime

    def seen(self, last_message: StoredMessage | None, *, acceptances: int = 0) -> StreamSeen:
        """Return what a service remembers of this."""
        return StreamSeen(
            created_at=self.created_at,
            last_sequence=self.last_sequence,
            last_message=last_message,
            first_sequence=self.first_sequence,
            first_stored_at=self.first_stored_at,
            messages=self.messages,
            holes=self.holes,
            acceptances=acceptances,
        )


async def read_state(connection: Client, stream: str) -> StreamState | None:
    """Return what a stream is now; None when there is none of that name.

    Raises:
        nats.errors.Error, TimeoutError: the server did not answer, or has no JetStream (yet).
    """
    try:
        answer = await _ask(connection, f"$JS.API.STREAM.INFO.{stream}")
    except NotFoundError:
        return None
    state: dict[str, Any] = answer["state"]
    return StreamState(
        created_at=_instant(answer["created"]),
        first_sequence=state["first_seq"],
        first_stored_at=_instant(state["first_ts"]) if state["messages"] else None,
        last_sequence=state["last_seq"],
        messages=state["messages"],
        subjects=state.get("num_subjects", 0),
        holes=state.get("num_deleted", 0),
        asked_at=_instant(answer["ts"]),
    )


async def read_stored(connection: Client, stream: str, sequence: int) -> StoredMessage | None:
    """Return which message lies at a sequence; None when none does (any more). Raises as `read_state` does."""
    if sequence < 1:
        return None
    try:
        answer = await _ask(connection, f"$JS.API.STREAM.MSG.GET.{stream}", {"seq": sequence})
    except NotFoundError:
        return None
    message = answer["message"]
    return StoredMessage(subject=message["subject"], stored_at=_instant(message["time"]))


async def last_sequence_of(connection: Client, stream: str, subject: str) -> int | None:
    """Return the sequence of the last message of a subject; None when there is none. Raises as `read_state` does."""
    try:
        answer = await _ask(connection, f"$JS.API.STREAM.MSG.GET.{stream}", {"last_by_subj": subject})
    except NotFoundError:
        return None
    sequence: int = answer["message"]["seq"]
    return sequence


async def _ask(connection: Client, subject: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await connection.request(subject, json.dumps(question or {}).encode(), _ANSWER_SECONDS)
    parsed: dict[str, Any] = json.loads(answer.data)
    if "error" in parsed:
        raise APIError.from_error(parsed["error"])
    return parsed


def _instant(text: str) -> datetime:
    """Return an instant of the server, which counts nanoseconds, as tables can hold it: to the microsecond."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
