"""What is said of a command that cannot be read: it can name no week, and no service can carry it out."""

from __future__ import annotations

from mweek_contracts.fields import Identifier, Sentence, Token
from mweek_contracts.message import Message
from mweek_contracts.problem import Problem


class CommandRefusedV1(Message):
    """A command could not be read or dealt with; it went to the dead letters. Subject: `evt.<location>.commands.…`."""

    location: Token
    """From the subject of the command."""
    command_id: Identifier | None = None
    """Where the body let it be read."""
    command_subject: str
    """What the command was published to."""
    text: Sentence
    """Why, for people."""
    problems: tuple[Problem, ...] = ()
    """What is wrong, by field."""

    @property
    def subject(self) -> str:
        """`evt.<location>.commands.command-refused.v1`."""
        return f"evt.{self.location}.commands.{self.message_type}"
