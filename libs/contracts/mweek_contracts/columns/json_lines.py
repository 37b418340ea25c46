"""JSON Lines as columns of machines, and customers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from mweek_contracts.columns.column import (
    WORDS,
    Column,
    Columns,
    Converted,
    Doubt,
    Labels,
    Words,
    are_tokens,
    ensure,
    labels_of,
)
from mweek_contracts.columns.lines import blocks_of_lines
from mweek_contracts.rules import DEFAULT_DOWNTIME_MINUTES, LONGEST_DOWNTIME_MINUTES

_NONE: Final[Mapping[str, str]] = {}
_FIELDS: Final = frozenset({*WORDS, "downtime_minutes", "in_service", "labels"})


def read_json_lines(path: str, location: str) -> tuple[Columns, list[object]]:
    """Return the columns of the machines, and the customers as they stand there; raises Doubt.

    Args:
        location: what the file must name where it names one.
    """
    machines, customers = _Machines(), list[object]()
    for number, text in enumerate(blocks_of_lines(path)):
        entries = _parsed(text)
        expected = 0
        if number == 0 and entries and entries[0].keys() == {"location"}:
            ensure(entries[0]["location"] == location)
            expected += _quotes(entries.pop(0))
        keys = Counter(map(tuple, entries))
        ensure(keys.keys() <= {("machine",), ("customer",)})
        owners = [entry["customer"] for entry in entries if "customer" in entry] if ("customer",) in keys else []
        customers += owners
        expected += 2 * len(entries) + _quotes(owners)
        expected += machines.extend([entry["machine"] for entry in entries if "machine" in entry])
        # Of a key that is given twice the parser keeps one; then there are more quotes than what is left accounts for.
        ensure("\\" in text or text.count('"') == expected)
    return machines.checked(), customers


def _parsed(text: str) -> list[dict[str, Any]]:
    lines = list(filter(None, text.split("\n")))
    found = list(map(_STRICT.scan_once if "\\" in text else _PLAIN.scan_once, lines, repeat(0)))
    # A line without a value ends the map: then fewer are found.
    ensure([end for _, end in found] == list(map(len, lines)))
    entries = [entry for entry, _ in found]
    ensure(set(map(type, entries)) <= {dict})
    return entries


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    ensure(len(fields) == len(pairs))
    return fields


def _refuse(_constant: str) -> object:
    raise Doubt


_PLAIN: Final[Any] = json.JSONDecoder(parse_constant=_refuse)
_STRICT: Final[Any] = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_unique)
"""Slow, but not led astray by quotes inside of text."""


class _Machines:
    """Columns that grow by machines."""

    def __init__(self) -> None:
        self._words = [Words(field, None) for field in WORDS]
        self._minutes: Column = []
        self._in_service: Column = []
        self._labels: Column = []
        self._sorted = Converted(_labels)

    def extend(self, machines: Sequence[Mapping[str, Any]]) -> int:
        """Add machines; return how many quotes they are written with at least."""
        ensure(set(map(type, machines)) <= {dict})
        keys = Counter(map(tuple, machines))
        ensure(all(map(_FIELDS.issuperset, keys)))
        quotes = 2 * sum(len(fields) * count for fields, count in keys.items())
        for column in self._words:
            cells = [machine.get(column.field) for machine in machines]
            column.extend(cells)
            quotes += 2 * (len(cells) - cells.count(None))
        self._minutes += _of_type(int, [m.get("downtime_minutes", DEFAULT_DOWNTIME_MINUTES) for m in machines])
        self._in_service += _of_type(bool, [m.get("in_service", True) for m in machines])
        labels = _of_type(dict, [m.get("labels", _NONE) for m in machines])
        if any(labels):
            quotes += _quotes(labels)
            self._labels += map(self._sorted.__getitem__, [tuple(given.items()) for given in labels])
        else:
            self._labels += repeat((), len(labels))
        return quotes

    def checked(self) -> Columns:
        """Return the columns; raises Doubt."""
        minutes = self._minutes
        ensure(not minutes or (min(minutes) >= 0 and max(minutes) <= LONGEST_DOWNTIME_MINUTES))
        columns = {column.field: column.checked() for column in self._words}
        return columns | {"downtime_minutes": minutes, "in_service": self._in_service, "labels": self._labels}


def _labels(pairs: tuple[tuple[str, str], ...]) -> Labels:
    ensure(are_tokens([name for name, _ in pairs]))
    return labels_of(pairs)


def _of_type(kind: type, values: Column) -> Column:
    ensure(set(map(type, values)) <= {kind})
    return values


def _quotes(data: object) -> int:
    """Return how many quotes a value is written with, if each of its keys is given once."""
    if isinstance(data, str):
        return 2
    if isinstance(data, dict):
        return 2 * len(data) + sum(map(_quotes, data.values()))
    return sum(map(_quotes, data)) if isinstance(data, list) else 0
