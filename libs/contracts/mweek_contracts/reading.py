"""Reads a message off the bus: subject and body in, message out, or an error that names the field."""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import ValidationError

from mweek_contracts.catalogue import MessageKind, candidates
from mweek_contracts.events import Problem
from mweek_contracts.message import Message
from mweek_contracts.strictness import render_place, unknown_fields
from mweek_contracts.wording import problems_in


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
    if entries[0].kind is MessageKind.COMMAND:
        _refuse_odd_fields(entries[0].message, subject, body)
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
    """Return what a validation found wrong, one problem a place, in plain words."""
    return tuple(Problem(place=render_place(place), text=text) for place, text in problems_in(error))


def _is_removal(subject: str, body: bytes) -> bool:
    parsed = _parse(subject, body)
    return isinstance(parsed, dict) and parsed.get("removed") is True


def _refuse_odd_fields(command: type[Message], subject: str, body: bytes) -> None:
    """Refuse unknown fields, and fields given twice: JSON readers take the last one, people and proxies the first."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            raise ValueError(f"names the field {next(n for n in names if names.count(n) > 1)!r} twice")
        return fields

    odd = unknown_fields(command, _parse(subject, body, unique))
    if problems := tuple(Problem(place=render_place(place), text=text) for place, text in odd):
        raise UnreadableMessageError(subject, problems)


def _parse(subject: str, body: bytes, unique: Callable[[list[tuple[str, object]]], object] | None = None) -> object:
    try:
        return json.loads(body.decode(), object_pairs_hook=unique)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        text = f"is not JSON: {error}"
    except ValueError as error:
        text = str(error)
    raise UnreadableMessageError(subject, (Problem(place="", text=text),))
