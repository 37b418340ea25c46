"""What a validation found wrong, as places and sentences that a person understands: the same for files and messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mweek_contracts.fields import CLOCK_PATTERN, IDENTIFIER_PATTERN
from mweek_contracts.strictness import Place, PlacedError

LONGEST_SHOWN = 60

INLINE_PATTERN: Final = "pattern, written out"
NAMED_PATTERN: Final = "pattern, by name"
_NOT_PLACES: Final = frozenset({"[key]", INLINE_PATTERN, NAMED_PATTERN})
"""What the validation library adds to a place that is nowhere in the document."""

_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "tuple_type": "a list",
    "datetime_type": "a time such as 2026-12-20T00:00Z",
}

_FORMS: Final[Mapping[str, str]] = {
    CLOCK_PATTERN: "a time of day between 00:00 and 24:00, such as 22:00",
    IDENTIFIER_PATTERN: "an id: letters, digits and . _ : / -, at most 128",
}


def problems_in(error: ValidationError) -> Iterator[tuple[Place, str]]:
    """Yield (place, sentence) for each thing that a validation found wrong."""
    for item in error.errors(include_url=False):
        place = tuple(part for part in item["loc"] if part not in _NOT_PLACES)
        raised = item.get("ctx", {}).get("error")
        if isinstance(raised, PlacedError):
            yield from (((*place, *inner), text) for inner, text in raised.problems)
        elif not _is_echo(item):
            yield place, _sentence(item)


def shown(value: object) -> str:
    """Return a value as it may stand in a sentence: quoted, without control characters, not too long."""
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 2] + "…" + text[0]


def _is_echo(item: ErrorDetails) -> bool:
    """Tell whether a list is called too short only because its items have errors of their own."""
    return item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"]


def _sentence(item: ErrorDetails) -> str:
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    if kind in _EXPECTED:
        return _mismatch(value, _EXPECTED[kind])
    if kind.startswith("datetime_"):
        return f"{shown(value)} is not a time such as 2026-12-20T00:00Z: {context.get('error', item['msg'])}"
    if kind in _SENTENCES:
        return _SENTENCES[kind](value, context)
    return item["msg"].removeprefix("Value error, ")


def _mismatch(value: object, expected: str) -> str:
    return f"is {_what(value)} where {expected} is expected"


def _what(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"the {'text' if isinstance(value, str) else 'number'} {shown(value)}"


def _none_of(value: object, context: Mapping[str, Any]) -> str:
    allowed = re.findall(r"'([^']*)'", context["expected"])
    if not isinstance(value, str):
        return _mismatch(value, f"one of {', '.join(allowed)}")
    close = get_close_matches(value.lower(), allowed, n=1)
    return f"{shown(value)} is none of {', '.join(allowed)}" + (f"; did you mean {close[0]!r}?" if close else "")


def _number(value: object) -> str:
    """Show a number that came as text, from the environment, without quotes."""
    return value if isinstance(value, str) and value.isdecimal() else shown(value)


def _misformed(value: object, context: Mapping[str, Any]) -> str:
    return f"{shown(value)} is not {_FORMS.get(context['pattern'], 'of the form ' + context['pattern'])}"


_SENTENCES: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], str]]] = {
    "missing": lambda _value, _context: "is missing",
    "extra_forbidden": lambda _value, _context: "unknown field",
    "enum": _none_of,
    "literal_error": _none_of,
    "string_pattern_mismatch": _misformed,
    "timezone_aware": lambda value, _: f"{shown(value)} names no time zone: end it with Z, or an offset such as +01:00",
    "string_too_long": lambda _, context: f"is longer than {context['max_length']} characters",
    "too_long": lambda _, context: f"has more than {context['max_length']} entries",
    "too_short": lambda _, context: (
        f"needs at least {context['min_length']} {'entry' if context['min_length'] == 1 else 'entries'}"
    ),
    "greater_than_equal": lambda value, context: f"is {_number(value)}, less than {context['ge']}",
    "less_than_equal": lambda value, context: f"is {_number(value)}, more than {context['le']}",
    "json_invalid": lambda _, context: f"is not JSON: {context['error']}",
}
