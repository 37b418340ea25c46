"""Reads a request off the bus: subject and body in, request out, or the refusal to answer with and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pydantic import ValidationError

from mweek_contracts.catalogue import RequestEntry, request_on
from mweek_contracts.fields import IDENTIFIER_PATTERN
from mweek_contracts.problem import Problem
from mweek_contracts.reading import UnreadableMessageError, parse_body, sayable_problems
from mweek_contracts.replies import MOST_PROBLEMS, Refusal
from mweek_contracts.request_codes import RequestRefusalCode
from mweek_contracts.requests import LARGEST_REQUEST, AnyRequest
from mweek_contracts.strictness import Place, unknown_fields
from mweek_contracts.wording import problems_in

LONGEST_TEXT: Final = 1_000
"""Of the sentence of a refusal: `problems` has everything."""


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A body that is no request of its subject, and what to answer: `entry.reply(…, refusal=…)`."""

    entry: RequestEntry
    request_id: str | None
    """Where it could be read all the same."""
    refusal: Refusal


def read_request(subject: str, body: bytes) -> AnyRequest | BadRequest:
    """Return the request that was made on a subject, or what is wrong with it.

    The subject says which request, and who asks. A body may not name a field that is not known, at any depth, nor
    another machine or location than the subject.

    Raises:
        KeyError: no request has this subject.
    """
    entry = request_on(subject)
    if entry is None:
        raise KeyError(subject)
    if len(body) > LARGEST_REQUEST:
        return _bad(entry, None, [Problem(place="", text=f"has {len(body):,} bytes, more than {LARGEST_REQUEST:,}")])
    try:
        data = parse_body(subject, body)
    except UnreadableMessageError as error:
        return _bad(entry, None, error.problems)
    request_id = _request_id(data)
    try:
        request = cast(AnyRequest, entry.message.model_validate_json(body, extra="forbid"))
    except ValidationError as error:
        return _bad(entry, request_id, sayable_problems(_wrong(entry, data, error)))
    if request.subject != subject:
        text = f"the body belongs to the subject {request.subject}, and this is {subject}: a machine asks for itself"
        return BadRequest(entry, request_id, _refusal(RequestRefusalCode.WRONG_MACHINE, text))
    return request


def _wrong(entry: RequestEntry, data: object, error: ValidationError) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with a body: unknown fields first, each once and with a suggestion."""
    odd = list(unknown_fields(entry.message, data))
    known = {place for place, _ in odd}
    yield from odd
    yield from (item for item in problems_in(error) if item[0] not in known)


def _bad(entry: RequestEntry, request_id: str | None, problems: Sequence[Problem]) -> BadRequest:
    shown = tuple(problems[:MOST_PROBLEMS])
    if len(problems) > MOST_PROBLEMS:
        more = Problem(place="", text=f"and {len(problems) - MOST_PROBLEMS + 1} more")
        shown = (*shown[:-1], more)
    text = "; ".join(f"{problem.place}: {problem.text}" if problem.place else problem.text for problem in shown)
    return BadRequest(entry, request_id, _refusal(RequestRefusalCode.BAD_REQUEST, text, shown))


def _refusal(code: RequestRefusalCode, text: str, problems: tuple[Problem, ...] = ()) -> Refusal:
    sentence = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return Refusal(code=code, text=sentence, problems=problems)


def _request_id(data: object) -> str | None:
    """Return the id of a request, so that who sent it knows the answer for its own."""
    found = data.get("request_id") if isinstance(data, dict) else None
    return found if isinstance(found, str) and re.fullmatch(IDENTIFIER_PATTERN, found) else None
