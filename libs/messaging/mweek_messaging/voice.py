"""A service's voice: what it says, recorded in the transaction of the change and published after the commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from mweek_contracts.catalogue import entry_of
from mweek_contracts.message import Message
from mweek_outbox import OutgoingMessage, record_many
from sqlmodel import Session


class Voice:
    """Says messages from inside of a transaction; built once per service, in its bootstrap."""

    def __init__(self, *, service: str, new_id: Callable[[], str], now: Callable[[], datetime]) -> None:
        """Speak as `service`.

        Args:
            new_id: returns a message id that is unique for ever.
            now: the service's clock.
        """
        self._service = service
        self._new_id = new_id
        self._now = now

    def envelope(self, cause: Message | None) -> dict[str, Any]:
        """Return message_id, causation_id, correlation_id and occurred_at for a message to be constructed.

        Args:
            cause: the message that led to the new one; None when a clock or a person did.
        """
        message_id = self._new_id()
        return {
            "message_id": message_id,
            "causation_id": cause.message_id if cause else None,
            "correlation_id": cause.correlation_id if cause else message_id,
            "occurred_at": self._now(),
        }

    def say(self, session: Session, message: Message) -> None:
        """Record one message; raises KeyError when its class is not in the catalogue."""
        self.say_all(session, (message,))

    def say_all(self, session: Session, messages: Sequence[Message]) -> None:
        """Record messages, to be published in this order: many at once cost little more than one."""
        record_many(session, [outgoing(message, source=self._service) for message in messages])


def outgoing(message: Message, *, source: str) -> OutgoingMessage:
    """Return a message as it is recorded; raises KeyError when its class is not in the catalogue.

    Args:
        source: who says it, e.g. `planner`.
    """
    return OutgoingMessage(
        message_id=message.message_id,
        stream=entry_of(type(message)).stream.name,
        subject=message.subject,
        headers=message.headers(source),
        body=message.body(),
    )
