"""A message that could not be dealt with, kept whole until an operator replays or drops it."""

from __future__ import annotations

from mweek_contracts.fields import PositiveCount, Sentence, Token
from mweek_contracts.message import Message


class DeadLetterV1(Message):
    """A message that a handler could not deal with, kept whole. Subject: `dead.<service>.<handler>`."""

    service: Token
    """The service that gave up."""
    handler: Token
    """What was to be handled: the message's type with `-` for `.`, e.g. `schedule-week-v1`."""
    reason: Sentence
    """Why the last attempt failed."""
    original_subject: str
    """What the message was published to; replaying publishes it there again."""
    original_stream: str
    """The stream that it came from."""
    original_headers: dict[str, str] = {}
    """Its headers, with `Nats-Msg-Id`."""
    original_body_base64: str
    """Its body, byte for byte: it may be no JSON at all."""
    attempts: PositiveCount
    """How often it was tried; 1 when it could not be read."""

    @property
    def subject(self) -> str:
        """`dead.<service>.<handler>`."""
        return f"dead.{self.service}.{self.handler}"
