"""Reads a message off the bus: subject and body in, message out, or an error that names the field and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import ValidationError

from mweek_contracts.catalogue import CatalogueEntry, MessageKind, candidates
from mweek_contracts.documents.json_text import OddJsonError, parse_json
from mweek_contracts.events import Problem
from mweek_contracts.message import Message
from mweek_contracts.strictness import Place, render_place, unknown_fields
from mweek_contracts.wording import problems_in

MOST_PROBLEMS: Final = 100
"""A body of a megabyte can be wrong in 100,000 places; the first ones tell what happened."""

LONGEST_SENTENCE: Final = 500
LONGEST_PLACE: Final = 200
LONGEST_REASON: Final = 4_000
"""What a dead letter has room for."""


class UnreadableMessageError(ValueError):
    """The body is not the message that its subject promises. It can never be handled: keep it as a dead letter."""

    def __init__(self, subject: str, problems: tuple[Problem, ...]) -> None:
        """Remember what is wrong, by field."""
        self.subject = subject
        self.problems = problems
        sentences = "; ".join(f"{p.place}: {p.text}" if p.place else p.text for p in problems)
        super().__init__(_shortened(f"{subject}: {sentences}", LONGEST_REASON))


def read_message(subject: str, body: bytes) -> Message:
    """Return the message that was published on a subject.

    The subject says which class; where a record and its tombstone share one, `"removed": true` does. The tokens of
    the subject and the fields of the body must agree, since permissions are given on the subject. Whatever the bytes,
    the outcome is a message or the one error; so that all readers understand the same, a body may not name a field
    twice or hold what JSON does not have.

    Raises:
        UnreadableMessageError: unknown subject, not JSON, a field is wrong, or body and subject disagree.
    """
    entries = candidates(subject)
    if not entries:
        raise _unreadable(subject, "no message of the catalogue has this subject")
    data = parse_body(subject, body)
    chosen = _chosen(entries, data)
    if chosen.kind is MessageKind.COMMAND and (odd := sayable_problems(unknown_fields(chosen.message, data))):
        raise UnreadableMessageError(subject, odd)
    message = _validate(subject, body, chosen.message)
    if message.subject != subject:
        raise _unreadable(subject, f"the body belongs to the subject {message.subject}")
    return message


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Return what a validation found wrong, one problem a place, in plain words: the first hundred."""
    return sayable_problems(problems_in(error))


def sayable_problems(found: Iterable[tuple[Place, str]]) -> tuple[Problem, ...]:
    """Return places and sentences as the bus can carry them: the first hundred, none too long."""
    everything = list(found)
    problems = [
        Problem(place=_shortened(render_place(place), LONGEST_PLACE), text=_shortened(text, LONGEST_SENTENCE))
        for place, text in everything[:MOST_PROBLEMS]
    ]
    if len(everything) > MOST_PROBLEMS:
        problems.append(Problem(place="", text=f"and {len(everything) - MOST_PROBLEMS:,} more"))
    return tuple(problems)


def parse_body(subject: str, body: bytes) -> object:
    """Return the plain values of a body; raises UnreadableMessageError where it is no JSON that all read alike."""
    try:
        return parse_json(body.decode())
    except UnicodeDecodeError as error:
        raise _unreadable(subject, f"is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}") from None
    except OddJsonError as error:
        raise UnreadableMessageError(subject, sayable_problems([(error.place, error.text)])) from None


def _chosen(entries: tuple[CatalogueEntry, ...], data: object) -> CatalogueEntry:
    removed = isinstance(data, dict) and data.get("removed") is True
    return entries[-1] if removed else entries[0]


def _validate(subject: str, body: bytes, message: type[Message]) -> Message:
    # From the bytes again: strict models take a text for a time, and a list for a tuple, from JSON only. Unknown fields
    # are ignored at any depth, in a pattern too, which as a document would refuse them: the writer may be newer.
    try:
        return message.model_validate_json(body, extra="ignore")
    except ValidationError as error:
        raise UnreadableMessageError(subject, problems_of(error)) from None


def _unreadable(subject: str, text: str) -> UnreadableMessageError:
    return UnreadableMessageError(subject, sayable_problems([((), text)]))


def _shortened(text: str, longest: int) -> str:
    # What a body says may hold lone surrogates, which no text on the bus can.
    sayable = text.encode(errors="backslashreplace").decode()
    return sayable if len(sayable) <= longest else sayable[: longest - 1] + "…"
