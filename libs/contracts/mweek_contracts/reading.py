"""Reads a message off the bus: subject and body in, message out, or an error that names the field."""

from __future__ import annotations

import json

from pydantic import ValidationError

from mweek_contracts.catalogue import candidates
from mweek_contracts.events import Problem
from mweek_contracts.message import Message


class UnreadableMessageError(ValueError):
    """The body is not the message that its subject promises. It can never be handled: keep it as a dead letter."""

    def __init__(self, subject: str, problems: tuple[Problem, ...]) -> None:
        """Remember what is wrong, by field."""
        self.subject = subject
        self.problems = problems
        super().__init__(f"{subject}: " + "; ".join(f"{p.place}: {p.text}" if p.place else p.text for p in problems))


def read_message(subject: str, body: bytes) -> Message:
    """Return the message that was published on a subject.

    The subject says which class; where a record and its tombstone share one, `"removed": true` does. The tokens of
    the subject and the fields of the body must agree, since permissions are given on the subject.

    Raises:
        UnreadableMessageError: unknown subject, not JSON, a field is wrong, or body and subject disagree.
    """
    entries = candidates(subject)
    if not entries:
        raise UnreadableMessageError(subject, (Problem(place="", text="no message of the catalogue has this subject"),))
    chosen = entries[0].message
    if len(entries) > 1 and _is_removal(subject, body):
        chosen = entries[1].message
    try:
        message = chosen.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableMessageError(subject, problems_of(error)) from None
    if message.subject != subject:
        problem = Problem(place="", text=f"the body belongs to the subject {message.subject}")
        raise UnreadableMessageError(subject, (problem,))
    return message


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Return what a validation found wrong, one problem a field, in plain words."""
    return tuple(
        Problem(place=".".join(str(part) for part in item["loc"]), text=plain_words(item["msg"]))
        for item in error.errors(include_url=False, include_input=False)
    )


def plain_words(message: str) -> str:
    """Return a validator's sentence without the library's own preamble."""
    return message.removeprefix("Value error, ")


def _is_removal(subject: str, body: bytes) -> bool:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError(subject, (Problem(place="", text=f"is not JSON: {error}"),)) from None
    return isinstance(parsed, dict) and parsed.get("removed") is True
