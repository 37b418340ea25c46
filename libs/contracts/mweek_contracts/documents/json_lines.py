"""Reads JSON Lines: `{"location": …}`, then a `{"policy": {…}}`, `{"customer": {…}}` or `{"machine": {…}}` a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mweek_contracts.documents.entry import Contents, Entry, EntryModel, Spot
from mweek_contracts.documents.json_text import OddJsonError, parse_json
from mweek_contracts.documents.problem import ProblemLog
from mweek_contracts.documents.source import SourceText
from mweek_contracts.fleet import CustomerFields, MachineFields
from mweek_contracts.policy import LocationPolicyFields
from mweek_contracts.wording import shown

_MODELS: Final[Mapping[str, EntryModel]] = {
    "machine": MachineFields,
    "customer": CustomerFields,
    "policy": LocationPolicyFields,
}
_SHAPES: Final = 'a line is {"machine": {…}}, {"customer": {…}}, {"policy": {…}} or, first of all, {"location": "…"}'


def read_json_lines(source: SourceText, log: ProblemLog) -> Contents:
    """Return what the lines hold.

    Raises:
        DocumentError: there are none; what is wrong with a line is added to the log when it is reached.
    """
    lines = ((number, line) for number, line in enumerate(source.text.split("\n"), 1) if line.strip())
    number, first = next(lines, (1, ""))
    if not first:
        log.add("is empty", line=number)
        raise log.error()
    parsed = _parse(number, first, log)
    if isinstance(parsed, dict) and set(parsed) == {"location"}:
        return Contents(parsed["location"], lambda: number, _entries(lines, log))
    return Contents(None, lambda: None, _chain(number, parsed, _entries(lines, log), log))


def _chain(number: int, first: object, rest: Iterator[Entry], log: ProblemLog) -> Iterator[Entry]:
    if first is not None:
        yield from _entry(number, first, log)
    yield from rest


def _entries(lines: Iterator[tuple[int, str]], log: ProblemLog) -> Iterator[Entry]:
    for number, line in lines:
        parsed = _parse(number, line, log)
        if parsed is not None:
            yield from _entry(number, parsed, log)


def _parse(number: int, line: str, log: ProblemLog) -> object:
    """Return the values of a line, or None after adding to the log what is wrong with it."""
    try:
        parsed = parse_json(line)
    except OddJsonError as error:
        log.add(error.text, line=number, place=error.place)
        return None
    if parsed is None:
        log.add(f"is empty: {_SHAPES}", line=number)
    return parsed


def _entry(number: int, parsed: object, log: ProblemLog) -> Iterator[Entry]:
    key = str(next(iter(parsed))) if isinstance(parsed, dict) and len(parsed) == 1 else ""
    if isinstance(parsed, dict) and key in _MODELS:
        yield Entry(_MODELS[key], parsed[key], Spot((key,), lambda _place: number))
    elif key == "location":
        log.add("the location stands on the first line, once", line=number)
    else:
        log.add(f"{shown(key)} is not known: {_SHAPES}" if key else _SHAPES, line=number)
