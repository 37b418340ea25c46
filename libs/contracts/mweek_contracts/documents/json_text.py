"""Reads JSON strictly: no repeated keys, no NaN, no numbers of a thousand digits; with the line of each part.

The standard library reads it; only when something is wrong is the text gone through once more for the lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from mweek_contracts.documents.located import DEEPEST, LineTree, Located, find_line, is_too_deep
from mweek_contracts.documents.source import SourceText
from mweek_contracts.strictness import Place
from mweek_contracts.wording import shown

_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_LONGEST_NUMBER: Final = 4300
"""Digits: the limit of int() in Python, which keeps it from being slow."""
_NOT_JSON: Final = frozenset({"NaN", "Infinity", "-Infinity"})


class OddJsonError(ValueError):
    """JSON that readers understand differently, or not at all; `line` counts from 1 within the text."""

    def __init__(self, text: str, line: int, place: Place = ()) -> None:
        """Remember where."""
        self.text, self.line, self.place = text, line, place
        super().__init__(text)


def read_json(source: SourceText) -> Located:
    """Return the values of a JSON document.

    Raises:
        DocumentError: not JSON, repeated keys, numbers that JSON does not have, too deep.
    """
    log = source.log()
    try:
        data = parse_json(source.text)
    except OddJsonError as error:
        log.add(error.text, line=error.line, place=error.place)
        raise log.error() from None

    @cache
    def lines() -> LineTree:
        return _lines(source.text)

    return Located(data, lambda place: find_line(lines(), place))


def parse_json(text: str) -> object:
    """Return the values of a JSON text; raises OddJsonError."""
    if not text.strip():
        raise OddJsonError("is empty", 1)
    try:
        data: object = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise OddJsonError(f"is not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except RecursionError:
        raise OddJsonError(f"is nested deeper than {DEEPEST} levels", 1) from None
    except ValueError:
        # A repeated key, a constant, or a number too long for Python: the standard library does not say where.
        raise _first_oddity(text) from None
    if text.count("{") + text.count("[") > DEEPEST and is_too_deep(data):
        raise OddJsonError(f"is nested deeper than {DEEPEST} levels", 1)
    return data


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key is given twice")
    return fields


def _refuse_constant(constant: str) -> object:
    raise ValueError(constant)


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)


def _first_oddity(text: str) -> OddJsonError:
    try:
        _lines(text)
    except OddJsonError as error:
        return error
    return OddJsonError("is not JSON", 1)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield each token of a valid JSON text with its line."""
    line, counted = 1, 0
    for found in _PIECE.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        yield found[0], line


def _lines(text: str) -> LineTree:
    """Return the lines of all parts of a JSON text whose grammar is known to be right; raises OddJsonError."""
    root: dict[str | int, LineTree] = {}
    open_parts: list[dict[str | int, LineTree]] = [root]
    keys: list[str | int | None] = [0]  # of the part that comes next in each open one; None: a key has to come first
    key_line: int | None = None
    pieces = _pieces(text)
    for piece, line in pieces:
        last = keys[-1]
        if piece == ",":
            keys[-1] = last + 1 if isinstance(last, int) else None
        elif piece in "}]":
            open_parts.pop()
            keys.pop()
        elif last is None:
            keys[-1], key_line = _key(piece, line, open_parts[-1], _place(keys[1:-1])), line
            next(pieces)  # the colon
        else:
            _refuse_odd_piece(piece, line, _place(keys[1:]))
            parts: dict[str | int, LineTree] = {}
            open_parts[-1][last] = (key_line or line, parts)
            key_line = None
            if piece in "{[":
                open_parts.append(parts)
                keys.append(None if piece == "{" else 0)
    return root[0]


def _place(keys: list[str | int | None]) -> Place:
    return tuple(key for key in keys if key is not None)


def _key(piece: str, line: int, parts: dict[str | int, LineTree], place: Place) -> str:
    key = str(json.loads(piece))
    if key in parts:
        raise OddJsonError(f"{shown(key)} is given twice, first on line {parts[key][0]}", line, place)
    return key


def _refuse_odd_piece(piece: str, line: int, place: Place) -> None:
    if piece in _NOT_JSON:
        raise OddJsonError(f"{piece} is no JSON number", line, place)
    if piece[0] in "-0123456789" and len(piece) > _LONGEST_NUMBER:
        raise OddJsonError(f"is a number of {len(piece):,} digits", line, place)
