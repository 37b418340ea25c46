"""Column types for the tuples of the domain, written as JSON text.

The same few values stand in very many rows (the facts of a quota, the labels of a role), so each text is read once: of
100,000 rows that is half of the time.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

NamedValues = tuple[tuple[str, Any], ...]
"""Pairs of a name and a plain value, sorted by name."""

_REMEMBERED: Final = 10_000
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class NamedValuesColumn(TypeDecorator[NamedValues]):
    """Pairs sorted by name, as a JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: NamedValues | None, dialect: Dialect) -> str | None:
        """Write."""
        # Not remembered by value, as texts are: 1 and True are equal, and not the same fact.
        return None if value is None else _encode(dict(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> NamedValues | None:
        """Read."""
        return None if value is None else _read_pairs(value)


class NamesColumn(TypeDecorator[tuple[str, ...]]):
    """Names, as a JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Write."""
        return None if value is None else _encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """Read."""
        return None if value is None else _read_names(value)


@lru_cache(_REMEMBERED)
def _read_pairs(text: str) -> NamedValues:
    return tuple(sorted(json.loads(text).items()))


@lru_cache(_REMEMBERED)
def _read_names(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
