"""The envelope that every message shares, and its CloudEvents headers."""

from __future__ import annotations

import re
from typing import ClassVar, Final
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from mweek_contracts.fields import Identifier, UtcDatetime

TYPE_PREFIX: Final = "mweek."
"""Prefix of `ce-type`; the rest is the message type, e.g. `mweek.week-scheduled.v1`."""


class Value(BaseModel):
    """A frozen value on the wire: unknown fields are ignored, so that old readers accept newer writers."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", strict=True, validate_default=True, hide_input_in_errors=True
    )


class Spoken(Value):
    """Whatever is said whole, as the body of a NATS message: it has a name and a version of its own."""

    message_type: ClassVar[str]
    """Kind and version, e.g. `week-scheduled.v1`; the subject carries the same words."""

    def __init_subclass__(cls, **keywords: object) -> None:
        """Derive `message_type` from the class name: `WeekScheduledV1` says `week-scheduled.v1`."""
        super().__init_subclass__(**keywords)  # type: ignore[arg-type]
        if found := re.fullmatch(r"(\w+?)V(\d+)", cls.__name__):
            words = re.sub(r"(?<!^)(?=[A-Z])", "-", found[1]).lower()
            cls.message_type = f"{words}.v{found[2]}"

    def body(self) -> bytes:
        """Return the JSON body: UTF-8, defaults included."""
        return self.model_dump_json().encode()


class Message(Spoken):
    """What every message that a stream carries has beside its own fields. `message_id` is the key of every inbox."""

    message_id: Identifier
    """Unique for ever; a second message with the same id changes nothing. A UUID will do."""
    causation_id: Identifier | None = None
    """The message that led to this one."""
    correlation_id: Identifier
    """The first message of the chain, e.g. a command; of a first message its own id."""
    occurred_at: UtcDatetime
    """When it was said."""

    @property
    def subject(self) -> str:
        """The NATS subject that this message is published to."""
        raise NotImplementedError

    def headers(self, source: str) -> dict[str, str]:
        """Return the NATS headers: CloudEvents 1.0 in binary mode, and the same id as `Nats-Msg-Id`.

        Args:
            source: who says it, e.g. `planner`; becomes `/mweek/planner`.
        """
        return {
            "Nats-Msg-Id": self.message_id,
            "ce-specversion": "1.0",
            "ce-id": quote(self.message_id, safe="/:._-"),
            "ce-type": TYPE_PREFIX + self.message_type,
            "ce-source": f"/mweek/{source}",
            "ce-time": self.occurred_at.isoformat().replace("+00:00", "Z"),
            "content-type": "application/json",
            "mweek-correlation-id": self.correlation_id,
        }
