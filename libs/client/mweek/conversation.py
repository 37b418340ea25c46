"""Says commands on the bus and waits for the events that answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from mweek_contracts.commands import Command
from mweek_contracts.events import CommandRefusedV1
from mweek_contracts.message import Message
from mweek_contracts.reading import problems_of
from mweek_contracts.streams import EVENTS
from mweek_messaging.publishing import publish_command
from nats.aio.client import Client as Connection
from pydantic import ValidationError

from mweek.errors import InvalidCommandError, OutcomeTimeoutError
from mweek.hearing import Heard, hear

CommandType = TypeVar("CommandType", bound=Command)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is waited for after a command, in the words of an error about its absence."""

    what: str
    command_id: str
    service: str
    """Who carries it out."""
    subjects: Sequence[str]
    """Where the answer is said, in the stream EVENTS."""
    seconds: float


class Conversation:
    """One administrator on one connection."""

    def __init__(
        self,
        connection: Connection,
        *,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        requested_by: str | None,
    ) -> None:
        """Say nothing yet.

        Args:
            requested_by: who asks, for the record.
        """
        self.connection = connection
        self.new_id = new_id
        self.now = now
        self.requested_by = requested_by

    def command(self, kind: type[CommandType], **fields: Any) -> CommandType:
        """Return a command with these fields, an id of its own unless one is given, and its envelope.

        Raises:
            InvalidCommandError: a field is not what the contracts allow.
        """
        message_id = self.new_id()
        fields.setdefault("command_id", message_id)
        try:
            return kind(
                message_id=message_id,
                correlation_id=message_id,
                occurred_at=self.now(),
                requested_by=self.requested_by,
                **fields,
            )
        except ValidationError as error:
            raise InvalidCommandError(kind.message_type, problems_of(error)) from None

    @staticmethod
    def answers(event: Message, command: Command) -> bool:
        """Tell whether an event names a command as what it is the outcome of."""
        if isinstance(event, CommandRefusedV1) and event.causation_id == command.message_id:
            return True  # so unreadable that its command_id could not be told
        return getattr(event, "command_id", None) == command.command_id

    async def ask(
        self, commands: Sequence[Command], question: Question, answer: Callable[[Heard], Answer | None]
    ) -> Answer:
        """Say the commands, then read the question's subjects from their beginning until one message answers.

        From the beginning: what was answered before (a command said twice) or at once is found as well.

        Args:
            answer: returns what a message answers, or None for one that is about something else.

        Raises:
            OutcomeTimeoutError: none did in time.
            NotAcknowledgedError: the stream did not take a command; saying it again with the same id is safe.
        """
        for command in commands:
            await publish_command(self.connection, command)
        try:
            async with asyncio.timeout(question.seconds):
                return await self._first_answer(question.subjects, answer)
        except TimeoutError:
            raise OutcomeTimeoutError(
                what=question.what,
                command_id=question.command_id,
                service=question.service,
                seconds=question.seconds,
            ) from None

    async def _first_answer(self, subjects: Sequence[str], answer: Callable[[Heard], Answer | None]) -> Answer:
        async with aclosing(hear(self.connection, EVENTS, subjects, until_caught_up=False)) as heard:
            async for one in heard:
                if (found := answer(one)) is not None:
                    return found
        raise ConnectionError("the stream ended while waiting for an answer")
